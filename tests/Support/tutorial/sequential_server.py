import socket

def handle_client(client_socket, address):
    """Handle communication with a single client"""
    try:
        while True:
            data = client_socket.recv(1024)
            if not data:  # Client disconnected
                break
          
            print(f"Received from {address}: {data.decode()}")
          
            # Echo the message back
            client_socket.send(f"Echo: {data.decode()}".encode())
  
    except Exception as e:
        print(f"Error with client {address}: {e}")
    finally:
        client_socket.close()

# Main server loop
server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
server_socket.bind(('localhost', 8080))
server_socket.listen(5)

print("Server listening on localhost:8080")

while True:
    client_socket, address = server_socket.accept()
    print(f"New connection from {address}")
  
    # Handle this client completely before accepting the next one
    handle_client(client_socket, address)
