-- Asks a host by unicast which services it announces over multicast DNS.
-- Example: portolan -sU -p5353 --script dns-service-discovery 192.0.2.1

local dnssd = require "dnssd"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Shows the services that a host announces over DNS-SD (mDNS), with ports, texts and addresses."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.portnumber(5353, "udp")

action = function(host, port)
	local ok, services = dnssd.Helper:new(host, port):queryServices()
	if not ok then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	finding.report { id = "mdns-answers-unicast", title = "Services are told to whoever asks", severity = "low",
		seen = services[1].name, why = "mDNS is meant for the local network; answered from elsewhere, it tells "
			.. "names, programs and addresses, and it can be used to flood others.",
		remedy = "Let UDP port 5353 in from the local network only.", references = { "CWE-200", "CWE-406" },
		confidence = 0.8 }
	return stdnse.format_output(true, services)
end
