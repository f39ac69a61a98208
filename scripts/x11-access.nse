-- Finds X servers that let everybody in.
-- Example: portolan -p6000-6009 --script x11-access 192.0.2.1

local comm = require "comm"
local finding = require "finding"
local nmap = require "nmap"

description = "Tells whether an X11 server lets clients in without authorization."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "auth", "default", "safe" }

portrule = function(_, port)
	local by_number = port.number >= 6000 and port.number <= 6009
	return port.protocol == "tcp" and port.state == "open" and
		(by_number or (port.service and port.service:match "^X11" ~= nil))
end

-- Little-endian, version 11.0, no name and no data of an authorization.
local setup = "l\0" .. string.pack("<I2I2I2I2I2", 11, 0, 0, 0, 0)

-- The vendor of an accepted setup (X11 protocol, Connection Setup).
local function vendor_of(answer)
	if #answer < 40 then
		return "X server"
	end
	return answer:sub(41, 40 + math.min((string.unpack("<I2", answer, 25)), 64))
end

action = function(host, port)
	local ok, answer = comm.exchange(host, port, setup, { bytes = 8, timeout = 5000 })
	if not ok or #answer < 8 or answer:byte(1) ~= 1 or string.unpack("<I2", answer, 3) ~= 11 then
		return nil
	end
	port.version.name, port.version.extrainfo = "X11", "access granted"
	nmap.set_port_version(host, port, "softmatched")
	finding.report { id = "x11-open-access", title = "The X server lets everybody in", severity = "critical",
		seen = "connection setup accepted: " .. vendor_of(answer),
		why = "Whoever reaches the port sees the screen, reads the keys and types into every window.",
		remedy = "Start it with -nolisten tcp and without -ac; use xauth's cookies, and SSH for other hosts.",
		references = { "CWE-306", "CVE-1999-0526" }, confidence = 1 }
	return true, "X server access is granted"
end
