import socket

# Create a client socket
client_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)

# Connect to the server
client_socket.connect(('localhost', 8080))

# Send data to the server
client_socket.send(b"Hello from client!")

# Receive response from server
response = client_socket.recv(1024)
print(f"Server responded: {response.decode()}")

# Close the connection
client_socket.close()
