-- Lists the dialects of SMB that a server speaks.
-- Example: portolan -p445 --script smb-protocols 192.0.2.1

local finding = require "finding"
local smb = require "smb"
local smb2 = require "smb2"
local stdnse = require "stdnse"

description = "Tries each dialect of SMB and lists those that the server accepts."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

hostrule = function(host)
	return smb.get_port(host) ~= nil
end

local function report_smb1()
	finding.report { id = "smb-v1-enabled", title = "SMB version 1 is enabled", severity = "high",
		seen = "the server chose NT LM 0.12",
		why = "The protocol has no protection against changed or relayed sessions, and worms came in through it.",
		remedy = "Switch it off: Set-SmbServerConfiguration -EnableSMB1Protocol $false, or in Samba "
			.. "`server min protocol = SMB2_10`.",
		references = { "CWE-1104", "CVE-2017-0144" }, confidence = 1 }
end

action = function(host)
	local ok, dialects = smb.list_dialects(host)
	if not ok then
		return nil
	end
	local result, names = stdnse.output_table(), {}
	for i, dialect in ipairs(dialects) do
		names[i] = type(dialect) == "number" and smb2.dialect_name(dialect) or
			dialect .. " (SMBv1) [dangerous, but default]"
	end
	if type(dialects[1]) == "string" then
		report_smb1()
	end
	result.dialects = names
	return result
end
