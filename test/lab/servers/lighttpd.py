"""lighttpd: http"""
PACKAGES = ["lighttpd"]


def start(run):
    port = run.port("tcp", 80)
    run.write("www/index.html", "<p>lab</p>")
    conf = run.write("lighttpd.conf", f'''
server.port = {port}
server.document-root = "{run.folder}/www"
index-file.names = ("index.html")
server.errorlog = "{run.folder}/error"
''')
    run.spawn(["/usr/sbin/lighttpd", "-D", "-f", conf])
    run.serves("tcp", port, service="http", product="lighttpd", version=run.version("lighttpd"))
