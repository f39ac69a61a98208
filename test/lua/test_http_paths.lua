--- The lists of data/scripts that the scripts of the web take.
local check = require "check"
local known = dofile "data/scripts/http_paths.lua"
local icons = dofile "data/scripts/http_icons.lua"

local T = {}

local severities = { info = true, low = true, medium = true, high = true, critical = true }

function T.every_path_is_whole_and_there_once()
	local seen = {}
	for _, entry in ipairs(known.paths) do
		check.is_true(entry.path:find("^/%S*$") and entry.name ~= "", entry.path)
		check.is_nil(seen[entry.path], entry.path)
		seen[entry.path] = true
		check.is_true(not entry.finding or known.findings[entry.finding], entry.path)
		for _, pattern in ipairs(type(entry.match) == "table" and entry.match or { entry.match }) do
			check.is_true(pcall(string.find, "x", pattern), entry.path)
		end
	end
	check.is_true(#known.paths > 60)
end

function T.every_finding_can_be_reported()
	for name, told in pairs(known.findings) do
		for _, key in ipairs { "id", "title", "why", "remedy" } do
			check.equal(type(told[key]), "string", name)
		end
		check.is_true(severities[told.severity] and #told.references > 0, name)
	end
end

local function matches(path, body)
	for _, entry in ipairs(known.paths) do
		for _, pattern in ipairs(entry.path == path and (type(entry.match) == "table" and entry.match or { entry.match }) or {}) do
			if body:find(pattern) then
				return true
			end
		end
	end
	return false
end

function T.what_is_meant_is_told_from_pages()
	local page = "<html><head><title>Welcome</title></head><body class=x>A=1</body></html>"
	for path, body in pairs {
		["/.git/HEAD"] = "ref: refs/heads/main\n", ["/.env"] = "# x\nDB_PASSWORD=1\n", ["/.htpasswd"] = "lab:$apr1$a$b\n",
		["/.svn/entries"] = "12\n", ["/backup.zip"] = "PK\3\4xx", ["/dump.sql"] = "-- MySQL dump", ["/.DS_Store"] = "\0\0\0\1Bud1",
		["/nginx_status"] = "Active connections: 1 \n", ["/phpinfo.php"] = "<title>PHP 8.2.1 - phpinfo()</title>",
		["/id_rsa"] = "-----BEGIN OPENSSH PRIVATE KEY-----\n", ["/robots.txt"] = "User-agent: *\n",
	} do
		check.is_true(matches(path, body), path)
		check.is_true(not matches(path, page), path)
	end
end

function T.icons_are_hashes()
	for md5, name in pairs(icons) do
		check.is_true(#md5 == 32 and md5:find("^[%dA-F]+$") and name ~= "", md5)
	end
end

return T
