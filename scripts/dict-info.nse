-- Shows what a dictionary server says of itself.
-- Example: portolan -p2628 --script dict-info 192.0.2.1

local bytestream = require "bytestream"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks a DICT server (RFC 2229) for information on itself: SHOW SERVER."
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe" }

portrule = shortport.port_or_service(2628, "dict")

local lines_max, bytes_max = 100, 1 << 16

-- The lines behind "114", up to the point alone.
local function read_text(connection)
	local lines = {}
	for _ = 1, lines_max do
		local line = connection:line()
		if not line or line == "." then
			break
		end
		lines[#lines + 1] = line:gsub("^%.%.", ".")
	end
	if lines[#lines] == "" then
		lines[#lines] = nil
	end
	return lines
end

action = function(host, port)
	local connection = bytestream.open(host, port, { most = bytes_max })
	local greeting = connection and connection:line()
	if not greeting then
		return nil
	end
	local lines = nil
	if greeting:find "^220 " and connection:send "SHOW SERVER\r\n" then
		local status = connection:line()
		lines = status and status:find "^114" and read_text(connection) or nil
	end
	connection:send "QUIT\r\n"
	connection:close()
	return lines and #lines > 0 and stdnse.format_output(true, lines) or nil
end
