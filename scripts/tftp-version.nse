-- Finds TFTP servers and shows how they answer a question for a file that is not there.
-- Example: portolan -sU -p69 --script tftp-version 192.0.2.1

local finding = require "finding"
local nmap = require "nmap"
local rand = require "rand"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks a TFTP server (RFC 1350) for a file with a random name; its error tells that it is there, and often what it is."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "safe", "version" }

portrule = shortport.version_port_or_service(69, "tftp", "udp", { "open", "open|filtered" })

-- What servers say of a file that is not there, as their sources have it.
local known = {
	{ "^file .* not found", "dnsmasq tftpd" },
	{ "^File not found$", "tftpd-hpa or atftpd" },
	{ "^File not found%.$", "SolarWinds TFTP" },
	{ "^Could not find file", "TFTPD32" },
	{ "^The system cannot find the file", "Windows TFTP" },
	{ "^cannot open ", "Cisco TFTP" },
}

local function product_of(text)
	for _, pair in ipairs(known) do
		if text:find(pair[1]) then
			return pair[2]
		end
	end
end

-- The answer comes from another port, so the socket is not connected; who else sends is not heard.
local function ask(host, port)
	local socket = nmap.new_socket("udp")
	socket:set_timeout(stdnse.get_timeout(host, 5000, 3000))
	local name = "portolan-" .. rand.random_alpha(8)
	local ok, bytes = socket:sendto(host, port, "\0\1" .. name .. "\0octet\0"), nil
	for _ = 1, ok and 3 or 0 do
		ok, bytes = socket:receive()
		local known_peer, _, _, peer = socket:get_info()
		if not ok or (known_peer and peer == host.ip) then
			break
		end
		bytes = nil
	end
	socket:close()
	return ok and bytes or nil
end

action = function(host, port)
	local bytes = ask(host, port)
	if not bytes or #bytes < 5 or string.unpack(">I2", bytes) ~= 5 then
		return nil
	end
	local code, text = string.unpack(">I2", bytes, 3), bytes:sub(5, 260):match "^[^\0]*"
	local result = stdnse.output_table()
	result.error = code
	result.text = text
	result.product = product_of(text)
	nmap.set_port_state(host, port, "open")
	port.version.name = "tftp"
	nmap.set_port_version(host, port, "softmatched")
	finding.report { id = "tftp-reachable", title = "A TFTP server is reachable", severity = "low",
		seen = string.format("error %d: %s", code, text),
		why = "There is no login: whoever knows or guesses a name gets configurations and boot images.",
		remedy = "Let in the network that boots from it only; no secrets in its files.",
		references = { "CWE-306", "CWE-319" }, confidence = 0.9 }
	return result
end
