"""Minetest"""
PACKAGES = ["minetest-server"]


def start(run):
    port = run.port("udp", 30000)
    run.write("world/world.mt", "gameid = devtest\nbackend = dummy\n")
    conf = run.write("minetest.conf", f"server_announce = false\nport = {port}\n")
    run.write("games/lab/game.conf", "title = Lab\n")
    run.spawn(["/usr/games/minetestserver", "--port", port, "--config", conf,
               "--world", run.folder / "world", "--gameid", "lab"],
              env={"MINETEST_SUBGAME_PATH": run.folder / "games"})
    run.serves("udp", port, service="minetest", product="Minetest",
               hidden=run.version("minetest-server"))
