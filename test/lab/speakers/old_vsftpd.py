"""Greets as vsftpd 2.3.4, a release that was spread with a backdoor for three days."""
import speaking


def talk(rfile, wfile):
    wfile.write(b"220 (vsFTPd 2.3.4)\r\n")
    for line in iter(lambda: rfile.readline(512), b""):
        word = line.split(b" ")[0].strip().upper()
        if word == b"QUIT":
            wfile.write(b"221 Goodbye.\r\n")
            return
        wfile.write(b"530 Please login with USER and PASS.\r\n")


speaking.serve_tcp(talk)
