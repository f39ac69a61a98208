"""Syncthing: http. Its own protocol wants a client's certificate first."""
PACKAGES = ["syncthing"]


def start(run):
    port, sync = run.port("tcp", 8384), run.port("tcp", 22000)
    run.run(["/usr/bin/syncthing", "generate", "--no-default-folder", f"--home={run.folder}/home"])
    path = run.folder / "home/config.xml"
    text = path.read_text().replace("<listenAddress>default<",
                                    f"<listenAddress>tcp://0.0.0.0:{sync}<")
    for name in ("globalAnnounceEnabled", "relaysEnabled", "natEnabled"):
        text = text.replace(f"<{name}>true", f"<{name}>false")
    path.write_text(text)
    run.spawn(["/usr/bin/syncthing", "serve", "--no-browser", "--no-restart",
               f"--home={run.folder}/home",
               f"--gui-address=0.0.0.0:{port}"], env={"STNOUPGRADE": "1"})
    run.serves("tcp", port, service="http", product=("Syncthing GUI", "Syncthing"),
               version=run.version("syncthing"))
