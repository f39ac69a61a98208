"""MariaDB that lets nobody in from here: error 1130 instead of a greeting."""
PACKAGES = ["mariadb-server-core", "mariadb-client-core"]


def start(run):
    port = run.port("tcp", 3306)
    data = run.sub("data")
    run.run(["/usr/bin/mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root",
             "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"])
    run.spawn(["/usr/sbin/mariadbd", "--no-defaults", "--user=root", f"--datadir={data}",
               f"--port={port}", f"--socket={run.folder}/socket", "--skip-networking=0",
               "--bind-address=0.0.0.0", "--innodb-buffer-pool-size=16M",
               "--skip-name-resolve", f"--pid-file={run.folder}/pid"])
    run.serves("tcp", port, service="mysql", product="MariaDB",
               hidden=run.version("mariadb-server-core"))
