"""WEBrick: http"""
PACKAGES = ["ruby-webrick"]


def start(run):
    port = run.port("tcp", 8080)
    app = run.write("app.rb", f"""
require "webrick"
WEBrick::HTTPServer.new(Port: {port}, DocumentRoot: "{run.sub('www')}").start
""")
    run.spawn(["/usr/bin/ruby", app])
    run.serves("tcp", port, service="http", product="WEBrick httpd",
               version=run.version("ruby-webrick"))
