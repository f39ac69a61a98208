"""vsftpd: ftp"""
PACKAGES = ["vsftpd"]


def start(run):
    port = run.port("tcp", 21)
    run.sub("run/vsftpd/empty")
    conf = run.write("vsftpd.conf", f"listen=YES\nlisten_port={port}\nlocal_enable=YES\n"
                     "background=NO\nseccomp_sandbox=NO\nsecure_chroot_dir=/run/vsftpd/empty\n")
    run.spawn(["/usr/sbin/vsftpd", conf])
    run.serves("tcp", port, service="ftp", product="vsftpd", version=run.version("vsftpd"))
