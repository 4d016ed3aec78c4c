import socket
import threading

class ChatServer:
    def __init__(self, host='localhost', port=8080):
        self.host = host
        self.port = port
        self.clients = []  # List to store connected clients
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
  
    def broadcast(self, message, sender_socket=None):
        """Send a message to all connected clients except the sender"""
        for client in self.clients[:]:  # Use slice to avoid modification during iteration
            if client != sender_socket:
                try:
                    client.send(message)
                except:
                    # Client disconnected, remove them
                    self.clients.remove(client)
                    client.close()
  
    def handle_client(self, client_socket, address):
        """Handle messages from a single client"""
        try:
            while True:
                message = client_socket.recv(1024)
                if not message:
                    break
              
                # Broadcast the message to all other clients
                broadcast_msg = f"Client {address}: {message.decode()}".encode()
                self.broadcast(broadcast_msg, client_socket)
                print(f"Broadcasting: {broadcast_msg.decode()}")
      
        except Exception as e:
            print(f"Error handling client {address}: {e}")
        finally:
            # Clean up when client disconnects
            if client_socket in self.clients:
                self.clients.remove(client_socket)
            client_socket.close()
            print(f"Client {address} disconnected")
  
    def start(self):
        """Start the chat server"""
        self.socket.bind((self.host, self.port))
        self.socket.listen(5)
        print(f"Chat server listening on {self.host}:{self.port}")
      
        try:
            while True:
                client_socket, address = self.socket.accept()
                print(f"New client connected: {address}")
              
                # Add client to our list
                self.clients.append(client_socket)
              
                # Start a thread to handle this client
                client_thread = threading.Thread(
                    target=self.handle_client,
                    args=(client_socket, address)
                )
                client_thread.daemon = True
                client_thread.start()
      
        except KeyboardInterrupt:
            print("\nShutting down server...")
        finally:
            self.socket.close()

# Run the chat server
if __name__ == "__main__":
    server = ChatServer()
    server.start()
