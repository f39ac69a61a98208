-- Shows the day and time that a daytime server (RFC 867) tells.
-- Example: portolan -p13 --script daytime 192.0.2.1

local comm = require "comm"
local shortport = require "shortport"

description = "Shows the answer of a daytime server."
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe" }

portrule = shortport.port_or_service(13, "daytime", { "tcp", "udp" })

action = function(host, port)
	local ok, text = comm.exchange(host, port, "\r\n", { lines = 1, timeout = 5000 })
	return ok and text ~= "" and text:sub(1, 512) or nil
end
