"""qBittorrent's web face: http"""
PACKAGES = ["qbittorrent-nox"]


def start(run):
    port = run.port("tcp", 8080)
    run.write("profile/qBittorrent/config/qBittorrent.conf", f"[LegalNotice]\nAccepted=true\n[Preferences]\nWebUI\\Port={port}\n")
    run.spawn(["/usr/bin/qbittorrent-nox", f"--profile={run.folder}/profile"], env={"QT_QPA_PLATFORM": "offscreen"})
    run.serves("tcp", port, service="http", product=("qBittorrent web UI", "qBittorrent"))
