# The threaded server of the socket tutorial that this project started from, as it stands there; only the port comes from the command line.
import socket
import sys
import threading

def handle_client(client_socket, address):
    """Handle communication with a single client in a separate thread"""
    try:
        while True:
            data = client_socket.recv(1024)
            if not data:
                break

            print(f"Received from {address}: {data.decode()}")
            client_socket.send(f"Echo: {data.decode()}".encode())

    except Exception as e:
        print(f"Error with client {address}: {e}")
    finally:
        client_socket.close()
        print(f"Connection with {address} closed")

# Main server
server_socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)

# This allows the port to be reused immediately after the program ends
server_socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

server_socket.bind(('localhost', int(sys.argv[1])))
server_socket.listen(5)

print("Threaded server listening")

try:
    while True:
        client_socket, address = server_socket.accept()
        print(f"New connection from {address}")

        # Create a new thread for each client
        client_thread = threading.Thread(
            target=handle_client,
            args=(client_socket, address)
        )
        client_thread.daemon = True  # Thread dies when main program exits
        client_thread.start()

except KeyboardInterrupt:
    print("Server shutting down...")
finally:
    server_socket.close()
