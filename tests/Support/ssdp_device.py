"""A UPnP device with a root device and a service, as far as SSDP sees it, on the loopback interface. Prints its port."""
import random
import socket
import time

GROUP = "239.255.255.250"
UUID = "uuid:00000000-0000-0000-0000-0000c0ffee07"
TARGETS = {"upnp:rootdevice": UUID + "::upnp:rootdevice", "urn:schemas-upnp-org:service:Test:1": UUID + "::urn:schemas-upnp-org:service:Test:1"}

device = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
device.bind(("", 0))
device.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton("127.0.0.1"))
port = device.getsockname()[1]
print(port, flush=True)
while True:
    request, client = device.recvfrom(65535)
    first, *lines = request.decode().split("\r\n")
    headers = {key.strip().upper(): value.strip() for key, _, value in (line.partition(":") for line in lines if line)}
    if first != "M-SEARCH * HTTP/1.1" or lines[-2:] != ["", ""] or headers.get("MAN") != '"ssdp:discover"' or not 1 <= int(headers["MX"]) <= 5:
        continue
    if headers["HOST"] != "%s:%d" % (GROUP, port):
        continue
    time.sleep(random.uniform(0, 0.2))
    for target, usn in TARGETS.items():
        if headers["ST"] in ("ssdp:all", target):
            reply = ("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://127.0.0.1:8080/device.xml\r\n"
                     "SERVER: Test/1.0 UPnP/1.1 Device/1.0\r\nST: %s\r\nUSN: %s\r\n\r\n" % (target, usn))
            for _ in range(2):  # Twice, as devices do: datagrams get lost.
                device.sendto(reply.encode(), client)
