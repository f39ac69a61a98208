-- Lists what an SMB 2 or 3 server can do, for each dialect that it speaks.
-- Example: portolan -p445 --script smb2-capabilities 192.0.2.1

local smb = require "smb"
local smb2 = require "smb2"
local stdnse = require "stdnse"

description = "Lists the capabilities of an SMB 2 or 3 server for each of its dialects."
author = "portolan"
license = "same as portolan's"
categories = { "safe", "discovery" }

hostrule = function(host)
	return smb.get_port(host) ~= nil
end

action = function(host)
	local result = stdnse.output_table()
	for _, dialect in ipairs(smb2.dialects()) do
		local told = smb2.ask(host, { dialect })
		if told then
			local names = smb2.capability_names(told.capabilities)
			result[smb2.dialect_name(dialect)] = #names > 0 and names or { "All capabilities are disabled" }
		end
	end
	return #result > 0 and result or nil
end
