--- datafiles: tables of names from data files: services, protocols, RPC
-- programs, vendors of MAC addresses. Files are found by nmap.fetchfile; where
-- the engine has `nmapdb`, single services and vendors are asked of that.

local nmap = require "nmap"
local strict = require "strict"
local io, pcall, require, tonumber, type = io, pcall, require, tonumber, type
local ipairs, next, pairs, string = ipairs, next, pairs, string

local M = {}

local has_nmapdb, nmapdb = pcall(require, "nmapdb")
-- The engine's own library; absent in others.
local has_portolan, portolan = pcall(require, "portolan")

--- All lines of a data file; false and why not.
function M.read_from_file(name)
	local path = nmap.fetchfile(name)
	local file, err
	if path then
		file, err = io.open(path, "r")
	end
	if not file then
		return false, "Error in datafiles.read_from_file: " .. (err or "Cannot find file " .. name)
	end
	local lines = {}
	for line in file:lines() do
		lines[#lines + 1] = line
	end
	file:close()
	return true, lines
end

-- A wanted thing is a pattern with a capture, or a function of the line.
local function pick(how, line)
	if type(how) == "function" then
		return how(line)
	elseif type(how) == "string" then
		return (string.match(line, how))
	end
	return nil
end

local function add_line(result, wanted, line)
	for key, value in pairs(wanted) do
		if type(value) == "table" then
			result[key] = result[key] or {}
			add_line(result[key], value, line)
		elseif type(key) == "number" then
			result[#result + 1] = pick(value, line)
		else
			local name = pick(key, line)
			if name ~= nil then
				result[name] = pick(value, line)
			end
		end
	end
end

--- A table from lines. `wanted` says what it is to hold: {[key] = value} where
-- key and value are patterns with a capture or functions of a line; a list of
-- values; and tables of these under names of their own. Comments are passed over.
function M.parse_lines(lines, wanted)
	if type(lines) ~= "table" or type(wanted) ~= "table" then
		return false, "Error in datafiles.parse_lines: Expected two tables"
	end
	local result = {}
	for _, line in ipairs(lines) do
		if not line:find("^%s*#") then
			add_line(result, wanted, line)
		end
	end
	return true, result
end

local function lines_with_text(lines)
	local out = {}
	for _, line in ipairs(lines) do
		out[#out + 1] = line ~= "" and line or nil
	end
	return out
end

--- The same for a data file's name. When nothing is wanted, all lines with a text, comments
-- too.
function M.parse_file(name, wanted)
	if type(wanted) ~= "table" then
		return false, "Error in datafiles.parse_file: Expected a table of what is wanted"
	end
	local ok, lines = M.read_from_file(name)
	if not ok then
		return false, lines
	elseif next(wanted) == nil then
		return true, lines_with_text(lines)
	end
	return M.parse_lines(lines, wanted)
end

local function number_from(pattern)
	return function(line)
		return tonumber((line:match(pattern)))
	end
end

local function services_of(protocol)
	return { [number_from("^%s*[^%s#]+%s+(%d+)/" .. protocol)] = "^%s*([^%s#]+)%s+%d+/" .. protocol }
end

--- Services by port: of a protocol, or {tcp = , udp = , sctp = }.
function M.parse_services(protocol)
	if protocol ~= nil and protocol ~= "tcp" and protocol ~= "udp" and protocol ~= "sctp" then
		return false, "Bad protocol for nmap-services: use tcp, udp, or sctp"
	elseif protocol then
		return M.parse_file("nmap-services", services_of(protocol))
	end
	return M.parse_file("nmap-services",
		{ tcp = services_of "tcp", udp = services_of "udp", sctp = services_of "sctp" })
end

--- IP protocols by number.
function M.parse_protocols()
	return M.parse_file("nmap-protocols", { [number_from "^%s*[^%s#]+%s+(%d+)"] = "^%s*([^%s#]+)%s+%d+" })
end

--- RPC programs by number.
function M.parse_rpc()
	local known, names = M.parse_file("nmap-rpc",
		{ [number_from "^%s*[^%s#]+%s+(%d+)"] = "^%s*([^%s#]+)%s+%d+" })
	if not known and has_portolan and portolan.rpc_programs then
		return true, portolan.rpc_programs()
	end
	return known, names
end

--- Vendors by the first digits of a MAC address: "00000C".
function M.parse_mac_prefixes()
	return M.parse_file("nmap-mac-prefixes", { ["^%s*(%x%x%x%x%x%x%x*)%s"] = "^%s*%x+%s+(.*)$" })
end

--- The service of a port, the vendor of a MAC address (six bytes); nil if
-- they are not known.
function M.service_of(port, protocol)
	if has_nmapdb then
		return nmapdb.getservbyport(port, protocol)
	end
	local ok, services = M.parse_services(protocol)
	return ok and services[port] or nil
end

function M.vendor_of(mac)
	if has_nmapdb then
		return nmapdb.mac2corp(mac)
	end
	local ok, vendors = M.parse_mac_prefixes()
	local digits = mac:gsub(".", function(c) return string.format("%02X", c:byte()) end)
	return ok and (vendors[digits:sub(1, 9)] or vendors[digits:sub(1, 7)] or vendors[digits:sub(1, 6)]) or nil
end

return strict(M)
