-- portolan --script http-title -p 80,443 TARGET
-- portolan --script http-title --script-args http-title.url=/login TARGET

local html = require "htmltag"
local http = require "http"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows the title of a web server's front page (or of http-title.url). Redirects on the same server
are followed, and others named.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.http

local title_max = 65

local function url_of(host, port, path)
	local name, tls = stdnse.get_hostname(host), shortport.ssl(host, port)
	name = name:find(":", 1, true) and "[" .. name .. "]" or name
	local default = tls and 443 or 80
	return (tls and "https" or "http") .. "://" .. name .. (port.number == default and "" or ":" .. port.number) .. path
end

-- The last place that was asked, if that was not where we began.
local function redirected_to(host, port, response)
	local last = response.location and response.location[#response.location]
	if not last then
		return nil
	end
	return last:find("^%a[%w+.-]*:") and last or url_of(host, port, last:find("^/") and last or "/" .. last)
end

local function without_title(response)
	local kind = response.header["content-type"]
	return "Site doesn't have a title" .. (kind and " (" .. kind .. ")" or "") .. "."
end

action = function(host, port)
	local response = http.get(host, port, stdnse.get_script_args("http-title.url") or "/")
	if not response.status then
		return nil
	end
	local output, target = stdnse.output_table(), redirected_to(host, port, response)
	local status = response.status
	if target and status >= 300 and status < 400 then
		output.redirect_url = target
		return output, "Did not follow redirect to " .. target
	end
	local title = html.content(response.body, "title")
	if not title then
		return nil, without_title(response)
	end
	output.title = title
	output.redirect_url = target
	title = title:gsub("[\r\n\t]", "")
	local text = #title > title_max and nmap.verbosity() < 3 and title:sub(1, title_max - 3) .. "..." or title
	text = title == "" and without_title(response) or text
	return output, text .. (target and "\nRequested resource was " .. target or "")
end
