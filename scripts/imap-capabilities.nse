-- portolan --script imap-capabilities -p 143,993 TARGET

local imap = require "imap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local table = table

description = [[
Asks an IMAP server for its capabilities (RFC 9051, 6.1.1).
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "safe" }

portrule = shortport.port_or_service({ 143, 993 }, { "imap", "imaps" })

action = function(host, port)
	local list, reason = imap.capability_list(host, port)
	if not list then
		return stdnse.debug1("%s", reason)
	end
	return #list > 0 and table.concat(list, " ") or nil
end
