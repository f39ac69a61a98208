"""Twisted: ssh by Conch, ftp, and the small services of its protocols"""
PACKAGES = ["python3-twisted"]

SERVER = """
import sys
from twisted.conch.ssh import factory, keys
from twisted.cred import portal
from twisted.internet import reactor
from twisted.protocols import ftp
from cryptography.hazmat.primitives.asymmetric import rsa

key = keys.Key(rsa.generate_private_key(65537, 2048))
ssh = factory.SSHFactory()
ssh.publicKeys, ssh.privateKeys = {key.sshType(): key.public()}, {key.sshType(): key}
ssh.services = {}
reactor.listenTCP(int(sys.argv[1]), ssh)
reactor.listenTCP(int(sys.argv[2]), ftp.FTPFactory(portal.Portal(ftp.FTPRealm("/nowhere"))))
reactor.run()
"""


def start(run):
    ssh, ftp = run.port("tcp", 22), run.port("tcp", 21)
    run.spawn(["/usr/bin/python3", run.write("server.py", SERVER), ssh, ftp])
    version = run.version("python3-twisted")
    run.serves("tcp", ssh, service="ssh", product="Twisted Conch", version=version)
    run.serves("tcp", ftp, service="ftp", product="Twisted ftpd", version=version)
