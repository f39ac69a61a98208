-- portolan --script http-favicon -p 80 TARGET
-- portolan --script http-favicon --script-args http-favicon.uri=/static/icon.png TARGET

local html = require "htmltag"
local http = require "http"
local icons = require "http_icons"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local url = require "url"
local ipairs, pcall, require = ipairs, pcall, require

description = [[
Tells a web application by its icon: the one that the front page (or http-favicon.root) names, or
/favicon.ico, or http-favicon.uri. Of an icon that we do not know, -v shows the MD5.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.http

local has_openssl, openssl = pcall(require, "openssl")

-- The path of the icon that a page names, if that is on this server; nil otherwise.
local function named_icon(host, port, path)
	local response = http.get(host, port, path)
	for _, tag in ipairs(response.status == 200 and html.all(response.body, "link") or {}) do
		local attributes = html.attributes(tag)
		local relation, href = (attributes.rel or ""):lower(), attributes.href
		if href and href ~= "" and (relation == "icon" or relation == "shortcut icon") then
			local last = response.location and response.location[#response.location]
			local base = last and url.absolute(path, last) or path
			local to = url.parse(url.absolute(base, html.decode_entities(href)))
			local own = to and (not to.host or to.host == stdnse.get_hostname(host) and (to.port or port.number) == port.number)
			return own and to.path and to.path .. (to.query and "?" .. to.query or "") or nil
		end
	end
	return nil
end

local function icon_of(host, port)
	local root = stdnse.get_script_args("http-favicon.root") or stdnse.get_script_args("favicon.root") or "/"
	local given = stdnse.get_script_args("http-favicon.uri") or stdnse.get_script_args("favicon.uri")
	local path = given or named_icon(host, port, root)
	local response = path and http.get(host, port, path)
	if not given and (not response or response.status ~= 200) then
		response = http.get(host, port, "/favicon.ico")
	end
	return response and response.status == 200 and response.body ~= "" and response.body or nil
end

action = function(host, port)
	local icon = has_openssl and icon_of(host, port)
	if not icon then
		return nil
	end
	local md5 = stdnse.tohex(openssl.md5(icon)):upper()
	local name = icons[md5]
	if not name and nmap.verbosity() < 1 then
		return nil
	end
	return name or "Unknown favicon MD5: " .. md5
end
