-- Shows what a UPnP device says of itself.
-- Example: portolan -sU -p1900 --script upnp-info 192.0.2.1

local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local upnp = require "upnp"

description = "Asks a device over SSDP who it is, and reads its description where the device itself serves it."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.portnumber(1900, "udp", { "open", "open|filtered" })

action = function(host, port)
	local ok, lines = upnp.Helper:new(host, port):queryServices()
	if not ok then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	finding.report { id = "ssdp-answers-unicast", title = "UPnP's search is answered", severity = "low",
		seen = lines[1] or "an answer to M-SEARCH",
		why = "SSDP is meant for the local network; answered from elsewhere it can be used to flood others, "
			.. "and routers let in more than they should over it.",
		remedy = "Switch UPnP off where it is not needed, and let UDP port 1900 in from the local network only.",
		references = { "CWE-406" }, confidence = 0.8 }
	return upnp.text_of(lines)
end
