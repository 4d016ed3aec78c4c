"""Receives datagrams, for Wake-on-LAN and statsd: prints its port, then each datagram as a line in hex."""
import socket

sink = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sink.bind(("", 0))  # Not loopback alone: a broadcast has another address.
print(sink.getsockname()[1], flush=True)
while True:
    print(sink.recv(65535).hex(), flush=True)
