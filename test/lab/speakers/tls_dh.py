"""TLS servers with groups for Diffie-Hellman that today's libraries refuse, one a port: as far as their
share of the key exchange. The primes of RFC 2409 and RFC 3526 are computed as the RFCs say.

    tls_dh.py ADDRESS PORT
"""
import sys
import types

import tls_hello
from tls_hello import ANONYMOUS, Server, Speaker, old_certificate, vector

DHE_RSA_EXPORT, DHE_RSA, DH_ANON = 0x0014, 0x0033, 0x0034
# Made with "openssl prime -generate -hex -bits N -safe", the last one without "-safe".
SAFE_512 = int(
    "E76414CDFCEC6E8C73AEA9C58EA10EE5F0BAB0B08C583DA464CA4844D74DCC8D3C680CF6DCE818BFB2524FC69D9E7420"
    "0EAE46B531088A3F3C843E25C8182D2F", 16)
SAFE_1024 = int(
    "F2458BA2D473B858015DA81F70C9608E0820EB9C55AD45E104DA97C47B209B13A49821ECCFB18C8D6F983EBD2CA7ADFF"
    "B71D73AF2499F11F71392F9CCA6E5AFDA0713F43718C781604AF248193CE5009F9FB5E82F0C217CCDAE600BE2D608656"
    "22E3AAC870CADB2A64E8EC92C7F49A02AA38191C0BD1A85B9AB81396B8994277", 16)
NOT_SAFE_1024 = int(
    "CD05E77FC92B75E5F7EE3BEC1A88C28CD285B3C742C6B9BA167FC4CDFD0E21BB2A8E2A182EB61A00F97D7D1759DF3597"
    "6BD740AC431182545BF1E1E815D82B90698C1D5A3D4C5596DF19AB1839BE195438216944F0B1E3BC1258D61C2521B26A"
    "8F83159C86734D4068F2875FAFC3ABE111207CD7C8F6560843DEDB87FEFC971F", 16)


def pi_bits(bits):
    """The whole part of 2^bits times pi (Machin's formula)."""
    one = 1 << (bits + 64)

    def arctan(inverse):
        term = total = one // inverse
        divisor = 1
        while term:
            term //= -inverse * inverse
            divisor += 2
            total += term // divisor
        return total
    return 4 * (4 * arctan(5) - arctan(239)) >> 64


def oakley(bits, added):
    return (1 << bits) - (1 << (bits - 64)) - 1 + ((pi_bits(bits - 130) + added) << 64)


# What a port serves: its suite and its modulus.
def ports():
    return {
        443: (DHE_RSA, oakley(1024, 129093)),
        465: (DHE_RSA, SAFE_1024),
        636: (DHE_RSA_EXPORT, SAFE_512),
        989: (DH_ANON, oakley(2048, 124476)),
        990: (DHE_RSA, oakley(2048, 124476)),
        992: (DHE_RSA, NOT_SAFE_1024),
        993: (DHE_RSA, NOT_SAFE_1024 - 2),
        995: (DHE_RSA, oakley(1536, 741804)),
    }


class Exchange(Speaker):
    def share(self, suite):
        prime = self.server.prime
        size = (prime.bit_length() + 7) // 8
        out = vector(2, prime.to_bytes(size, "big")) + vector(2, b"\2") + vector(2, b"\x55" * size)
        return out + (b"" if suite in ANONYMOUS else vector(2, bytes(64)))


def main():
    address, port = sys.argv[1], int(sys.argv[2])
    suite, prime = ports()[port]
    server = Server((address, port), Exchange)
    server.prime = prime
    server.options = types.SimpleNamespace(
        versions=[0x0301, 0x0302, 0x0303], suites=[suite], server_order=True, compression=False, clock=0,
        chain=tls_hello.certificates(old_certificate()))
    server.serve_forever()


if __name__ == "__main__":
    main()
