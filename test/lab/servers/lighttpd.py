"""lighttpd: http, and a listing"""
PACKAGES = ["lighttpd"]


def start(run):
    port = run.port("tcp", 80)
    run.write("www/index.html", "<p>lab</p>")
    run.write("www/files/readme.txt", "read me\n")
    run.write("www/files/more/notes.txt", "notes\n")
    conf = run.write("lighttpd.conf", f'''
server.modules = ("mod_dirlisting")
server.port = {port}
server.document-root = "{run.folder}/www"
index-file.names = ("index.html")
dir-listing.activate = "enable"
server.errorlog = "{run.folder}/error"
''')
    run.spawn(["/usr/sbin/lighttpd", "-D", "-f", conf])
    run.serves("tcp", port, service="http", product="lighttpd", version=run.version("lighttpd"))
