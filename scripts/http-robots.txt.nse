-- portolan --script http-robots.txt -p 80 TARGET

local http = require "http"
local nmap = require "nmap"
local shortport = require "shortport"
local math, string, table = math, string, table

description = [[
Shows the paths that a web server asks robots to stay away from: often those that are not meant to
be found. Fifteen of them, all with -v.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.http

local shown_quietly, kept_max, line_width = 15, 1000, 66

-- The paths of Disallow lines, each once, in their order.
local function disallowed(body)
	local out, seen = {}, {}
	for line in body:gmatch("[^\r\n]+") do
		local path = line:match("^%s*[Dd][Ii][Ss][Aa][Ll][Ll][Oo][Ww]%s*:%s*([^%s#]+)")
		if path and not seen[path] and #out < kept_max then
			seen[path] = true
			out[#out + 1] = path
		end
	end
	return out
end

local function wrapped(words, count)
	local lines, line = {}, ""
	for i = 1, count do
		if line ~= "" and #line + #words[i] + 1 > line_width then
			lines[#lines + 1], line = line, ""
		end
		line = line .. words[i] .. (i < count and " " or "")
	end
	lines[#lines + 1] = line
	return table.concat(lines, "\n")
end

action = function(host, port)
	local response = http.get(host, port, "/robots.txt")
	if response.status ~= 200 then
		return nil
	end
	local paths = disallowed(response.body)
	if #paths == 0 then
		return nil
	end
	local shown = nmap.verbosity() > 1 and #paths or math.min(#paths, shown_quietly)
	return string.format("%d disallowed entr%s %s\n%s", #paths, #paths == 1 and "y" or "ies",
		shown < #paths and string.format("(%d shown)", shown) or "", wrapped(paths, shown))
end
