-- Shows a time server's clock, and what it tells of itself to who asks in mode 6.
-- Example: portolan -sU -p123 --script ntp-info 192.0.2.1

local comm = require "comm"
local datetime = require "datetime"
local finding = require "finding"
local nmap = require "nmap"
local ntp = require "ntp"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Shows the time of an NTP server and, where it answers mode 6, its variables: version, system, peers."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service(123, "ntp", "udp")

-- What only an answer to all comers tells.
local function report(variables, bytes)
	finding.report { id = "ntp-mode6-answers", title = "The time server answers control questions", severity = "low",
		seen = string.format("mode 6 readvar: %s (%d bytes for 12)", variables.version or "variables", bytes),
		why = "Version, system and peers are told to everybody, and answers are longer than questions: "
			.. "they can be sent to others under their address.",
		remedy = "In ntp.conf: restrict default nomodify notrap nopeer noquery.",
		references = { "CWE-200", "CWE-406", "CVE-2013-5211" }, confidence = 1 }
end

local function add_time(result, host, port)
	local ok, bytes = comm.exchange(host, port, ntp.build_request(), { timeout = 3000 })
	local reply = ok and ntp.parse_reply(bytes)
	if reply and reply.received then
		local seconds = math.floor(reply.received)
		datetime.record_skew(host, seconds)
		result["receive time stamp"] = datetime.format_timestamp(seconds)
	end
end

local function add_variables(result, host, port)
	local ok, bytes = comm.exchange(host, port, ntp.build_read_variables(), { timeout = 3000 })
	local reply = ok and ntp.parse_control(bytes)
	if not reply or reply.error or #reply.data == 0 then
		return
	end
	local variables = {}
	for _, pair in ipairs(ntp.parse_variables(reply.data)) do
		result[pair[1]], variables[pair[1]] = pair[2], pair[2]
	end
	report(variables, #bytes)
	port.version.name = "ntp"
	port.version.version = variables.version and variables.version:match "^ntpd (%S+)" or port.version.version
	port.version.ostype = variables.system or port.version.ostype
	nmap.set_port_version(host, port)
end

action = function(host, port)
	local result = stdnse.output_table()
	add_time(result, host, port)
	add_variables(result, host, port)
	if #result == 0 then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	return result
end
