import socket
import errno

def robust_client():
    """A client with proper error handling"""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.settimeout(10.0)  # 10-second timeout
  
    try:
        # Attempt to connect
        sock.connect(('localhost', 8080))
        print("Connected successfully")
      
        # Send data
        sock.send(b"Hello server!")
      
        # Receive response
        response = sock.recv(1024)
        print(f"Received: {response.decode()}")
      
    except socket.timeout:
        print("Connection timed out")
    except ConnectionRefusedError:
        print("Server is not running or refused connection")
    except socket.gaierror as e:
        print(f"Name resolution failed: {e}")
    except OSError as e:
        if e.errno == errno.ECONNRESET:
            print("Connection was reset by server")
        else:
            print(f"Network error: {e}")
    except Exception as e:
        print(f"Unexpected error: {e}")
    finally:
        sock.close()
        print("Socket closed")

robust_client()
