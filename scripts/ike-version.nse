-- Finds out what a VPN gateway is by the vendor identities in its first IKE answer.
-- Example: portolan -sU -p500 --script ike-version 192.0.2.1

local comm = require "comm"
local ike = require "ike"
local nmap = require "nmap"
local rand = require "rand"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Begins IKE's main mode and shows maker and abilities that the gateway's answer tells."
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe", "version" }

portrule = shortport.version_port_or_service(500, "isakmp", "udp", { "open", "open|filtered" })

action = function(host, port)
	local cookie = rand.random_string(8)
	local ok, bytes = comm.exchange(host, port, ike.build_request(cookie), { timeout = 5000 })
	local told = ok and ike.parse_response(bytes, cookie)
	if not told then
		return nil
	end
	local maker, attributes = ike.describe_vendors(told.vendors)
	port.version.name = "isakmp"
	port.version.product = maker
	nmap.set_port_state(host, port, "open")
	nmap.set_port_version(host, port, maker and "hardmatched" or "softmatched")
	local result = stdnse.output_table()
	result.vendor_id = maker
	result.attributes = #attributes > 0 and attributes or nil
	return #result > 0 and result or nil
end
