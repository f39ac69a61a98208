-- portolan --script http-enum -p 80,443 TARGET
-- portolan --script http-enum --script-args http-enum.basepath=/app,http-enum.displayall TARGET

local finding = require "finding"
local html = require "htmltag"
local http = require "http"
local listing = require "weblisting"
local known = require "http_paths"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, tostring, type = ipairs, tostring, type

description = [[
Looks for files and folders that web servers should not, or that applications usually, have:
repositories, environments with secrets, backups, status pages, listings, interfaces for
administrators (data/scripts/http_paths.lua, some 80). They are asked for with GET, none of them is
used; the server's answer for pages that do not exist is learned first. Servers that answer these
differently each time are left alone. With http-enum.displayall pages count, too, that are there but
refused or moved.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "intrusive", "vuln" }

portrule = shortport.http

local body_max = 16384

local function matches(body, patterns)
	if patterns == nil then
		return true
	end
	for _, pattern in ipairs(type(patterns) == "table" and patterns or { patterns }) do
		if body:find(pattern) then
			return true
		end
	end
	return false
end

-- What a page is called in the output; nil if it is not there.
local function name_of(entry, response, learned)
	if not http.page_exists(response, learned.status, learned.page, entry.path, learned.all) then
		return nil
	elseif response.status == 200 then
		if not matches(response.body, entry.match) then
			return nil
		end
		return entry.folder and listing.is_listing(response.body) and entry.name .. " w/ directory listing" or entry.name
	end
	-- Where everything wants a login, a path that does is no news.
	return response.status ~= learned.status and entry.name .. " (" .. http.get_status_string(response) .. ")" or nil
end

-- Secrets are not repeated: of a file the first line is shown up to its "=" or ":", of a page
-- its title.
local function quoted(body)
	local title = html.content(body, "title")
	if title then
		return html.shortened(title, 80)
	end
	local line = html.shortened(body:match("^%s*([^\r\n]*)"):gsub("[^\32-\126]", "."), 60)
	return (line:gsub("([=:])%s*%S.*$", "%1 ..."))
end

local function report(entry, path, response)
	local kind = entry.finding or entry.folder and listing.is_listing(response.body) and "listing"
	local told = kind and known.findings[kind]
	if not told or response.status ~= 200 then
		return
	end
	finding.report {
		id = told.id, title = told.title, severity = told.severity, why = told.why, remedy = told.remedy,
		references = told.references, seen = path .. ": " .. quoted(response.body), confidence = entry.match and 1 or 0.7,
	}
end

local function responses_of(host, port, base)
	local list
	for _, entry in ipairs(known.paths) do
		list = http.pipeline_add(base .. entry.path, { max_body_size = body_max, truncated_ok = true }, list)
	end
	return http.pipeline_go(host, port, list) or {}
end

action = function(host, port)
	local base = tostring(stdnse.get_script_args("http-enum.basepath") or ""):gsub("/+$", "")
	local usable, status, page = http.identify_404(host, port)
	if not usable then
		stdnse.debug1("%s", status)
		return nil
	end
	local learned = { status = status, page = page, all = stdnse.get_script_args("http-enum.displayall") ~= nil }
	local output, lines = stdnse.output_table(), {}
	local responses = responses_of(host, port, base)
	for i, entry in ipairs(known.paths) do
		local response = responses[i]
		local name = response and response.status and name_of(entry, response, learned)
		if name then
			local path = base .. entry.path
			report(entry, path, response)
			output[path] = name
			lines[#lines + 1] = path .. ": " .. name
		end
	end
	return #lines > 0 and output or nil, stdnse.format_output(true, lines)
end
