-- portolan --script http-webdav-scan -p 80 TARGET
-- portolan --script http-webdav-scan --script-args http-webdav-scan.path=/dav/ TARGET

local finding = require "finding"
local html = require "htmltag"
local http = require "http"
local ipOps = require "ipOps"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, table = ipairs, table

description = [[
Finds WebDAV: what a web server says of it to OPTIONS, and what PROPFIND lists of its front page (or
http-webdav-scan.path), one level deep. Private addresses in the listing are named. Nothing is
written.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.http

local names_max = 50

-- The href elements of an answer to PROPFIND, each once.
local function hrefs_of(body)
	local out, seen = {}, {}
	for href in body:gmatch("<[%w]*:?[hH][rR][eE][fF]>([^<]+)</") do
		if not seen[href] and #out < names_max then
			seen[href], out[#out + 1] = true, html.shortened(href, 200)
		end
	end
	return out
end

local function private_addresses(body, known)
	local out, seen = {}, { [known] = true }
	for address in body:gmatch("https?://(%d+%.%d+%.%d+%.%d+)") do
		if not seen[address] and ipOps.expand_ip(address) and ipOps.isPrivate(address) and #out < names_max then
			seen[address], out[#out + 1] = true, address
		end
	end
	return out
end

local function kind_of(header)
	if (header["ms-author-via"] or ""):find("DAV", 1, true) and (header.server or ""):find("IIS", 1, true) then
		return "Microsoft IIS"
	end
	return header["x-dav-powered-by"] or (header.server or ""):match("^Apache") and "Apache DAV" or "Unknown"
end

local function add_listing(output, host, port, path)
	local response = http.generic_request(host, port, "PROPFIND", path, { header = { Depth = "1" }, content = "" })
	if response.status ~= 207 then
		return
	end
	local hrefs, private = hrefs_of(response.body), private_addresses(response.body, host.ip)
	output["Directory Listing"] = #hrefs > 0 and hrefs or nil
	output["Exposed Internal IPs"] = #private > 0 and private or nil
	if #hrefs > 1 then
		finding.report {
			id = "http-directory-listing", title = "A web server lists the files of a folder", severity = "low",
			seen = "PROPFIND " .. path .. ": " .. table.concat(hrefs, ", "):sub(1, 120),
			why = "Backups, logs and unfinished files that no page links to are found by anybody.",
			remedy = "Require a login for WebDAV, or turn it off where it is not needed.",
			references = { "CWE-548" },
		}
	end
end

action = function(host, port)
	local path = stdnse.get_script_args("http-webdav-scan.path") or "/"
	local response = http.generic_request(host, port, "OPTIONS", path)
	local header = response.status and response.header
	if not header or not header.dav and not ((header.allow or "") .. (header.public or "")):find("PROPFIND", 1, true) then
		return nil
	end
	local output = stdnse.output_table()
	output["Allowed Methods"] = header.allow
	output["Public Options"] = header.public
	output["Server Type"] = header.server
	output["Server Date"] = header.date
	output["WebDAV type"] = kind_of(header)
	add_listing(output, host, port, path)
	return output
end
