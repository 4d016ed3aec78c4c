import socket

server_socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server_socket.bind(('localhost', 8080))

print("UDP Server listening on localhost:8080")

while True:
    # For UDP, we use recvfrom to get both data and sender address
    data, client_address = server_socket.recvfrom(1024)
    print(f"Received from {client_address}: {data.decode()}")
  
    # Send response back to the specific client
    server_socket.sendto(b"UDP response", client_address)
