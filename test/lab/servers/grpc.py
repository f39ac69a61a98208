"""gRPC, by its Python library: HTTP/2 without TLS"""
PACKAGES = ["python3-grpcio"]


def start(run):
    port = run.port("tcp", 50051)
    app = run.write("app.py", f"""
import concurrent.futures
import grpc
server = grpc.server(concurrent.futures.ThreadPoolExecutor(2))
server.add_insecure_port("0.0.0.0:{port}")
server.start()
server.wait_for_termination()
""")
    run.spawn(["/usr/bin/python3", app])
    run.serves("tcp", port, service="grpc", hidden=run.version("python3-grpcio"))
