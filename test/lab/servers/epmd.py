"""Erlang's port mapper, with one node that has registered."""
PACKAGES = ["erlang-base"]


def start(run):
    port, node = run.port("tcp", 4369), run.port("tcp", 25672)
    env = {"ERL_EPMD_PORT": port}
    run.spawn(["/usr/bin/epmd", "-port", port], env=env)
    run.wait("tcp", port)
    run.spawn(["/usr/bin/erl", "-noinput", "-sname", "harbour", "-setcookie", "of-the-lab",
               "-kernel", "inet_dist_listen_min", node, "inet_dist_listen_max", node],
              env=env)
    run.serves("tcp", port, service="epmd", product="Erlang Port Mapper Daemon")
    run.serves("tcp", node, service="erlang-node", product="Erlang node", odd=False,
               stunnel=False)
