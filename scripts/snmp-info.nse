-- Shows who an SNMP version 3 engine says it is: maker, identity, number of boots, time since then.
-- Example: portolan -sU -p161 --script snmp-info 192.0.2.1

local comm = require "comm"
local datetime = require "datetime"
local ipOps = require "ipOps"
local nmap = require "nmap"
local rand = require "rand"
local shortport = require "shortport"
local snmp = require "snmp"
local stdnse = require "stdnse"

description = "Asks an SNMPv3 engine for its identity (RFC 3411), which is told without any login."
author = "portolan"
license = "same as portolan's"
categories = { "default", "version", "safe" }

portrule = shortport.version_port_or_service(161, "snmp", "udp", { "open", "open|filtered" })

-- Private enterprise numbers (IANA's registry) of makers that are often met.
local makers = {
	[2] = "ibm", [9] = "cisco", [11] = "hp", [42] = "sun", [43] = "3com", [63] = "apple", [111] = "oracle",
	[171] = "dlink", [207] = "allied-telesis", [311] = "microsoft", [318] = "apc", [343] = "intel",
	[674] = "dell", [1588] = "brocade", [1916] = "extreme", [1991] = "foundry", [2011] = "huawei",
	[2021] = "ucd-snmp", [2620] = "checkpoint", [2636] = "juniper", [3375] = "f5", [3902] = "zte",
	[4526] = "netgear", [5951] = "netscaler", [6486] = "alcatel-lucent", [6876] = "vmware", [8072] = "net-snmp",
	[8741] = "sonicwall", [10002] = "frogfoot", [11129] = "google", [12356] = "fortinet", [14179] = "airespace",
	[14823] = "aruba", [14988] = "mikrotik", [17163] = "riverbed", [25461] = "paloaltonetworks",
	[25506] = "h3c", [30065] = "arista", [41112] = "ubiquiti",
}

local function raw_text(bytes)
	return stdnse.tohex(bytes)
end

-- The forms of RFC 3411, SnmpEngineID: name and how the rest is shown.
local forms = {
	[1] = { "ip", function(bytes) return #bytes == 4 and ipOps.str_to_ip(bytes) or raw_text(bytes) end },
	[2] = { "ip6", function(bytes) return #bytes == 16 and ipOps.str_to_ip(bytes) or raw_text(bytes) end },
	[3] = { "mac", stdnse.format_mac },
	[4] = { "text", function(bytes) return bytes end },
	[5] = { "octets", raw_text },
}

local function describe(engine)
	local result = stdnse.output_table()
	local id = engine.engine
	if #id < 5 then
		return nil
	end
	local maker = string.unpack(">I4", id)
	local form = maker & 0x80000000 ~= 0 and forms[id:byte(5)]
	result.enterprise = makers[maker & 0x7fffffff] or string.format("%d", maker & 0x7fffffff)
	if maker & 0x80000000 == 0 then
		result.engineIDFormat = "unknown"
		result.engineIDData = raw_text(id:sub(5))
	else
		result.engineIDFormat = form and form[1] or "unknown"
		result.engineIDData = (form and form[2] or raw_text)(id:sub(6))
	end
	result.snmpEngineBoots = math.tointeger(engine.boots)
	result.snmpEngineTime = math.tointeger(engine.time) and datetime.format_time(engine.time)
	return result
end

action = function(host, port)
	local id = string.unpack(">I4", rand.random_string(4)) >> 2
	local ok, answer = comm.exchange(host, port, snmp.encode(snmp.buildDiscovery(id)), { timeout = 5000 })
	local engine = ok and snmp.decodeEngine(answer)
	local result = engine and describe(engine)
	if not result then
		return nil
	end
	port.version.service = "snmp"
	port.version.name = "snmp"
	port.version.product = port.version.product or "SNMPv3 server"
	port.version.extrainfo = port.version.extrainfo or result.enterprise
	nmap.set_port_version(host, port, "softmatched")
	return result
end
