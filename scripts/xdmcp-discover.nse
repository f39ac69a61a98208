-- Finds display managers that offer logins over XDMCP. Nmap's script of this name asks for a session,
-- too, which makes the server prepare one; this one asks whether it is willing, no more.
-- Example: portolan -sU -p177 --script xdmcp-discover 192.0.2.1

local comm = require "comm"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks a display manager over XDMCP whether it would give us a login screen."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(177, "xdmcp", "udp", { "open", "open|filtered" })

-- Version 1, QUERY, one byte: no names of authentication.
local query = "\0\1\0\2\0\1\0"
local WILLING, UNWILLING = 5, 6

local function read_text(bytes, at)
	if at + 1 > #bytes then
		return nil, at
	end
	local length = string.unpack(">I2", bytes, at)
	if at + 1 + length > #bytes then
		return nil, at
	end
	return bytes:sub(at + 2, at + 1 + length), at + 2 + length
end

local function read_answer(bytes)
	if #bytes < 6 or string.unpack(">I2", bytes) ~= 1 then
		return nil
	end
	local answer, at = { code = (string.unpack(">I2", bytes, 3)) }, 7
	if answer.code == WILLING then
		answer.authentication, at = read_text(bytes, at)
	end
	answer.hostname, at = read_text(bytes, at)
	answer.status = read_text(bytes, at)
	return (answer.code == WILLING or answer.code == UNWILLING) and answer.hostname and answer or nil
end

local function report(answer)
	finding.report { id = "xdmcp-open", title = "Logins over XDMCP", severity = "medium",
		seen = string.format("%s is willing: %s", answer.hostname, answer.status or ""),
		why = "The whole session, passwords included, goes over the network in clear text.",
		remedy = "Switch XDMCP off (GDM: Enable=false in [xdmcp]); use SSH or an encrypted remote desktop.",
		references = { "CWE-319" }, confidence = 1 }
end

action = function(host, port)
	local ok, bytes = comm.exchange(host, port, query, { timeout = 4000 })
	local answer = ok and read_answer(bytes)
	if not answer then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	local result = stdnse.output_table()
	result.Willing = answer.code == WILLING
	result.Hostname = answer.hostname
	result.Status = answer.status
	result.Authentication = answer.authentication ~= "" and answer.authentication or nil
	if result.Willing then
		report(answer)
	end
	return result
end
