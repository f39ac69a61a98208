-- Shows how an SMB 1 server wants its clients to log in, and whether messages are signed.
-- Example: portolan -p445 --script smb-security-mode 192.0.2.1

local finding = require "finding"
local smb = require "smb"
local stdnse = require "stdnse"

description = "Shows the security mode of an SMB 1 server: level, challenges, signing."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

hostrule = function(host)
	return smb.get_port(host) ~= nil
end

local comments = { disabled = " (dangerous, but default)", supported = " (dangerous, but default)" }

local function report(seen)
	finding.report { id = "smb-signing-not-required", title = "SMB messages need not be signed", severity = "medium",
		seen = "SMB 1: message signing " .. seen,
		why = "Who sits in between can change a session, or relay a login to this server.",
		remedy = "Switch SMB 1 off; require signing in SMB 2 and 3 (in Samba `server signing = mandatory`).",
		references = { "CWE-347" }, confidence = 1 }
end

-- The text says more of signing than the element.
local function with_comments(result)
	local lines = {}
	for key, value in pairs(result) do
		local comment = key == "message_signing" and comments[value] or ""
		lines[#lines + 1] = "\n  " .. key .. ": " .. value .. comment
	end
	return table.concat(lines)
end

action = function(host)
	local ok, state = smb.start(host)
	if not ok then
		return nil
	end
	local agreed, told = smb.negotiate_protocol(state)
	smb.stop(state)
	if not agreed or not told.signing then
		return nil
	end
	local result = stdnse.output_table()
	-- Nobody logs in for this.
	result.account_used = "<blank>"
	result.authentication_level = told.authentication
	result.challenge_response = told.challenge_response and "supported" or "plaintext only"
	result.message_signing = told.signing
	if told.signing ~= "required" then
		report(told.signing)
	end
	return result, with_comments(result)
end
