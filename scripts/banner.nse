-- portolan --script banner TARGET
-- portolan --script banner --script-args banner.timeout=2s,banner.ports=21-25 TARGET

local comm = require "comm"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local math, string, table, tostring = math, string, table, tostring

description = [[
Shows what a TCP service says first, before it was asked anything: bytes that cannot be printed as
\xHH, and as much of it as fits into a few lines (more of them with -v).
]]
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe" }

local ports = stdnse.get_script_args("banner.ports")
local by_argument = ports and shortport.port_range(tostring(ports))

portrule = function(host, port)
	if port.protocol ~= "tcp" or port.state ~= "open" then
		return false
	end
	return by_argument and by_argument(host, port) or
		not by_argument and not shortport.port_is_excluded(port.number, port.protocol)
end

local default_timeout_ms = 5000
-- What a line holds besides its own prefix "| " or, in the first, "|_banner: ".
local first_width, width = 63, 71

local function timeout_ms()
	local seconds = stdnse.parse_timespec(tostring(stdnse.get_script_args("banner.timeout") or ""))
	return seconds and math.floor(seconds * 1000) or default_timeout_ms
end

local function printable(text)
	return (text:gsub("[^\32-\126]", function(byte)
		return string.format("\\x%02X", byte:byte())
	end))
end

-- The text in lines of the widths above, at most so many.
local function lines_of(text, most)
	local out, at = {}, 1
	while at <= #text and #out < most do
		local room = #out == 0 and first_width or width
		local line = text:sub(at, at + room - 1)
		at = at + room
		if at <= #text and #out + 1 == most then
			line = line:sub(1, room - 3) .. "..."
		end
		out[#out + 1] = #line == room and line .. "\n" or line
	end
	return table.concat(out)
end

action = function(host, port)
	local socket, banner = comm.opencon(host, port, nil, { recv_before = true, lines = 1, timeout = timeout_ms(),
		proto = shortport.ssl(host, port) and "ssl" or "tcp" })
	if not socket then
		return nil
	end
	socket:close()
	banner = banner:sub(1, 4096):match("^%s*(.*)$"):gsub("%s+$", "")
	return banner ~= "" and lines_of(printable(banner), nmap.verbosity() + 1) or nil
end
