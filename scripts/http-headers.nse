-- portolan --script http-headers -p 80 TARGET
-- portolan --script http-headers --script-args http-headers.path=/login,http-headers.useget=1 TARGET

local http = require "http"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs = ipairs

description = [[
Shows the headers of a web server's answer to HEAD for its front page (or http-headers.path); to
GET where HEAD does not work, or with http-headers.useget.
]]
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe" }

portrule = shortport.http

action = function(host, port)
	local path = stdnse.get_script_args("http-headers.path") or "/"
	local usable, response, method = false, nil, "HEAD"
	if not stdnse.get_script_args("http-headers.useget") then
		usable, response = http.can_use_head(host, port, nil, path)
	end
	if not usable then
		response, method = http.get(host, port, path), "GET"
	end
	if not response.status then
		return nil
	end
	local lines = {}
	for _, line in ipairs(response.rawheader) do
		lines[#lines + 1] = line
	end
	lines[#lines + 1] = "(Request type: " .. method .. ")"
	return stdnse.format_output(true, lines)
end
