-- Shows the address of ours that a STUN server sees.
-- Example: portolan -sU -p3478 --script stun-info 192.0.2.1

local comm = require "comm"
local nmap = require "nmap"
local rand = require "rand"
local shortport = require "shortport"
local stun = require "stun"

description = "Asks a STUN server which address of ours it sees."
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe" }

portrule = shortport.port_or_service(3478, "stun", "udp", { "open", "open|filtered" })

action = function(host, port)
	local ok, bytes = comm.exchange(host, port, stun.build_request(rand.random_string(12)), { timeout = 4000 })
	local answer = ok and stun.parse_response(bytes)
	if not answer or not answer.address then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	return "\n  External IP: " .. answer.address
end
