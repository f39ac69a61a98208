-- Lists the power supplies that a Network UPS Tools server tells of.
-- Example: portolan -p3493 --script nut-info 192.0.2.1

local bytestream = require "bytestream"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks upsd (Network UPS Tools) for its version and its power supplies."
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe" }

portrule = shortport.port_or_service(3493, "nut")

local lines_max, bytes_max = 100, 1 << 16

local function read_list(connection)
	local list = {}
	for _ = 1, lines_max do
		local line = connection:line()
		if not line or line:find "^END LIST" or line:find "^ERR" then
			break
		end
		local name, text = line:match '^UPS (%S+) "(.*)"$'
		if name then
			list[#list + 1] = text ~= "" and string.format("%s (%s)", name, text) or name
		end
	end
	return list
end

action = function(host, port)
	local connection = bytestream.open(host, port, { most = bytes_max })
	local version = connection and connection:send "VER\n" and connection:line()
	if not version or not version:find "upsd" then
		return nil
	end
	local supplies = connection:send "LIST UPS\n" and read_list(connection) or {}
	connection:send "LOGOUT\n"
	connection:close()
	local result = stdnse.output_table()
	result.version = version:match "upsd ([%w.%-]+)" or version
	result.ups = #supplies > 0 and supplies or nil
	return result
end
