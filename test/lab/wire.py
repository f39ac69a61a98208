"""What arrives at a host, seen by the kernel and not by the scanner."""
import socket
import threading

ETH_P_ALL = 3


class Capture:
    """with Capture(namespace) as seen: ... then seen.syns is {(address, port)}."""

    def __init__(self, namespace, link="eth0"):
        with namespace.entered():
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                        socket.htons(ETH_P_ALL))
            self.socket.setsockopt(socket.SOL_SOCKET, 33, 32 << 20)  # SO_RCVBUFFORCE
            self.socket.bind((link, 0))
        self.socket.settimeout(0.1)
        self.frames = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.listen)

    def listen(self):
        while True:
            try:
                self.frames.append(self.socket.recv(2048))
            except TimeoutError:
                if self.over.is_set():
                    return

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.socket.close()

    @property
    def syns(self):
        found = set()
        for frame in self.frames:
            if frame[12:14] != b"\x08\0" or frame[23] != 6:
                continue
            tcp = 14 + (frame[14] & 15) * 4
            if frame[tcp + 13] & 0x12 == 0x02:
                found.add((socket.inet_ntoa(frame[30:34]),
                           int.from_bytes(frame[tcp + 2:tcp + 4], "big")))
        return found
