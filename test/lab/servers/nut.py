"""Network UPS Tools' upsd, with a dummy UPS"""
PACKAGES = ["libnutscan2", "libupsclient6", "libusb-1.0-0", "libnss3", "libwrap0"]
UNPACKED = ["nut-server"]       # it and apcupsd cannot be installed together


def start(run):
    port = run.port("tcp", 3493)
    root = run.unpacked("nut-server")
    state = run.sub("run/nut", user="daemon")
    run.write("etc/ups.conf", "[none]\n\tdriver = dummy-ups\n\tport = none.dev\n")
    run.write("etc/upsd.conf", f"LISTEN 0.0.0.0 {port}\nMAXCONN 400\nSTATEPATH {state}\n")
    run.write("etc/upsd.users", "", mode=0o640, user="daemon")
    run.spawn([root / "lib/nut/upsd", "-D", "-u", "daemon"],
              env={"NUT_CONFPATH": run.folder / "etc", "NUT_STATEPATH": state})
    run.serves("tcp", port, service="nut", product="Network UPS Tools upsd",
               version=run.version("nut-server"))
