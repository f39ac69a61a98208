-- Finds name servers that look up names for strangers.
-- Example: portolan -sU -p53 --script dns-recursion 192.0.2.1

local dns = require "dns"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"

description = "Finds name servers that offer recursion to whoever asks."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "safe" }

portrule = shortport.portnumber(53, "udp")

-- It is the server's own word (RA) that counts: whether it reaches the name's servers now does not.
action = function(host, port)
	local name = "www.example.com"
	local ok, packet = dns.query(name, { host = host, port = port.number, dtype = "A", retPkt = true })
	if not ok or not packet.flags.RA or packet.rcode == 5 then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	finding.report { id = "dns-open-resolver", title = "The name server resolves names for everybody",
		severity = "medium", seen = "answer with recursion available (RA) to a question for " .. name,
		why = "Open resolvers are used to flood others with answers, and their cache can be asked and poisoned.",
		remedy = "Allow recursion for your own networks only: allow-recursion (BIND), access-control (Unbound).",
		references = { "CWE-406" }, confidence = 0.9 }
	return "Recursion appears to be enabled"
end
