-- portolan --script http-git -p 80 TARGET
-- portolan --script http-git --script-args http-git.root=/app/ TARGET

local finding = require "finding"
local http = require "http"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, table, tostring = ipairs, table, tostring

description = [[
Finds a Git repository in a web server's root (or http-git.root), and shows its description, its
last commit's message and where it was cloned from. Of the repository only these few files are read.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "safe", "vuln" }

portrule = shortport.http

local files = { ".gitignore", ".git/COMMIT_EDITMSG", ".git/config", ".git/description", ".git/info/exclude" }
local text_max, remotes_max = 200, 20

-- "ref: refs/heads/main" or a commit's name.
local function is_head(body)
	return body:find("^ref: refs/[%w/._-]+%s*$") ~= nil or body:find("^%x+%s*$") ~= nil and #body >= 40 and #body <= 66
end

local function get(host, port, path)
	local response = http.get(host, port, path, { redirect_ok = false, max_body_size = 65536, truncated_ok = true })
	return response.status == 200 and response.body or nil
end

-- A page is no file of a repository, whatever its status.
local function looks_like_page(body)
	local start = body:sub(1, 512):lower()
	return start:find("<html", 1, true) ~= nil or start:find("<!doctype", 1, true) ~= nil
end

local function files_found(host, port, root)
	local found, bodies = stdnse.output_table(), {}
	for _, name in ipairs(files) do
		local body = get(host, port, root .. name)
		if body and not looks_like_page(body) then
			found[name], bodies[name] = true, body
		end
	end
	return found, bodies
end

local function remotes_of(config)
	local out = {}
	for url in (config or ""):gmatch("\n%s*url%s*=%s*([^\r\n]+)") do
		if #out < remotes_max then
			-- Logins in it are shown to nobody.
			out[#out + 1] = url:gsub("(://[^/@:]*):[^/@]*@", "%1:***@"):sub(1, text_max)
		end
	end
	return #out > 0 and out or nil
end

local function text_of(body)
	local text = body and body:gsub("%s+", " "):sub(1, text_max)
	return text and text:find("%S") and text or nil
end

local function text_output(place, description, message, remotes)
	local lines = { "", "  " .. place, "    Git repository found!" }
	lines[#lines + 1] = description and "    Repository description: " .. description or nil
	lines[#lines + 1] = message and "    Last commit message: " .. message or nil
	lines[#lines + 1] = remotes and "    Remotes:" or nil
	for _, remote in ipairs(remotes or {}) do
		lines[#lines + 1] = "      " .. remote
	end
	return table.concat(lines, "\n") .. "\n"
end

action = function(host, port)
	local root = tostring(stdnse.get_script_args("http-git.root") or "/")
	root = root:sub(-1) == "/" and root or root .. "/"
	local head = get(host, port, root .. ".git/HEAD")
	if not head or not is_head(head) then
		return nil
	end
	local found, bodies = files_found(host, port, root)
	local description, message = text_of(bodies[".git/description"]), text_of(bodies[".git/COMMIT_EDITMSG"])
	local remotes = remotes_of(bodies[".git/config"])
	local place = host.ip .. ":" .. port.number .. root .. ".git/"
	finding.report {
		id = "http-exposed-git", title = "A web server hands out a Git repository", severity = "high",
		seen = root .. ".git/HEAD: " .. (head:sub(1, 80):gsub("%s+$", "")),
		why = "Anybody can rebuild the source with its history, and whatever passwords were ever committed.",
		remedy = "Keep .git out of the web root, or deny it: location ~ /\\.git { deny all; }. Change the secrets in it.",
		references = { "CWE-527", "CWE-538" },
	}
	local output = stdnse.output_table()
	output["files-found"] = found
	output["repository-description"] = description and bodies[".git/description"]:sub(1, text_max)
	output["last-commit-message"] = message and bodies[".git/COMMIT_EDITMSG"]:sub(1, text_max)
	output.remotes = remotes
	return { [place] = output }, text_output(place, description, message, remotes)
end
