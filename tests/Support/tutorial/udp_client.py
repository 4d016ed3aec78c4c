import socket

client_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

# No need to connect - just send data
client_socket.sendto(b"UDP message", ('localhost', 8080))

# Receive response
response, server_address = client_socket.recvfrom(1024)
print(f"Server responded: {response.decode()}")

client_socket.close()
