--- shortport: rules for scripts that look at a port: portrule =
-- shortport.port_or_service(80, "http"). A rule is a function of host and port.
-- `ports` and `services` are one or a list; protocols and states are tcp, open
-- and open|filtered unless given.

local nmap = require "nmap"
local strict = require "strict"
local ipairs, string, tonumber, type = ipairs, string, tonumber, type

local M = {}

local default_protocols = { "tcp" }
local default_states = { "open", "open|filtered" }

-- Whether a value is the item, or one of the items.
local function includes(items, value)
	if type(items) ~= "table" then
		return items == value
	end
	for _, item in ipairs(items) do
		if item == value then
			return true
		end
	end
	return false
end

local function fits(port, protocols, states)
	return includes(protocols or default_protocols, port.protocol) and includes(states or default_states, port.state)
end

--- Whether version detection is to leave the port alone.
function M.port_is_excluded(port, protocol)
	return nmap.port_is_excluded(port, protocol)
end

-- "80", "1-100", "T:80" of a list "T:80,U:53,1-100"; a letter counts until the
-- next one.
local protocol_letters = { T = "tcp", U = "udp", S = "sctp" }

local function range_includes(part, number)
	local first, last = part:match("^(%d*)%-(%d*)$")
	if not first then
		return tonumber(part) == number
	end
	return number >= (tonumber(first) or 0) and number <= (tonumber(last) or 65535)
end

local function in_list(list, port)
	local protocol
	for part in string.gmatch(list, "[^,%s]+") do
		local letter, rest = part:match("^(%a):(.*)$")
		protocol = letter and protocol_letters[letter:upper()] or protocol
		local of_protocol = not protocol or protocol == port.protocol
		if of_protocol and range_includes(rest or part, port.number) then
			return true
		end
	end
	return false
end

--- A rule for ports in a text as -p takes it: "T:1-10,20,U:53". The port must be
-- open.
function M.port_range(range)
	return function(_, port)
		return includes(default_states, port.state) and in_list(range, port)
	end
end

--- A rule for port numbers.
function M.portnumber(ports, protocols, states)
	return function(_, port)
		return includes(ports, port.number) and fits(port, protocols, states)
	end
end

--- A rule for services by name.
function M.service(services, protocols, states)
	return function(_, port)
		return includes(services, port.service) and fits(port, protocols, states)
	end
end

--- A rule for either: well-known ports, and the service wherever it was found.
function M.port_or_service(ports, services, protocols, states)
	local by_number = M.portnumber(ports, protocols, states)
	local by_service = M.service(services, protocols, states)
	return function(host, port)
		return by_number(host, port) or by_service(host, port)
	end
end

--- The same for scripts of version detection: not where that is to leave the
-- port alone, and only from an intensity of `rarity` (7) on.
function M.version_port_or_service(ports, services, protocols, states, rarity)
	local rule = M.port_or_service(ports, services, protocols, states)
	return function(host, port)
		return nmap.version_intensity() >= (rarity or 7) and rule(host, port) and
			not M.port_is_excluded(port.number, port.protocol)
	end
end

--- Where web servers usually are, and what they are called.
M.LIKELY_HTTP_PORTS = { 80, 443, 631, 7080, 8080, 8443, 8088, 5800, 3872, 8180, 8000 }
M.LIKELY_HTTP_SERVICES = {
	"http", "https", "ipp", "http-alt", "https-alt", "vnc-http", "oem-agent", "soap", "http-proxy", "caldav",
	"carddav", "webdav",
}

--- A rule for web servers.
M.http = M.port_or_service(M.LIKELY_HTTP_PORTS, M.LIKELY_HTTP_SERVICES)

--- Where TLS usually is, and what those services are called.
M.LIKELY_SSL_PORTS = { 261, 271, 324, 443, 465, 563, 614, 631, 636, 664, 684, 832, 853, 989, 990, 992, 993, 994,
	995, 1311, 2221, 2252, 2376, 3269, 3389, 4433, 4911, 5061, 5986, 6679, 6697, 8443, 8883, 9001 }
M.LIKELY_SSL_SERVICES = {
	"https", "https-alt", "ftps", "ftps-data", "telnets", "imaps", "pop3s", "smtps", "nntps", "ldapssl", "ldaps",
	"ircs", "ircs-u", "sip-tls", "secure-mqtt", "domain-s", "globalcatLDAPssl", "ms-wbt-server", "wbem-https",
	"docker-s", "submissions",
}

local likely_ssl = M.port_or_service(M.LIKELY_SSL_PORTS, M.LIKELY_SSL_SERVICES, { "tcp", "sctp" })

--- A rule for TLS: by what was found of the port, by its number and name.
function M.ssl(host, port)
	local tunnel = port.version and port.version.service_tunnel
	if tunnel == "ssl" and port.state == "open" then
		return true
	end
	return likely_ssl(host, port)
end

return strict(M)
