import socket

# Good practice using context manager
with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as sock:
    sock.connect(('localhost', 8080))
    sock.send(b"Hello")
    response = sock.recv(1024)
# Socket is automatically closed here, even if an exception occurs
