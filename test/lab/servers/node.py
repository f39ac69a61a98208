"""Node.js: http, bare, and with Express"""
PACKAGES = ["nodejs", "node-express"]
HEAVY = True


def start(run):
    port, express = run.port("tcp", 3000), run.port("tcp", 3001)
    app = run.write("app.js", f"""
require("http").createServer((request, response) => response.end("lab")).listen({port}, "0.0.0.0");
const app = require("/usr/share/nodejs/express")();
app.get("/", (request, response) => response.send("lab"));
app.listen({express}, "0.0.0.0");
""")
    run.spawn(["/usr/bin/node", app], env={"NODE_PATH": "/usr/share/nodejs"})
    run.serves("tcp", port, service="http", hidden=run.version("nodejs"))
    run.serves("tcp", express, service="http", product=("Node.js Express framework", "Express"))
