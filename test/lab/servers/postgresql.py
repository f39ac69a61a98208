"""PostgreSQL: a start-up of an unknown protocol is refused with those that it knows.
Unpacked only: its package wants a compiler (LLVM), which the server itself does not."""
PACKAGES = ["libpq5", "libicu72", "libxml2", "liblz4-1", "libzstd1", "libldap-2.5-0",
            "libgssapi-krb5-2", "libpam0g", "libsystemd0", "libuuid1", "tzdata"]
UNPACKED = ["postgresql-15"]
PROGRAMS = "/usr/lib/postgresql/15/bin"


def start(run):
    run.unpacked("postgresql-15", "/usr/lib/postgresql/15", "/usr/share/postgresql/15")
    port = run.port("tcp", 5432)
    data = run.sub("data", user="nobody", mode=0o700)
    run.run([f"{PROGRAMS}/initdb", "-D", data, "--no-sync", "--auth=reject", "--locale=C"],
            user="nobody")
    run.spawn([f"{PROGRAMS}/postgres", "-D", data, "-p", port, "-h", "0.0.0.0", "-k", data],
              user="nobody")
    run.serves("tcp", port, service="postgresql", product="PostgreSQL DB",
               hidden=run.version("postgresql-15"), stunnel=False)
