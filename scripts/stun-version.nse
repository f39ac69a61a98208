-- Finds out which program a STUN server is.
-- Example: portolan -sU -sV -p3478 192.0.2.1

local comm = require "comm"
local nmap = require "nmap"
local rand = require "rand"
local shortport = require "shortport"
local stun = require "stun"

description = "Asks a STUN server for its name and sets the port's version by it."
author = "portolan"
license = "same as portolan's"
categories = { "version" }

portrule = shortport.version_port_or_service(3478, "stun", "udp", { "open", "open|filtered" })

action = function(host, port)
	local ok, bytes = comm.exchange(host, port, stun.build_request(rand.random_string(12)), { timeout = 4000 })
	local answer = ok and stun.parse_response(bytes)
	if not answer then
		return nil
	end
	port.version.name = "stun"
	if answer.software then
		local product, version = answer.software:match "^([%a][%w ]*)[%-/ ]v?(%d[%w.%-]*)"
		port.version.product = product or answer.software
		port.version.version = version
	end
	nmap.set_port_state(host, port, "open")
	nmap.set_port_version(host, port)
	return nil
end
