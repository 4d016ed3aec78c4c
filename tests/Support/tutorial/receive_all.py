def receive_all(sock, length):
    """Receive exactly 'length' bytes from a socket"""
    data = b''
    while len(data) < length:
        chunk = sock.recv(length - len(data))
        if not chunk:
            raise ConnectionError("Socket closed before receiving all data")
        data += chunk
    return data

# Usage example
message_length = int(sock.recv(4).decode())  # First, receive message length
full_message = receive_all(sock, message_length)  # Then receive the full message
