-- Finds the UPnP devices of the local network.
-- Example: portolan --script broadcast-upnp-info -e eth0

local stdnse = require "stdnse"
local target = require "target"
local upnp = require "upnp"

description = "Asks all devices of the local network over SSDP's multicast who they are."
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "broadcast", "safe" }

prerule = function() return true end

action = function()
	local helper = upnp.Helper:new()
	helper:setMulticast(true)
	local ok, devices = helper:queryServices()
	if not ok then
		return nil
	end
	for _, device in ipairs(devices) do
		if target.ALLOW_NEW_TARGETS then
			target.add(device.name)
		end
	end
	return stdnse.format_output(true, devices)
end
