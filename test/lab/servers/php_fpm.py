"""PHP's FastCGI process manager"""
PACKAGES = ["php8.2-fpm"]
HEAVY = True


def start(run):
    port = run.port("tcp", 9000)
    run.private("/var/log")
    conf = run.write("fpm.conf", f"[global]\nerror_log={run.folder}/fpm.log\ndaemonize=no\n"
                     f"pid={run.folder}/pid\n[www]\nuser=nobody\ngroup=nogroup\n"
                     f"listen=0.0.0.0:{port}\npm=static\npm.max_children=4\n")
    run.spawn(["/usr/sbin/php-fpm8.2", "-F", "-y", conf])
    run.serves("tcp", port, service="fastcgi",
               hidden=run.version("php8.2-fpm"), stunnel=False)
