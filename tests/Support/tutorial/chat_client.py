import socket
import threading

def receive_messages(sock):
    """Continuously receive messages from the server"""
    while True:
        try:
            message = sock.recv(1024)
            if message:
                print(f"\n{message.decode()}")
                print("You: ", end="", flush=True)
            else:
                break
        except:
            break

def chat_client():
    """Simple chat client"""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
  
    try:
        sock.connect(('localhost', 8080))
        print("Connected to chat server!")
        print("Type your messages (or 'quit' to exit):")
      
        # Start receiving messages in a separate thread
        receive_thread = threading.Thread(target=receive_messages, args=(sock,))
        receive_thread.daemon = True
        receive_thread.start()
      
        # Main loop for sending messages
        while True:
            message = input("You: ")
            if message.lower() == 'quit':
                break
            sock.send(message.encode())
  
    except Exception as e:
        print(f"Error: {e}")
    finally:
        sock.close()

if __name__ == "__main__":
    chat_client()
