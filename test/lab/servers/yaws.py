"""Yaws: http"""
PACKAGES = ["yaws"]


def start(run):
    port = run.port("tcp", 8080)
    run.write("www/index.html", "<p>lab</p>")
    conf = run.write("yaws.conf", f"""
logdir = {run.sub("log")}
<server lab.test>
    port = {port}
    listen = 0.0.0.0
    docroot = {run.folder}/www
</server>
""")
    run.spawn(["/usr/bin/yaws", "--daemon", "--conf", conf, "--id", "lab"],
              env={"YAWSHOME": run.folder})
    run.serves("tcp", port, service="http", product=("Yaws httpd", "Yaws"),
               version=run.version("yaws"))
