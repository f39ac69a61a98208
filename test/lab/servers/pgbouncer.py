"""PgBouncer: a pool before PostgreSQL, which speaks its protocol."""
PACKAGES = ["pgbouncer"]


def start(run):
    port = run.port("tcp", 6432)
    conf = run.write("pgbouncer.ini", f"""
[databases]
[pgbouncer]
listen_addr = 0.0.0.0
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {run.write("users", "")}
""")
    run.spawn(["/usr/sbin/pgbouncer", conf], user="nobody")
    run.serves("tcp", port, service="postgresql", product="PgBouncer",
               hidden=run.version("pgbouncer"), stunnel=False)
