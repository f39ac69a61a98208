"""NSCA: it greets with random bytes and the time, and never tells its version"""
PACKAGES = ["nsca"]


def start(run):
    port = run.port("tcp", 5667)
    conf = run.write("nsca.cfg", f"pid_file={run.folder}/pid\nserver_port={port}\n"
                     f"server_address=0.0.0.0\nnsca_user=nagios\nnsca_group=nogroup\n"
                     f"command_file={run.folder}/nagios.cmd\nmax_packet_age=30\n"
                     "password=portolan\ndecryption_method=1\n")
    run.spawn(["/usr/sbin/nsca", "-c", conf, "--daemon"])
    run.serves("tcp", port, service="nsca", product="NSCA", hidden=run.version("nsca"))
