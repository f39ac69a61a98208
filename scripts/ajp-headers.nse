-- Shows the headers that a servlet container answers over AJP.
-- Example: portolan -p8009 --script ajp-headers --script-args ajp-headers.path=/app 192.0.2.1

local ajp = require "ajp"
local finding = require "finding"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks for a page over AJP (GET) and shows the headers of the answer."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(8009, "ajp13")

local function report(answer)
	finding.report { id = "ajp-without-secret", title = "AJP answers without a secret", severity = "medium",
		seen = string.format("GET answered with %d", answer.status),
		why = "The container believes what a web server tells it here, such as who is logged in; old ones also hand "
			.. "out files of the application (CVE-2020-1938).",
		remedy = "Let the AJP connector listen on localhost only and set `secret`, or remove it.",
		references = { "CWE-306", "CVE-2020-1938" }, confidence = 0.9 }
end

action = function(host, port)
	local path = stdnse.get_script_args "ajp-headers.path" or "/"
	local answer = ajp.request(host, port, "GET", path)
	if not answer then
		return nil
	end
	if answer.status < 400 then
		report(answer)
	end
	local lines = {}
	for i, pair in ipairs(answer.headers) do
		lines[i] = pair[1] .. ": " .. pair[2]
	end
	return #lines > 0 and stdnse.format_output(true, lines) or nil
end
