"""Shell In A Box: http"""
PACKAGES = ["shellinabox"]


def start(run):
    port = run.port("tcp", 4200)
    run.spawn(["/usr/bin/shellinaboxd", "-t", "-p", port, "-s", "/:nobody:nogroup:/:/bin/true"])
    run.serves("tcp", port, service="http", product=("ShellInABox", "ShellInABox httpd"))
