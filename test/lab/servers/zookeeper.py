"""ZooKeeper: srvr, the one four-letter word that is allowed by default, tells the version."""
PACKAGES = ["zookeeper", "default-jre-headless"]
HEAVY = True


def start(run):
    port = run.port("tcp", 2181)
    conf = run.write("zoo.cfg", f"tickTime=2000\ndataDir={run.sub('data')}\nclientPort={port}\n"
                     "admin.enableServer=false\n")
    run.spawn(["/usr/bin/java", "-Xmx64m", "-cp", "/etc/zookeeper/conf:/usr/share/java/*",
               "org.apache.zookeeper.server.quorum.QuorumPeerMain", conf])
    run.serves("tcp", port, service="zookeeper", product="Zookeeper",
               version=run.version("zookeeper"))
