"""MariaDB: MySQL's protocol. Its greeting has the version."""
PACKAGES = ["mariadb-server-core", "mariadb-client-core"]


def start(run):
    port = run.port("tcp", 3306)
    data = run.sub("data")
    run.run(["/usr/bin/mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root",
             "--auth-root-authentication-method=normal", "--skip-test-db"])
    run.spawn(["/usr/sbin/mariadbd", "--no-defaults", "--user=root", f"--datadir={data}",
               f"--port={port}", f"--socket={run.folder}/socket", "--skip-grant-tables",
               "--skip-networking=0", "--bind-address=0.0.0.0", "--innodb-buffer-pool-size=16M",
               f"--pid-file={run.folder}/pid"])
    run.serves("tcp", port, service="mysql", product="MariaDB",
               version=run.version("mariadb-server-core"))
