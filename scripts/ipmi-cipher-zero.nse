-- Finds management controllers that open sessions without authentication ("cipher zero").
-- Example: portolan -sU -p623 --script ipmi-cipher-zero 192.0.2.1

local comm = require "comm"
local finding = require "finding"
local ipmi = require "ipmi"
local nmap = require "nmap"
local shortport = require "shortport"
local vulns = require "vulns"

description = "Offers a management controller a session without any algorithm; it asks only, no session is opened."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "safe", "vuln" }

portrule = shortport.port_or_service(623, "asf-rmcp", "udp", { "open", "open|filtered" })

local weakness = {
	title = "IPMI 2.0 RAKP Cipher Zero Authentication Bypass",
	risk_factor = "High",
	description = "The controller accepts cipher suite 0: whoever names an existing user gets in with any password.",
	references = { "https://nvd.nist.gov/vuln/detail/CVE-2013-4782" },
}

action = function(host, port)
	local ok, bytes = comm.exchange(host, port, ipmi.build_open_session(0, 0x706f7274), { timeout = 4000 })
	local told = ok and ipmi.parse_open_session(bytes)
	if not told then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	local accepted = told.status == 0 and told.authentication == 0
	weakness.state = accepted and vulns.STATE.VULN or vulns.STATE.NOT_VULN
	if accepted then
		finding.report { id = "ipmi-cipher-zero", title = "The management controller accepts cipher suite 0",
			severity = "high", seen = "RMCP+ open session: status 0, authentication none, integrity none",
			why = "Whoever knows a user's name gets in with any password, and has the machine's power and console.",
			remedy = "Disable cipher suite 0 for all privilege levels (`ipmitool lan set 1 cipher_privs X...`).",
			references = { "CVE-2013-4782", "CWE-287" }, confidence = 1 }
	end
	return vulns.Report:new("ipmi-cipher-zero", host, port):make_output(weakness)
end
