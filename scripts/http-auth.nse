-- portolan --script http-auth -p 80 TARGET
-- portolan --script http-auth --script-args http-auth.path=/login TARGET

local finding = require "finding"
local http = require "http"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, pairs, table = ipairs, pairs, table

description = [[
Shows how a web server wants its front page (or http-auth.path) to be logged in to: the schemes and
parameters of its challenges. Basic over a connection that is not encrypted is a finding.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "auth", "default", "safe" }

portrule = shortport.http

-- "Basic realm=lab".
local function line_of(challenge)
	local words, names = { challenge.scheme }, {}
	for name in pairs(challenge.params) do
		names[#names + 1] = name
	end
	table.sort(names)
	for _, name in ipairs(names) do
		words[#words + 1] = name .. "=" .. challenge.params[name]
	end
	return table.concat(words, " ")
end

local function report(challenge, response, path)
	if challenge.scheme:lower() == "basic" and not response.ssl then
		finding.report {
			id = "cleartext-login", title = "Passwords are sent in clear text (HTTP Basic)", severity = "medium",
			seen = path .. ": WWW-Authenticate: " .. line_of(challenge):sub(1, 120),
			why = "Basic sends the password with every request; without TLS anybody on the way reads it.",
			remedy = "Serve the page over HTTPS only, and send plain HTTP there.",
			references = { "CWE-319", "CWE-522" },
		}
	end
end

action = function(host, port)
	local path = stdnse.get_script_args("http-auth.path") or "/"
	local response = http.get(host, port, path, { redirect_ok = false })
	if response.status ~= 401 then
		return nil
	end
	local header = response.header["www-authenticate"]
	local lines = { (response["status-line"]:gsub("\n$", "")) }
	local challenges = header and http.parse_www_authenticate(header)
	if not header then
		lines[2] = "  Server returned status 401 but no WWW-Authenticate header."
	elseif not challenges then
		lines[2] = "  Server returned status 401 but the WWW-Authenticate header could not be parsed."
		lines[3] = "  WWW-Authenticate: " .. header
	end
	local output = {}
	for _, challenge in ipairs(challenges or {}) do
		report(challenge, response, path)
		lines[#lines + 1] = "  " .. line_of(challenge)
		output[#output + 1] = { scheme = challenge.scheme, params = challenge.params }
	end
	return #output > 0 and output or nil, "\n" .. table.concat(lines, "\n") .. "\n"
end
