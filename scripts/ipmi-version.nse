-- Shows the version of IPMI that a management controller speaks and how one may log in.
-- Example: portolan -sU -p623 --script ipmi-version 192.0.2.1

local comm = require "comm"
local finding = require "finding"
local ipmi = require "ipmi"
local nmap = require "nmap"
local outlib = require "outlib"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks a management controller for its versions of IPMI and its ways to log in."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(623, "asf-rmcp", "udp", { "open", "open|filtered" })

local function report_open(told)
	local words = told.anonymous and "anonymous login" or "authentication type none"
	finding.report { id = "ipmi-no-authentication", title = "The management controller lets in without a password",
		severity = "high", seen = words .. " is offered to administrators' sessions",
		why = "A controller switches the machine on and off and has its console, whatever the system's own locks.",
		remedy = "Disable authentication type NONE and the anonymous user; put the controller into a network of its own.",
		references = { "CWE-306", "CWE-287" }, confidence = 0.7 }
end

local function report_reachable(told)
	finding.report { id = "ipmi-reachable", title = "The management controller is reachable", severity = "low",
		seen = told.version2 and "IPMI 2.0 answers" or "IPMI 1.5 answers",
		why = "IPMI 2.0 hands out a hash of each user's password to whoever asks for a session (CVE-2013-4786).",
		remedy = "Put the controller into a network of its own; use long passwords.",
		references = { "CVE-2013-4786", "CWE-522" }, confidence = 0.8 }
end

local function pass_auth(told)
	local list = {}
	local function add(is_so, name)
		if is_so then
			list[#list + 1] = name
		end
	end
	add(told.kg, "kg")
	add(told.per_message, "auth_msg")
	add(told.user_level, "auth_user")
	add(told.named_users, "non_null_user")
	add(told.unnamed_users, "null_user")
	add(told.anonymous, "anonymous")
	return list
end

local function describe(told)
	local result, levels = stdnse.output_table(), {}
	result.Version = { told.version2 and "IPMI-2.0" or "IPMI-1.5" }
	result.UserAuth = #told.types > 0 and outlib.list_sep(told.types) or nil
	local pass = pass_auth(told)
	result.PassAuth = #pass > 0 and outlib.list_sep(pass) or nil
	levels[1] = told.v15 and "1.5" or nil
	levels[#levels + 1] = told.v20 and "2.0" or nil
	result.Level = #levels > 0 and outlib.list_sep(levels) or nil
	if told.oem ~= 0 then
		result.OEMID = told.oem
	end
	return result
end

action = function(host, port)
	local ok, bytes = comm.exchange(host, port, ipmi.build_auth_capabilities(), { timeout = 4000 })
	local told = ok and ipmi.parse_auth_capabilities(bytes)
	if not told then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	report_reachable(told)
	if told.anonymous or told.types_mask & 1 ~= 0 then
		report_open(told)
	end
	return describe(told)
end
