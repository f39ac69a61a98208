"""The lab's servers: real ones from Debian packages, each in the foreground with
a configuration of its own in the lab's folder. One function a server; `ports`
and `ports6` are what its configuration makes it listen on."""
import dataclasses
import pathlib
import subprocess
import sys


@dataclasses.dataclass
class Server:
    name: str
    argv: list
    ports: list
    ports6: list = dataclasses.field(default_factory=list)
    process: object = None
    host: object = None


def write(folder, name, text):
    path = pathlib.Path(folder, name)
    path.write_text(text)
    return path


def sub(folder, name):
    path = pathlib.Path(folder, name)
    path.mkdir(exist_ok=True)
    path.chmod(0o755)
    return path


def certificate(folder):
    path = pathlib.Path(folder, "certificate.pem")
    if not path.exists():
        key = pathlib.Path(folder, "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                        "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                        "/CN=lab.test", "-keyout", key, "-out", path],
                       check=True, capture_output=True, timeout=30)
        path.write_text(path.read_text() + key.read_text())
        path.chmod(0o600)
    return path


def openssh(folder):
    key = pathlib.Path(folder, "ssh_host_key")
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True,
                   timeout=30)
    pathlib.Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    config = write(folder, "sshd.conf", f"HostKey {key}\nPidFile none\nUsePAM no\n")
    return Server("openssh", ["/usr/sbin/sshd", "-D", "-e", "-f", config, "-p", 22, "-p", 2222],
                  [22, 2222], [22, 2222])


def nginx(folder):
    pem = certificate(folder)
    work = sub(folder, "nginx")
    config = write(folder, "nginx.conf", f"""
daemon off; pid {work}/pid; error_log stderr; worker_processes 1;
events {{ worker_connections 256; }}
http {{
    access_log off;
    client_body_temp_path {work}/body; proxy_temp_path {work}/proxy;
    fastcgi_temp_path {work}/fastcgi; uwsgi_temp_path {work}/uwsgi; scgi_temp_path {work}/scgi;
    server {{ listen 80; listen [::]:80 ipv6only=on; listen 8088; return 200 "lab"; }}
    server {{ listen 443 ssl; ssl_certificate {pem}; ssl_certificate_key {pem}; return 200 "lab"; }}
}}
""")
    return Server("nginx", ["/usr/sbin/nginx", "-e", "stderr", "-c", config], [80, 443, 8088], [80])


def lighttpd(folder):
    config = write(folder, "lighttpd.conf", f"""
server.document-root = "{sub(folder, 'lighttpd')}"
server.port = 8080
server.bind = "0.0.0.0"
server.systemd-socket-activation = "disable"
""")
    return Server("lighttpd", ["/usr/sbin/lighttpd", "-D", "-f", config], [8080])


def apache(folder):
    work = sub(folder, "apache")
    config = write(folder, "apache.conf", f"""
ServerRoot {work}
ServerName lab.test
PidFile {work}/pid
ErrorLog {work}/error.log
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
StartServers 1
ServerLimit 2
ThreadsPerChild 8
MaxRequestWorkers 16
MinSpareThreads 4
MaxSpareThreads 12
User www-data
Group www-data
Listen 0.0.0.0:8000
DocumentRoot {work}
""")
    return Server("apache", ["/usr/sbin/apache2", "-DFOREGROUND", "-f", config], [8000])


def vsftpd(folder):
    config = write(folder, "vsftpd.conf", f"""
listen=YES
background=NO
anonymous_enable=YES
anon_root={sub(folder, 'ftp')}
secure_chroot_dir={sub(folder, 'ftp-empty')}
""")
    return Server("vsftpd", ["/usr/sbin/vsftpd", config], [21])


def redis(folder):
    return Server("redis", ["redis-server", "--bind", "0.0.0.0", "--port", 6379, "--save", "",
                            "--protected-mode", "no", "--dir", folder], [6379])


def memcached(folder):
    return Server("memcached", ["memcached", "-u", "nobody", "-l", "0.0.0.0", "-p", 11211, "-U", 0],
                  [11211])


def mosquitto(folder):
    config = write(folder, "mosquitto.conf",
                   "listener 1883 0.0.0.0\nallow_anonymous true\nuser root\n")
    return Server("mosquitto", ["/usr/sbin/mosquitto", "-c", config], [1883])


