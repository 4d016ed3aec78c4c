"""An NTP server (RFC 5905) whose clock is ahead: ntp_server.py SECONDS [STRATUM REFERENCE LEAP]. Prints its port."""
import socket
import struct
import sys
import time

EPOCH = 2208988800  # Seconds from 1900, where NTP starts, to 1970.
ahead = float(sys.argv[1])
stratum, reference, leap = (sys.argv[2:] + ["1", "GPS", "0"][len(sys.argv) - 2:])[:3]


def timestamp(nanoseconds):
    seconds, rest = divmod(nanoseconds + int(ahead * 10**9), 10**9)
    return struct.pack("!II", (seconds + EPOCH) % 2**32, (rest << 32) // 10**9)


server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("127.0.0.1", 0))
print(server.getsockname()[1], flush=True)
while True:
    request, client = server.recvfrom(1024)
    received = timestamp(time.time_ns())
    version, mode = request[0] >> 3 & 7, request[0] & 7
    if len(request) < 48 or mode != 3:
        continue
    head = struct.pack("!BBbbII4s", int(leap) << 6 | version << 3 | 4, int(stratum), 6, -20, 0, 0, reference.encode())
    # Origin: the request's transmit time, whatever it is.
    server.sendto(head + received + request[40:48] + received + timestamp(time.time_ns()), client)
