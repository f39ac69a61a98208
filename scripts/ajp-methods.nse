-- Lists the methods that a servlet container allows over AJP.
-- Example: portolan -p8009 --script ajp-methods --script-args ajp-methods.path=/app 192.0.2.1

local ajp = require "ajp"
local shortport = require "shortport"
local sip = require "sip"
local stdnse = require "stdnse"

description = "Asks over AJP with OPTIONS which methods are allowed, and points out those that change things."
author = "portolan"
license = "same as portolan's"
categories = { "default", "safe" }

portrule = shortport.port_or_service(8009, "ajp13")

action = function(host, port)
	local path = stdnse.get_script_args "ajp-methods.path" or "/"
	local answer = ajp.request(host, port, "OPTIONS", path)
	local methods = answer and sip.methods(ajp.header(answer, "Allow"))
	if not methods or #methods == 0 then
		return nil
	end
	local lines = { "Supported methods: " .. table.concat(methods, " ") }
	local risky = sip.among(methods, { "PUT", "DELETE", "TRACE", "CONNECT" })
	if #risky > 0 then
		lines[2] = "Potentially risky methods: " .. table.concat(risky, " ")
	end
	return stdnse.format_output(true, lines)
end
