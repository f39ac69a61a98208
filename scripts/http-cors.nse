-- portolan --script http-cors -p 80 TARGET
-- portolan --script http-cors --script-args http-cors.path=/api/,http-cors.origin=https://example.org TARGET

local finding = require "finding"
local http = require "http"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, table = ipairs, table

description = [[
Shows the methods that a web server lets pages of any other site use on it (Cross-Origin Resource
Sharing), by asking with OPTIONS as browsers do. The methods themselves are not used.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.http

local methods = { "HEAD", "GET", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PATCH" }

-- Whether a comma-separated list has the word.
local function lists(header, word)
	for one in (header or ""):gmatch("[^%s,]+") do
		if one == word then
			return true
		end
	end
	return false
end

local function report(origin, credentials, allowed)
	finding.report {
		id = credentials and "http-cors-credentials" or "http-cors-any-origin",
		title = credentials and "Pages of any site may use a visitor's login here" or "Pages of any site may read this one",
		severity = credentials and "medium" or "info",
		seen = "Access-Control-Allow-Origin: " .. origin .. ", methods " .. allowed,
		why = credentials and "Any page that a logged-in visitor opens can act here in their name and read the answers." or
			"Data that only inner clients can reach can be read through a visitor's browser.",
		remedy = "Name the origins that need it in Access-Control-Allow-Origin; never send back whatever Origin came.",
		references = { "CWE-942" },
	}
end

action = function(host, port)
	local path = stdnse.get_script_args("http-cors.path") or "/"
	local origin = stdnse.get_script_args("http-cors.origin") or "example.com"
	local allowed, seen, credentials = {}, nil, false
	for _, method in ipairs(methods) do
		local response = http.generic_request(host, port, "OPTIONS", path,
			{ header = { Origin = origin, ["Access-Control-Request-Method"] = method } })
		if not response.status then
			break
		end
		local header = response.header
		local from = header["access-control-allow-origin"]
		if (from == "*" or from == origin) and lists(header["access-control-allow-methods"], method) then
			allowed[#allowed + 1], seen = method, from
			credentials = credentials or from == origin and header["access-control-allow-credentials"] == "true"
		end
	end
	if #allowed == 0 then
		return nil
	end
	report(seen, credentials, table.concat(allowed, " "))
	return table.concat(allowed, " ")
end
