"""A mail server that takes passwords in clear, and has no TLS. smtp_plain.py ADDRESS PORT"""
from speaking import serve_tcp

ANSWERS = {b"EHLO": b"250-plain.test\r\n250-AUTH LOGIN PLAIN\r\n250 8BITMIME\r\n", b"HELO": b"250 plain.test\r\n",
           b"HELP": b"214-Commands:\r\n214 HELO EHLO QUIT\r\n", b"QUIT": b"221 Bye\r\n"}


def talk(stream, out):
    out.write(b"220 plain.test ESMTP Postfix\r\n")
    for line in iter(lambda: stream.readline(1024), b""):
        verb = line[:4].upper()
        out.write(ANSWERS.get(verb, b"502 Not here\r\n"))
        if verb == b"QUIT":
            return


serve_tcp(talk)
