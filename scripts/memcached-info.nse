local bytestream = require "bytestream"
local datetime = require "datetime"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows what a memcached server says of itself: process, uptime, time, CPU, connections, its
ports, and whether it wants a login.
]]

-- @usage portolan --script memcached-info -p 11211 TARGET
-- @output
-- | memcached-info:
-- |   Process ID: 17027
-- |   Uptime: 4 seconds
-- |   Server time: 2026-11-26T08:09:42
-- |   Architecture: 64 bit
-- |   Used CPU (user): 0.004828
-- |   Used CPU (system): 0.004828
-- |   Current connections: 2
-- |   Total connections: 4
-- |   Maximum connections: 1024
-- |   TCP Port: 11211
-- |   UDP Port: 11211
-- |_  Authentication: no

author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(11211, { "memcached", "memcache" }, { "tcp", "udp" })

local lines_max, datagrams_max = 500, 16

-- A frame of UDP begins with request, number, count (16 bits each) and 16 reserved bits.
local udp_header = "\0\1\0\0\0\1\0\0"

-- The values of lines "STAT name value", up to END.
local function values_of(next_line)
	local values = {}
	for _ = 1, lines_max do
		local line = next_line()
		if not line or line == "END" then
			return line and values or nil
		end
		local name, value = line:match "^STAT (%S+) (.*)$"
		if not name then
			return nil
		end
		values[name] = value
	end
	return nil
end

-- A long answer is several datagrams, each with its number and their count.
local function lines_of_datagrams(stream)
	local parts, count, most = {}, 0, nil
	repeat
		local datagram = stream:some()
		if not datagram or #datagram < #udp_header then
			break
		end
		local number, of = string.unpack(">I2I2", datagram, 3)
		most = math.min(of, datagrams_max)
		parts[number + 1] = parts[number + 1] or datagram:sub(#udp_header + 1)
		count = count + 1
	until count >= most
	for i = 1, most or 0 do
		parts[i] = parts[i] or ""
	end
	return table.concat(parts, "", 1, most or 0):gmatch "([^\r\n]+)\r\n"
end

local function ask(stream, port, command)
	local over_udp = port.protocol == "udp"
	if not stream:send((over_udp and udp_header or "") .. command .. "\r\n") then
		return nil
	end
	return values_of(over_udp and lines_of_datagrams(stream) or function() return stream:line() end)
end

local function time_of(seconds)
	local number = tonumber(seconds)
	if not number or number < 0 or number > 0xffffffffff then
		return nil
	end
	return datetime.format_timestamp(math.floor(number))
end

local function describe(stats, settings)
	local out = stdnse.output_table()
	out["Process ID"] = stats.pid
	out["Uptime"] = stats.uptime and stats.uptime .. " seconds"
	out["Server time"] = time_of(stats.time)
	out["Architecture"] = stats.pointer_size and stats.pointer_size .. " bit"
	out["Used CPU (user)"] = stats.rusage_user
	out["Used CPU (system)"] = stats.rusage_system
	out["Current connections"] = stats.curr_connections
	out["Total connections"] = stats.total_connections
	out["Maximum connections"] = settings.maxconns
	out["TCP Port"] = settings.tcpport
	out["UDP Port"] = settings.udpport
	out["Authentication"] = settings.auth_enabled_sasl
	return out
end

local function report(stats, port)
	finding.report {
		id = "memcached-without-login", title = "memcached without a login", severity = "high",
		seen = string.format("stats answered: version %s, curr_items %s", stats.version or "?", stats.curr_items or "?"),
		why = "Anybody who reaches the port reads and changes what applications keep in the cache.",
		remedy = "Listen on 127.0.0.1 only (-l), or behind a firewall; -S asks for a login.",
		references = { "CWE-306" },
	}
	if port.protocol == "udp" then
		finding.report {
			id = "memcached-udp", title = "memcached answers over UDP", severity = "high",
			seen = "stats answered over UDP",
			why = "A small request with a forged sender makes it send thousands of times as much to a victim.",
			remedy = "Switch UDP off: -U 0, the default since 1.5.6.",
			references = { "CVE-2018-1000115", "CWE-406" },
		}
	end
end

function action(host, port)
	local stream = bytestream.open(host, port)
	if not stream then
		return nil
	end
	local stats = ask(stream, port, "stats")
	local settings = stats and ask(stream, port, "stats settings")
	stream:close()
	if not stats or not stats.pid then
		return nil
	end
	if stats.version then
		port.version = port.version or {}
		port.version.name, port.version.product, port.version.version = "memcached", "Memcached", stats.version
		nmap.set_port_version(host, port)
	end
	report(stats, port)
	return describe(stats, settings or {})
end
