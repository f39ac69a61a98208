-- Finds the services that hosts of the local network announce over multicast DNS.
-- Example: portolan --script broadcast-dns-service-discovery -e eth0

local dnssd = require "dnssd"
local stdnse = require "stdnse"
local target = require "target"

description = "Asks all hosts of the local network over multicast DNS which services they have."
author = "portolan"
license = "same as portolan's"
categories = { "broadcast", "safe" }

prerule = function() return true end

action = function()
	local helper = dnssd.Helper:new()
	helper:setMulticast(true)
	local ok, hosts = helper:queryServices()
	if not ok then
		return nil
	end
	for _, host in ipairs(hosts) do
		if target.ALLOW_NEW_TARGETS then
			target.add(host.name)
		end
	end
	return stdnse.format_output(true, hosts)
end
