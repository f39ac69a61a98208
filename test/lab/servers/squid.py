"""Squid: a proxy for http"""
PACKAGES = ["squid"]


def start(run):
    port = run.port("tcp", 3128)
    conf = run.write("squid.conf", f"""
http_port {port}
http_access allow localhost
http_access deny all
access_log none
cache_log {run.folder}/cache.log
cache_store_log none
pid_filename {run.folder}/pid
coredump_dir {run.folder}
shutdown_lifetime 0 seconds
visible_hostname lab.test
pinger_enable off
""")
    run.folder.chmod(0o777)
    run.spawn(["/usr/sbin/squid", "-N", "-f", conf])
    run.serves("tcp", port, service="http-proxy", product="Squid http proxy",
               version=run.version("squid"))
