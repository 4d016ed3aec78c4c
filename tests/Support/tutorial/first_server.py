import socket

# Create a socket object
server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)

# Bind the socket to an address and port
server_socket.bind(('localhost', 8080))

# Start listening for connections
server_socket.listen(1)

print("Server is listening on localhost:8080")

# Accept a connection
client_socket, address = server_socket.accept()
print(f"Connection from {address}")

# Receive data
data = client_socket.recv(1024)
print(f"Received: {data.decode()}")

# Send a response
client_socket.send(b"Hello from server!")

# Close connections
client_socket.close()
server_socket.close()
