# What everybody writes: one blocking loop. "echo" answers each datagram with itself; "count" counts, and says the number when asked
# by a datagram of five bytes.
import socket
import sys

sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024 * 1024)
sock.bind(("127.0.0.1", 0))
print(sock.getsockname()[1], flush=True)
count = 0
if sys.argv[1] == "echo":
    while True:
        data, sender = sock.recvfrom(65536)
        sock.sendto(data, sender)
else:
    while True:
        data, sender = sock.recvfrom(65536)
        if len(data) == 5:
            print(count, flush=True)
        else:
            count += 1
