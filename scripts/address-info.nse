-- Shows what is hidden in an IPv6 address: MAC addresses, IPv4 addresses.
-- Example: portolan -6 --script address-info 2001:db8::1

local datafiles = require "datafiles"
local ipOps = require "ipOps"
local stdnse = require "stdnse"

description = "Takes apart IPv6 addresses that were made of a MAC or an IPv4 address."
author = "portolan"
license = "same as portolan's"
categories = { "default", "safe" }

hostrule = function() return true end

local function ipv4(bytes, at)
	return ipOps.str_to_ip(bytes:sub(at, at + 3))
end

local function one(key, value)
	local result = stdnse.output_table()
	result[key] = value
	return result
end

-- RFC 4291, appendix A: the seventh bit is inverted, ff:fe is put in between.
local function from_mac(bytes)
	if bytes:sub(12, 13) ~= "\xff\xfe" or bytes:byte(9) & 2 == 0 then
		return nil
	end
	local mac = string.char(bytes:byte(9) ~ 2) .. bytes:sub(10, 11) .. bytes:sub(14, 16)
	local result = stdnse.output_table()
	result.address = stdnse.tohex(mac)
	result.manuf = datafiles.vendor_of(mac) or "Unknown"
	return one("MAC address", result)
end

-- RFC 4380: server, flags, port and client, the last two inverted.
local function from_teredo(bytes)
	local result = stdnse.output_table()
	local client = bytes:sub(13, 16):gsub(".", function(c) return string.char(c:byte() ~ 255) end)
	result["Server IPv4 address"] = ipv4(bytes, 5)
	result["Client IPv4 address"] = ipOps.str_to_ip(client)
	result["UDP port"] = string.unpack(">I2", bytes, 11) ~ 0xffff
	return result
end

local function begins(text)
	return function(bytes)
		return bytes:sub(1, #text) == text
	end
end

local function isatap(bytes)
	return bytes:byte(9) & 0xfc == 0 and bytes:sub(10, 12) == "\0\x5e\xfe"
end

local zeros = string.rep("\0", 12)

-- Who is asked first counts.
local kinds = {
	{ "IPv4-mapped", begins(string.rep("\0", 10) .. "\xff\xff"), 13 },
	{ "IPv4-compatible", function(bytes) return bytes:sub(1, 12) == zeros and bytes:sub(13, 15) ~= "\0\0\0" end, 13 },
	{ "6to4", begins "\x20\2", 3 },
	{ "IPv4-embedded IPv6 address", begins("\0\x64\xff\x9b" .. string.rep("\0", 8)), 13 },
	{ "ISATAP Modified EUI-64 IPv6 Address", isatap, 13 },
}

local function describe(bytes)
	local result = stdnse.output_table()
	if begins "\x20\1\0\0"(bytes) then
		result.Teredo = from_teredo(bytes)
	end
	for _, kind in ipairs(kinds) do
		if kind[2](bytes) and #result == 0 then
			result[kind[1]] = one("IPv4 address", ipv4(bytes, kind[3]))
		end
	end
	result["IPv6 EUI-64"] = #result == 0 and from_mac(bytes) or nil
	return #result > 0 and result or nil
end

action = function(host)
	return host.bin_ip and #host.bin_ip == 16 and describe(host.bin_ip) or nil
end
