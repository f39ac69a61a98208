"""What an XML report says, with nothing collapsed: read with Python's own
parser, not with ours."""
import dataclasses
import xml.etree.ElementTree as tree


@dataclasses.dataclass
class Host:
    address: str
    state: str
    reason: str
    names: list
    ports: dict = dataclasses.field(default_factory=dict)    # (protocol, port) -> state
    reasons: dict = dataclasses.field(default_factory=dict)  # (protocol, port) -> reason


def expand(text):
    for piece in filter(None, text.split(",")):
        first, _, last = piece.partition("-")
        yield from range(int(first), int(last or first) + 1)


def host_of(element):
    status = element.find("status")
    host = Host(element.find("address").get("addr"), status.get("state"), status.get("reason"),
                [(name.get("name"), name.get("type")) for name in element.iter("hostname")])
    for extra in element.iter("extraports"):
        for why in extra.iter("extrareasons"):
            for port in expand(why.get("ports")):
                host.ports[why.get("proto"), port] = extra.get("state")
                host.reasons[why.get("proto"), port] = why.get("reason")
    for port in element.iter("port"):
        key = port.get("protocol"), int(port.get("portid"))
        assert key not in host.ports, f"port {key} is reported twice"
        host.ports[key] = port.find("state").get("state")
        host.reasons[key] = port.find("state").get("reason")
    return host


def read(text):
    """{address: Host} of a complete report."""
    root = tree.fromstring(text)
    finished = root.find("runstats/finished")
    assert finished is not None and finished.get("exit") == "success", "the scan did not end well"
    hosts = {}
    for element in root.findall("host"):
        host = host_of(element)
        assert host.address not in hosts, f"{host.address} is reported twice"
        hosts[host.address] = host
    return hosts


def scan(lab, program, *argv, **options):
    """Scans and reads the XML; the run must succeed."""
    done = lab.scan(program, "--unprivileged", "-oX", "-", *argv, **options)
    assert done.returncode == 0, done.stderr
    return read(done.stdout)
