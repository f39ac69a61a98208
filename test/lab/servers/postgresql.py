"""PostgreSQL: a start-up of an unknown protocol is refused with those that it knows."""
PACKAGES = ["postgresql-15"]
PROGRAMS = "/usr/lib/postgresql/15/bin"


def start(run):
    port = run.port("tcp", 5432)
    data = run.sub("data", user="postgres", mode=0o700)
    run.run([f"{PROGRAMS}/initdb", "-D", data, "--no-sync", "--auth=reject", "--locale=C"],
            user="postgres")
    run.spawn([f"{PROGRAMS}/postgres", "-D", data, "-p", port, "-h", "0.0.0.0", "-k", data],
              user="postgres")
    run.serves("tcp", port, service="postgresql", product="PostgreSQL DB",
               hidden=run.version("postgresql-15"), stunnel=False)
