"""ngIRCd: irc"""
PACKAGES = ["ngircd"]


def start(run):
    port = run.port("tcp", 6667)
    conf = run.write("ngircd.conf", f"""[Global]
Name = irc.lab.test
Info = Server of the lab
AdminInfo1 = nobody
AdminEMail = nobody@lab.test
Ports = {port}
ServerUID = irc
ServerGID = irc
MotdPhrase = "Hello"
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
[Options]
Ident = no
DNS = no
PAM = no
""")
    run.spawn(["/usr/sbin/ngircd", "-n", "-f", conf])
    run.serves("tcp", port, service="irc", product="ngIRCd", version=run.version("ngircd"))
