-- Shows the branches and tags of a repository that a git daemon hands out.
-- Example: portolan -p9418 --script git-info --script-args git-info.path=/project.git 192.0.2.1

local bytestream = require "bytestream"
local finding = require "finding"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks a git daemon for the references of a repository (git-info.path, else some usual paths)."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(9418, "git")

local usual_paths = { "/", "/.git", "/repo.git", "/project.git", "/git" }
local references_max, shown_max, line_max = 5000, 20, 1000

-- A line in git's form: four digits with the length of all; "" for the end, nil when cut off.
local function read_line(connection)
	local digits = connection:read(4)
	local length = digits and digits:match "^%x%x%x%x$" and tonumber(digits, 16)
	if not length then
		return nil
	elseif length < 4 then
		return ""
	end
	return connection:read(length - 4)
end

local function request(path, server)
	local text = "git-upload-pack " .. path .. "\0host=" .. server .. "\0"
	return string.format("%04x%s", #text + 4, text)
end

-- The references by name and what the server can do, or what it says against it.
local function ask(host, port, path)
	local connection = bytestream.open(host, port, { most = references_max * line_max })
	if not connection then
		return nil
	end
	local told = { references = {}, count = 0 }
	local line = connection:send(request(path, host.targetname or host.ip)) and read_line(connection) or nil
	while line and line ~= "" and told.count < references_max do
		told.error = told.error or line:match "^ERR ([^\n]*)"
		local name = line:match "^%x+ ([^\0\n]+)"
		told.capabilities = told.capabilities or line:match "\0([^\n]+)"
		if not name then
			break
		end
		told.count = told.count + (name:find("^{}", 1, true) and 0 or 1)
		if #told.references < shown_max and not name:find("^{}", 1, true) then
			told.references[#told.references + 1] = name:sub(1, line_max)
		end
		line = read_line(connection)
	end
	connection:close()
	return told.capabilities and told or nil, told.error
end

local function report(path, told)
	finding.report { id = "git-daemon-open", title = "A repository is handed out without a login", severity = "medium",
		seen = string.format("%s: %d references, %s", path, told.count, told.references[1] or ""),
		why = "Everybody gets the sources and all their history, over a connection that anybody can change.",
		remedy = "Remove git-daemon-export-ok, or serve the repository over SSH or HTTPS with a login.",
		references = { "CWE-306" }, confidence = 0.9 }
end

local function describe(path, told)
	local result = stdnse.output_table()
	result.path = path
	result.agent = told.capabilities:match "agent=(%S+)"
	result.head = told.capabilities:match "symref=HEAD:(%S+)"
	result.count = told.count
	result.references = told.references
	return result
end

action = function(host, port)
	local wanted = stdnse.get_script_args "git-info.path"
	local why = nil
	for _, path in ipairs(wanted and { wanted } or usual_paths) do
		local told, refused = ask(host, port, path)
		if told and told.count > 0 then
			report(path, told)
			return describe(path, told)
		end
		why = why or refused
	end
	return why and { error = why:sub(1, line_max) } or nil
end
