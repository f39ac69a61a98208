-- Lists the security layers and the ciphers that a Remote Desktop server accepts.
-- Example: portolan -p3389 --script rdp-enum-encryption 192.0.2.1

local bytestream = require "bytestream"
local finding = require "finding"
local rdp = require "rdp"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Tries each security layer and encryption method of RDP and lists what the server accepts."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(3389, "ms-wbt-server")

-- A layer is accepted only if it is the one that the server chose: some choose another one.
local layers = {
	{ rdp.PROTOCOLS.HYBRID | rdp.PROTOCOLS.SSL, rdp.PROTOCOLS.HYBRID, "CredSSP (NLA)" },
	{ rdp.PROTOCOLS.HYBRID_EX | rdp.PROTOCOLS.HYBRID | rdp.PROTOCOLS.SSL, rdp.PROTOCOLS.HYBRID_EX,
		"CredSSP with Early User Auth" },
	{ rdp.PROTOCOLS.RDP, rdp.PROTOCOLS.RDP, "Native RDP" },
	{ rdp.PROTOCOLS.RDSTLS | rdp.PROTOCOLS.SSL, rdp.PROTOCOLS.RDSTLS, "RDSTLS" },
	{ rdp.PROTOCOLS.SSL, rdp.PROTOCOLS.SSL, "SSL" },
}

local methods = { { 1, "40-bit RC4" }, { 8, "56-bit RC4" }, { 2, "128-bit RC4" }, { 16, "FIPS 140-1" } }

local function rest_of(head)
	local length = rdp.packet_length(head)
	return length and length - 4
end

local function ask(connection, request)
	local head, rest = connection:ask(request, 4, rest_of)
	return head and head .. rest
end

-- The confirm to a request, and the connection, which is still open.
local function negotiate(host, port, protocols)
	local connection = bytestream.open(host, port, { protocol = "tcp" })
	if not connection then
		return nil
	end
	local packet = ask(connection, rdp.build_request(protocols))
	return packet and rdp.parse_confirm(packet) or nil, connection
end

local function try_layers(host, port)
	local lines, accepted, answered = { name = "Security layer" }, {}, false
	for _, layer in ipairs(layers) do
		local confirm, connection = negotiate(host, port, layer[1])
		if connection then
			connection:close()
		end
		answered = answered or confirm ~= nil
		if confirm and confirm.protocol == layer[2] then
			accepted[layer[3]] = true
			lines[#lines + 1] = layer[3] .. ": SUCCESS"
		elseif confirm and confirm.failure then
			stdnse.debug1("%s: %s", layer[3], confirm.why)
		end
	end
	return answered and lines or nil, accepted
end

local function connect(host, port, method)
	local confirm, connection = negotiate(host, port, nil)
	if not connection then
		return nil
	end
	local packet = confirm and confirm.protocol == 0 and ask(connection, rdp.build_connect_initial(method))
	connection:close()
	return packet and rdp.parse_connect_response(packet) or nil
end

-- Which ciphers native RDP may have; the level and the version come along.
local function try_methods(host, port)
	local names, level, version = {}, nil, nil
	for _, method in ipairs(methods) do
		local told = connect(host, port, method[1])
		if told and told.method and told.method == method[1] then
			names[#names + 1] = method[2] .. ": SUCCESS"
		end
		level, version = level or told and told.level, version or told and told.version
	end
	return names, level, version
end

local function report_native(level)
	finding.report { id = "rdp-standard-security", title = "RDP without TLS is accepted", severity = "medium",
		seen = "native RDP security accepted, level " .. (rdp.ENCRYPTION_LEVELS[level] or "unknown"),
		why = "RC4 with a key that nobody vouches for: who sits in between reads passwords and keys.",
		remedy = "Require TLS: SecurityLayer = 2 in the listener's settings; in xrdp `security_layer=tls`.",
		references = { "CWE-327", "CWE-300", "CVE-2005-1794" }, confidence = 1 }
end

local function report_no_nla()
	finding.report { id = "rdp-no-nla", title = "RDP without network level authentication", severity = "medium",
		seen = "CredSSP (NLA) is not required by the server",
		why = "Whoever reaches the port gets a session's login screen, and the code behind it, without a login.",
		remedy = "Set UserAuthentication = 1 for the listener (\"allow connections only with NLA\"); "
			.. "behind xrdp, let in a gateway or VPN only.",
		references = { "CWE-306" }, confidence = 0.9 }
end

local function report(accepted, level)
	if accepted["Native RDP"] then
		report_native(level)
	end
	if accepted["Native RDP"] or accepted.SSL then
		report_no_nla()
	end
end

action = function(host, port)
	local lines, accepted = try_layers(host, port)
	if not lines then
		return nil
	end
	local out, level, version = { lines }, nil, nil
	if accepted["Native RDP"] then
		local names = nil
		names, level, version = try_methods(host, port)
		if level then
			names.name = "RDP Encryption level: " .. (rdp.ENCRYPTION_LEVELS[level] or level)
			out[#out + 1] = names
		end
	end
	if version then
		out[#out + 1] = "RDP Protocol Version:  " .. (rdp.VERSIONS[version] or string.format("unknown (0x%08x)", version))
	end
	report(accepted, level)
	return stdnse.format_output(true, out)
end
