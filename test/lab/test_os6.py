"""IPv6 OS detection against real stacks: those our model knows get their name, and where too
little is known there is none."""
import xml.etree.ElementTree as ElementTree

import pytest

import stacks

KNOWN = ["this", "this-no-timestamps", "this-ttl-128", "this-mtu-1400", "lwip", "libslirp",
         "linux-6.1"]


def system(host, folder, portolan, ports, target):
    """(names, families, the report as text)"""
    done = host.scan(folder, portolan, "-6", "-n", "-Pn", "-O", "--max-os-tries", "2", "-vv", "--no-journal", "-p", ports,
                     "-oX", "-", target)
    assert done.returncode == 0, done.stderr
    root = ElementTree.fromstring(done.stdout)
    return [found.get("name") for found in root.iter("osmatch")], \
        {found.get("osfamily") for found in root.iter("osclass")}, done.stdout


@pytest.mark.parametrize("name", KNOWN)
def test_a_stack_gets_its_name(name, namespaces, portolan, tmp_path):
    kind = stacks.KINDS[name]
    if kind.missing():
        pytest.skip(f"{kind.missing()} is not here")
    with stacks.Stack(kind) as host:
        both = f"{stacks.OPEN},{stacks.CLOSED}"
        names, families, text = system(host, tmp_path, portolan, both, host.address6)
        assert families == {kind.family}, text
        assert len(names) == 1
        # Without a closed port there is still enough to tell by.
        names, families, text = system(host, tmp_path, portolan, stacks.OPEN, host.address6)
        assert families == {kind.family}, text
        # Without an open one there is not.
        names, families, text = system(host, tmp_path, portolan, stacks.CLOSED, host.address6)
        assert not names and not families
        assert "<osfingerprint" in text


def test_a_router_on_the_way_changes_nothing(namespaces, portolan, tmp_path):
    with stacks.Stack(stacks.KINDS["this"]) as host:
        gateway = host.address6
        inner = host.space(host.target.name.replace("target", "inner"))
        stacks.run("ip", "link", "add", "in0", "netns", host.target.name, "type", "veth",
                   "peer", "name", "out0", "netns", inner.name)
        for space, link, address in ((host.target, "in0", "fd89:2::1/64"),
                                     (inner, "out0", "fd89:2::10/64")):
            space.ip("link", "set", link, "up")
            host.give(space, link, address)
        host.target.sysctl("ipv6/conf/all/forwarding", 1)
        host.address, host.address6 = None, "fd89:2::10"
        host.scanner.ip("-6", "route", "add", "fd89:2::/64", "via", gateway)
        inner.ip("-6", "route", "add", "default", "via", "fd89:2::1")
        with inner.entered():
            listening = stacks.socket.create_server(("::", stacks.OPEN),
                                                    family=stacks.socket.AF_INET6)
        with listening:
            host.wait_until_open()
            both = f"{stacks.OPEN},{stacks.CLOSED}"
            _, families, text = system(host, tmp_path, portolan, both, host.address6)
        assert families == {"Linux"}, text
        assert '<distance value="2"' in text
