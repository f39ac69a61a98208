-- portolan --script pop3-capabilities -p 110,995 TARGET

local pop3 = require "pop3"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, table = ipairs, table

description = [[
Asks a POP3 server for its capabilities (RFC 2449). Their arguments are in parentheses; APOP means
that the greeting has the time stamp which that login needs.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 110, 995 }, { "pop3", "pop3s" })

action = function(host, port)
	local list, apop = pop3.capability_list(host, port)
	if not list then
		return stdnse.debug1("%s", apop)
	end
	local out = {}
	for _, one in ipairs(list) do
		out[#out + 1] = #one.args > 0 and one.name .. "(" .. table.concat(one.args, " ") .. ")" or one.name
	end
	if apop then
		out[#out + 1] = "APOP"
	end
	return table.concat(out, " ")
end
