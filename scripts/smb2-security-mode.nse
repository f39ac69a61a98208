-- Shows whether an SMB 2 or 3 server wants messages to be signed.
-- Example: portolan -p445 --script smb2-security-mode 192.0.2.1

local finding = require "finding"
local smb = require "smb"
local smb2 = require "smb2"
local stdnse = require "stdnse"

description = "Shows the signing of messages that an SMB 2 or 3 server offers or requires."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

hostrule = function(host)
	return smb.get_port(host) ~= nil
end

local texts = {
	required = "Message signing enabled and required",
	enabled = "Message signing enabled but not required",
	disabled = "Message signing is disabled",
}

local function report(seen)
	finding.report { id = "smb-signing-not-required", title = "SMB messages need not be signed", severity = "medium",
		seen = seen, why = "Who sits in between can change a session, or relay a login to this server.",
		remedy = "Require it: Set-SmbServerConfiguration -RequireSecuritySignature $true, or in Samba "
			.. "`server signing = mandatory`.",
		references = { "CWE-347" }, confidence = 1 }
end

action = function(host)
	local told = smb2.ask(host)
	if not told then
		return nil
	end
	local result, text = stdnse.output_table(), texts[told.signing]
	if told.signing ~= "required" then
		report(text)
	end
	result[smb2.dialect_name(told.dialect)] = { text }
	return result
end