def dnsmasq(folder):
    return Server("dnsmasq", ["/usr/sbin/dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null",
                              "--no-resolv", "--no-hosts", "--user=root", "--pid-file=",
                              "--bind-interfaces", "--listen-address=10.87.1.10"], [53])


def rsync(folder):
    config = write(folder, "rsyncd.conf", f"use chroot = no\n[lab]\npath = {folder}\n")
    return Server("rsync", ["rsync", "--daemon", "--no-detach", "--address=0.0.0.0",
                            f"--config={config}"], [873])


def inetd(folder):
    ports = {"echo": 7, "discard": 9, "daytime": 13, "chargen": 19, "time": 37}
    config = write(folder, "inetd.conf", "".join(
        f"0.0.0.0:{name} stream tcp nowait root internal\n" for name in ports))
    return Server("inetd", ["/usr/sbin/inetd", "-d", config], list(ports.values()))


def haproxy(folder):
    config = write(folder, "haproxy.cfg", """
defaults
    mode http
    timeout connect 5s
    timeout client 5s
    timeout server 5s
frontend lab
    bind 0.0.0.0:9443
    bind :::9443 v6only
    default_backend web
backend web
    server one 127.0.0.1:80
""")
    return Server("haproxy", ["/usr/sbin/haproxy", "-db", "-f", config], [9443], [9443])


def stunnel(folder):
    config = write(folder, "stunnel.conf", f"""
foreground = yes
pid =
cert = {certificate(folder)}
[imaps]
accept = 0.0.0.0:993
connect = 127.0.0.1:13
[pop3s]
accept = 0.0.0.0:995
connect = 127.0.0.1:13
""")
    return Server("stunnel", ["stunnel4", config], [993, 995])


def slapd(folder):
    config = write(folder, "slapd.conf", f"""
include /etc/ldap/schema/core.schema
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
""")
    return Server("slapd", ["/usr/sbin/slapd", "-d", "0", "-f", config,
                            "-h", "ldap://0.0.0.0:389/"], [389])


def git(folder):
    return Server("git", ["git", "daemon", "--reuseaddr", "--listen=0.0.0.0", "--export-all",
                          f"--base-path={folder}"], [9418])


def ngircd(folder):
    config = write(folder, "ngircd.conf", """
[Global]
Name = irc.lab.test
Info = lab
Listen = 0.0.0.0
Ports = 6667
[Options]
Ident = no
PAM = no
DNS = no
""")
    return Server("ngircd", ["/usr/sbin/ngircd", "-n", "-f", config], [6667])


def tinyproxy(folder):
    config = write(folder, "tinyproxy.conf", "Port 8888\nListen 0.0.0.0\nMaxClients 10\n")
    return Server("tinyproxy", ["tinyproxy", "-d", "-c", config], [8888])


def distcc(folder):
    return Server("distcc", ["distccd", "--daemon", "--no-detach", "--log-stderr", "--user",
                             "distccd", "--listen", "0.0.0.0", "--allow", "10.87.0.0/16",
                             "--jobs", "1"], [3632])


def beanstalkd(folder):
    return Server("beanstalkd", ["beanstalkd", "-l", "0.0.0.0", "-p", 65535], [65535])


def dovecot(folder):
    work = sub(folder, "dovecot")
    config = write(folder, "dovecot.conf", f"""
base_dir = {work}/run
state_dir = {work}/state
log_path = /dev/stderr
protocols = imap
listen = 0.0.0.0
ssl = no
service imap-login {{
  inet_listener imap {{
    port = 143
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
""")
    return Server("dovecot", ["/usr/sbin/dovecot", "-F", "-c", config], [143])


def aiosmtpd(folder):
    return Server("aiosmtpd", ["/usr/bin/python3", "-m", "aiosmtpd", "-n", "-l", "0.0.0.0:25"],
                  [25])


def plain_http(folder, name, ports, family=4):
    """Python's own web server, one listener for each port."""
    script = pathlib.Path(__file__).with_name("web.py")
    server = Server(name, [sys.executable, script, family, *ports], [], [])
    (server.ports if family == 4 else server.ports6).extend(ports)
    return server


def python_http(folder):
    return plain_http(folder, "python-http", [1, 8001])


ALL = [openssh, nginx, lighttpd, apache, vsftpd, redis, memcached, mosquitto, dnsmasq, rsync,
       inetd, haproxy, stunnel, slapd, git, ngircd, tinyproxy, distcc, beanstalkd, dovecot,
       aiosmtpd, python_http]
