-- portolan --script http-ls -p 80 TARGET
-- portolan --script http-ls --script-args http-ls.url=/files/,ls.maxfiles=50,ls.maxdepth=0 TARGET

local finding = require "finding"
local http = require "http"
local listing = require "weblisting"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, math, tonumber = ipairs, math, tonumber

description = [[
Shows the files of a web server's front page (or http-ls.url) where that is a listing of a folder.
Folders in it are looked into, too: ls.maxdepth (1) levels, ls.maxfiles (10) files in all.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.http

local folders_max = 50

local function number_argument(name, default)
	return tonumber(stdnse.get_script_args("http-ls." .. name) or nil) or
		tonumber(stdnse.get_script_args("ls." .. name) or nil) or default
end

-- Adds the files of a folder and, as deep as allowed, of those in it.
local function add_folder(walk, path, prefix, depth)
	local response = http.get(walk.host, walk.port, path, { redirect_ok = false })
	walk.folders = walk.folders + 1
	for _, file in ipairs(response.status == 200 and listing.parse(response.body) or {}) do
		if #walk.files >= walk.most then
			walk.cut = true
			return
		end
		walk.files[#walk.files + 1] = { size = file.size, time = file.time or "-", filename = prefix .. file.filename }
		if file.filename:sub(-1) == "/" and depth > 0 and walk.folders < folders_max then
			add_folder(walk, path .. file.filename, prefix .. file.filename, depth - 1)
		end
	end
end

local function report(path, files)
	local names = files[1].filename
	for i = 2, math.min(#files, 3) do
		names = names .. ", " .. files[i].filename
	end
	finding.report {
		id = "http-directory-listing", title = "A web server lists the files of a folder", severity = "low",
		seen = path .. ": " .. names:sub(1, 100) .. (#files > 3 and " ..." or ""),
		why = "Backups, logs and unfinished files that no page links to are found by anybody.",
		remedy = "Turn listings off: Options -Indexes (Apache httpd), autoindex off (nginx), \z
			 dir-listing.activate (lighttpd).",
		references = { "CWE-548" },
	}
end

action = function(host, port)
	local path = stdnse.get_script_args("http-ls.url") or "/"
	local most = number_argument("maxfiles", 10)
	local walk = { host = host, port = port, files = {}, folders = 0, most = most > 0 and most or listing.FILES_MAX }
	add_folder(walk, path, "", number_argument("maxdepth", 1))
	if #walk.files == 0 then
		return nil
	end
	report(path, walk.files)
	local volume, total, bytes = stdnse.output_table(), stdnse.output_table(), 0
	for _, file in ipairs(walk.files) do
		bytes = bytes + listing.bytes(file.size)
	end
	volume.volume = path
	volume.files = walk.files
	volume.info = walk.cut and { "maxfiles limit reached (" .. walk.most .. ")" } or nil
	total.files = #walk.files
	total.bytes = bytes
	local output = stdnse.output_table()
	output.volumes = { volume }
	output.total = total
	return output, listing.format(volume)
end
