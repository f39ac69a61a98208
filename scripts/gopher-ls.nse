-- Lists what is at the top of a Gopher server.
-- Example: portolan -p70 --script gopher-ls 192.0.2.1

local comm = require "comm"
local shortport = require "shortport"
local stdnse = require "stdnse"
local string, table, tonumber = string, table, tonumber

description = [[
Asks a Gopher server for its first menu (RFC 1436). Ten entries are shown; --script-args gopher-ls.maxfiles=N shows
more of them, -1 all.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.port_or_service(70, "gopher")

local entries_max = 1000
local kinds = { ["0"] = "txt", ["1"] = "dir" }

-- "[txt] /README "README"" for each entry of a menu: type, name, selector, host, port.
local function entries_of(menu)
	local out = {}
	for line in menu:gmatch "([^\r\n]+)" do
		if line == "." or #out >= entries_max then
			break
		end
		local kind, name, selector = line:match "^(%g)([^\t]*)\t([^\t]*)\t"
		if kind and kind ~= "i" then
			out[#out + 1] = string.format('[%s] %s "%s"', kinds[kind] or kind, selector, name)
		end
	end
	return out
end

action = function(host, port)
	local ok, menu = comm.exchange(host, port, "\r\n", { lines = entries_max, timeout = 5000 })
	local entries = ok and entries_of(menu) or {}
	if #entries == 0 then
		return nil
	end
	local most = tonumber(stdnse.get_script_args "gopher-ls.maxfiles" or 10) or 10
	if most < 0 or #entries <= most then
		return "\n" .. table.concat(entries, "\n")
	end
	most = most // 1
	return string.format("\n%s\nOnly %d shown. Use --script-args gopher-ls.maxfiles=-1 to see all.",
		table.concat(entries, "\n", 1, most), most)
end
