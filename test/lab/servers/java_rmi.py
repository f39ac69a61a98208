"""Java's RMI registry, run by a virtual machine that waits for a debugger on another port."""
PACKAGES = ["default-jre-headless"]
HEAVY = True


def start(run):
    registry, debug = run.port("tcp", 1099), run.port("tcp", 5005)
    run.spawn(["/usr/bin/rmiregistry", "-J-Xmx32m", "-J-agentlib:jdwp=transport=dt_socket,"
               f"server=y,suspend=n,address=*:{debug}", registry])
    run.serves("tcp", registry, service="java-rmi", product="Java RMI")
    # One debugger at a time, each for two seconds: in the clear of an unknown port its turn comes too late.
    run.serves("tcp", debug, service="jdwp", product="Java Debug Wire Protocol", odd=False)
