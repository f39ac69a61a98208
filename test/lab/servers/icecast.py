"""Icecast: http, a media server"""
PACKAGES = ["icecast2"]


def start(run):
    port = run.port("tcp", 8000)
    run.sub("logs", user="icecast2")
    conf = run.write("icecast.xml", f"""<icecast>
<limits><clients>20</clients><sources>2</sources></limits>
<authentication><source-password>lab</source-password><admin-user>lab</admin-user>
<admin-password>lab</admin-password></authentication>
<hostname>lab.test</hostname>
<listen-socket><port>{port}</port></listen-socket>
<paths><basedir>/usr/share/icecast2</basedir><logdir>{run.folder}/logs</logdir>
<webroot>/usr/share/icecast2/web</webroot><adminroot>/usr/share/icecast2/admin</adminroot></paths>
<logging><accesslog>access</accesslog><errorlog>error</errorlog></logging>
</icecast>
""")
    run.spawn(["/usr/bin/icecast2", "-c", conf], user="icecast2")
    run.serves("tcp", port, service="http", product=("Icecast streaming media server", "Icecast"),
               version=run.version("icecast2"))
