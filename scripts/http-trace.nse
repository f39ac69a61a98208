-- portolan --script http-trace -p 80 TARGET

local finding = require "finding"
local html = require "htmltag"
local http = require "http"
local nmap = require "nmap"
local rand = require "rand"
local shortport = require "shortport"
local stdnse = require "stdnse"
local table = table

description = [[
Finds out whether a web server answers TRACE, which sends back the request, headers included.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe", "vuln" }

portrule = shortport.http

action = function(host, port)
	local path = stdnse.get_script_args("http-trace.path") or "/"
	local token = rand.random_alpha(12)
	local response = http.generic_request(host, port, "TRACE", path, { header = { ["X-Trace-Test"] = token } })
	if response.status ~= 200 or not response.body:find("^%s*TRACE ") or not response.body:find(token, 1, true) then
		return nil
	end
	finding.report {
		id = "http-trace", title = "HTTP TRACE is enabled", severity = "low",
		seen = "TRACE " .. path .. ": " .. html.shortened(response.body, 80),
		why = "TRACE sends a request's headers back, cookies and logins with them, to whoever made a browser send it.",
		remedy = "Turn it off: TraceEnable off (Apache httpd), or allow the methods that are used only.",
		references = { "CWE-693" },
	}
	local text = "TRACE is enabled"
	if nmap.debugging() > 0 then
		text = text .. "\nHeaders:\n" .. table.concat(response.rawheader, "\n")
	end
	return text
end
