"""ZeroMQ: a router socket. ZMTP's greeting has no version of a library."""
PACKAGES = ["python3-zmq"]
PROGRAM = """
import sys, threading, zmq
socket = zmq.Context().socket(zmq.ROUTER)
socket.bind(sys.argv[1])
threading.Event().wait()
"""


def start(run):
    port = run.port("tcp", 5555)
    run.spawn(["/usr/bin/python3", "-c", PROGRAM, f"tcp://0.0.0.0:{port}"])
    run.serves("tcp", port, service="zmtp", product="ZeroMQ ZMTP")
