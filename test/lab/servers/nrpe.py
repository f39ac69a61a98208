"""NRPE, in the clear"""
PACKAGES = ["nagios-nrpe-server"]


def start(run):
    port = run.port("tcp", 5666)
    conf = run.write("nrpe.cfg", f"server_port={port}\nserver_address=0.0.0.0\n"
                     f"nrpe_user=nagios\nnrpe_group=nagios\npid_file={run.folder}/pid\n"
                     "allowed_hosts=10.0.0.0/8,127.0.0.1\nconnection_timeout=60\n"
                     "command[check_none]=/bin/true\n")
    run.spawn(["/usr/sbin/nrpe", "-c", conf, "-n", "-f"])
    run.serves("tcp", port, service="nrpe", product="NRPE",
               version=run.version("nagios-nrpe-server"))
