"""Scripts that capture and send raw packets, on a wire between two namespaces: what they see is
what passed, and what is excluded is not sent."""
import os

import pytest

from lab import LabError
from link import Link

SCRIPT = """
local nmap, stdnse = require "nmap", require "stdnse"
description = "An echo request, and what comes back." author = "" license = "" categories = { "safe" }
hostrule = function() return true end

local function checksum(text)
	local sum = 0
	for at = 1, #text, 2 do
		sum = sum + string.unpack(">I2", text, at)
	end
	sum = (sum & 0xffff) + (sum >> 16)
	return ~sum & 0xffff
end

action = function(host)
	local capture, raw = nmap.new_socket(), nmap.new_dnet()
	local to = string.pack("BBBB", %s)
	local head = string.pack(">BBI2I2I2BBI2", 0x45, 0, 32, 1, 0, 64, 1, 0) .. host.bin_ip_src .. to
	local echo = string.pack(">BBI2I2I2", 8, 0, 0, 7, 1) .. "hail"
	echo = echo:sub(1, 2) .. string.pack(">I2", checksum(echo)) .. echo:sub(5)
	capture:set_timeout(3000)
	capture:pcap_open(host.interface, 60, false, "icmp[0] = 0")
	raw:ip_open()
	local sent, why = raw:ip_send(head .. echo)
	if not sent then
		return why
	end
	stdnse.sleep(0.1)
	local ok, length, link, packet, at = capture:pcap_receive()
	capture:pcap_close()
	raw:ip_close()
	return ok and ("%%d %%d %%d %%s %%s"):format(length, #link, #packet, packet:sub(-4), at > 1e9) or length
end
"""


TARGET, EXCLUDED = "10.89.1.2", "10.89.1.77"


@pytest.fixture(scope="module")
def link():
    try:
        made = Link("scripts")
    except (LabError, FileNotFoundError) as error:
        if os.environ.get("CI") == "true":
            pytest.fail(f"CI must have a lab: {error}")
        pytest.skip(f"NO LAB HERE, NOTHING WAS CAPTURED: {error}")
    made.give(made.target, "wire0", TARGET + "/24")
    made.target.ip("link", "set", "lo", "up")
    yield made
    made.close()


def said(link, portolan, folder, to, *options):
    """What the script says that asks `to`, or each target itself."""
    octets = ", ".join(to.split(".")) if to else "host.bin_ip:byte(1, 4)"
    (folder / "echo.nse").write_text(SCRIPT % octets)
    done = link.scan(folder, portolan, "-n", "-sn", "--no-journal", "--script", folder / "echo.nse",
                     *options, TARGET)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.startswith("|")]


def test_an_answer_is_captured(link, portolan, tmp_path):
    assert said(link, portolan, tmp_path, TARGET) == ["|_echo: 46 14 32 hail true"]


def test_more_captures_than_there_are_sockets_wait(link, portolan, tmp_path):
    """Each of 24 addresses of the target has one, and 16 are open at a time."""
    more = [f"10.89.1.{number}" for number in range(20, 44)]
    for address in more:
        link.give(link.target, "wire0", address + "/24")
    lines = said(link, portolan, tmp_path, None, *more)
    assert lines.count("|_echo: 46 14 32 hail true") == 25, lines


def test_what_is_excluded_is_not_sent(link, portolan, tmp_path):
    assert said(link, portolan, tmp_path, EXCLUDED, "--exclude", EXCLUDED) == [
        "|_echo: error while sending: the target is excluded (errno 1)"]


def test_without_privileges_it_says_why(link, portolan, tmp_path):
    assert "ERROR: Script execution failed" in said(link, portolan, tmp_path, TARGET,
                                                    "--unprivileged")[0]
