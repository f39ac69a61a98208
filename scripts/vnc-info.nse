-- Shows which version of the protocol a VNC server speaks and how it lets clients in.
-- Example: portolan -p5900 --script vnc-info 192.0.2.1

local finding = require "finding"
local shortport = require "shortport"
local stdnse = require "stdnse"
local vnc = require "vnc"

description = "Shows the protocol version and the security types of a VNC server."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 5900, 5901, 5902 }, { "vnc", "vnc-1", "vnc-2" })

local function report_open(version)
	finding.report { id = "vnc-no-authentication", title = "The screen can be taken over without a password",
		severity = "critical", seen = "RFB " .. version .. " offers security type None (1)",
		why = "Whoever reaches the port sees the screen and has keyboard and mouse.",
		remedy = "Set a password and encryption (TigerVNC: SecurityTypes=TLSVnc, x11vnc: -rfbauth and -ssl), "
			.. "or listen on localhost only, behind SSH.",
		references = { "CWE-306" }, confidence = 1 }
end

local encrypted = { [5] = true, [18] = true, [19] = true, [129] = true, [130] = true, [133] = true }

local function report_clear(version)
	finding.report { id = "vnc-without-encryption", title = "VNC without encryption", severity = "medium",
		seen = "RFB " .. version .. " offers no encrypted security type",
		why = "Who listens sees the screen and all keys; the password has eight characters at most and is tried offline.",
		remedy = "Use TLS (VeNCrypt), or let it listen on localhost only, behind SSH.",
		references = { "CWE-319", "CWE-326" }, confidence = 0.9 }
end

local function report(told)
	local is_open, is_encrypted = false, false
	for _, number in ipairs(told.types) do
		is_open = is_open or number == 1
		is_encrypted = is_encrypted or encrypted[number] ~= nil
	end
	if is_open then
		report_open(told.version)
	elseif #told.types > 0 and not is_encrypted then
		report_clear(told.version)
	end
	return is_open
end

action = function(host, port)
	local told = vnc.ask(host, port)
	if not told then
		return nil
	end
	local result = stdnse.output_table()
	result["Protocol version"] = told.version
	if told.problem then
		result.ERROR = told.problem
		return result
	end
	result["Security types"] = vnc.named(told.types, vnc.sectypes)
	if told.subtypes then
		result["VeNCrypt auth subtypes"] = vnc.named(told.subtypes, vnc.vencrypt_subtypes)
	end
	if report(told) then
		result.WARNING = "Server does not require authentication"
	end
	return result
end
