-- portolan --script http-generator -p 80 TARGET
-- portolan --script http-generator --script-args http-generator.path=/blog/ TARGET

local html = require "htmltag"
local http = require "http"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, tonumber = ipairs, tonumber

description = [[
Shows what made a web server's front page (or http-generator.path), as the page says itself in a
meta tag: often a content management system and its version. Up to 3 redirects
(http-generator.redirects) are followed.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.http

action = function(host, port)
	local path = stdnse.get_script_args("http-generator.path") or "/"
	local hops = tonumber(stdnse.get_script_args("http-generator.redirects") or nil) or 3
	local response = http.get(host, port, path, { redirect_ok = hops > 0 and hops or false })
	for _, tag in ipairs(response.body and html.all(response.body, "meta") or {}) do
		local attributes = html.attributes(tag)
		if (attributes.name or ""):lower() == "generator" and attributes.content then
			return html.shortened(attributes.content, 300)
		end
	end
	return nil
end
