-- Shows the names and the version that a Remote Desktop server with NLA tells before any login.
-- Example: portolan -p3389 --script rdp-ntlm-info 192.0.2.1

local datetime = require "datetime"
local nmap = require "nmap"
local ntlm = require "ntlm"
local rdp = require "rdp"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks an RDP server for CredSSP and reads names, version and time out of NTLM's challenge."
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.port_or_service(3389, "ms-wbt-server")

local keys = {
	{ "Target_Name", "target_name" }, { "NetBIOS_Domain_Name", "netbios_domain_name" },
	{ "NetBIOS_Computer_Name", "netbios_computer_name" }, { "DNS_Domain_Name", "dns_domain_name" },
	{ "DNS_Computer_Name", "dns_computer_name" }, { "DNS_Tree_Name", "dns_tree_name" },
	{ "Product_Version", "version" },
}

local function describe(host, challenge)
	local result = stdnse.output_table()
	for _, pair in ipairs(keys) do
		local value = challenge[pair[2]]
		result[pair[1]] = value ~= "" and value or nil
	end
	if challenge.timestamp then
		datetime.record_skew(host, challenge.timestamp)
		result.System_Time = datetime.format_timestamp(challenge.timestamp, 0)
	end
	return #result > 0 and result or nil
end

-- The answer to CredSSP's first message.
local function ask(socket, host, port)
	local wanted = rdp.PROTOCOLS.SSL | rdp.PROTOCOLS.HYBRID
	if not socket:connect(host, port, "tcp") or not socket:send(rdp.build_request(wanted)) then
		return nil
	end
	local ok, packet = socket:receive()
	local confirm = ok and rdp.parse_confirm(packet)
	if not confirm or confirm.protocol ~= rdp.PROTOCOLS.HYBRID or not socket:reconnect_ssl() then
		return nil
	end
	local flags = ntlm.default_flags | ntlm.FLAGS.VERSION
	ok = socket:send(rdp.build_credssp(ntlm.build_negotiate(flags)))
	local answer
	if ok then
		ok, answer = socket:receive()
	end
	return ok and answer or nil
end

action = function(host, port)
	local socket = nmap.new_socket()
	socket:set_timeout(stdnse.get_timeout(host, 8000, 4000))
	local answer = ask(socket, host, port)
	socket:close()
	local message = answer and ntlm.find(answer)
	local challenge = message and ntlm.parse_challenge(message)
	return challenge and describe(host, challenge) or nil
end
