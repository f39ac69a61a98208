local finding = require "finding"
local json = require "json"
local jsonapi = require "jsonapi"
local stdnse = require "stdnse"

description = [[
Lists the databases of a CouchDB server that wants no login for it.
]]

-- @usage portolan --script couchdb-databases -p 5984 TARGET
-- @output
-- | couchdb-databases:
-- |   1 = _users
-- |_  2 = shop

author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = jsonapi.rule({ 5984, 6984 }, { "httpd", "couchdb" }, "couchdb")

local names_max = 500

function action(host, port)
	local api = jsonapi.new(host, port)
	local names = jsonapi.object((api:get "/_all_dbs"))
	if not names or json.typeof(names) ~= "array" then
		return nil
	end
	local lines = {}
	for i, name in ipairs(names) do
		if i > names_max then
			break
		end
		lines[i] = string.format("%d = %s", i, jsonapi.text(name) or "?")
	end
	finding.report {
		id = "couchdb-without-login", title = "CouchDB without a login", severity = "high",
		seen = string.format("/_all_dbs listed %d databases%s", #names, #names > 0 and ", the first: " .. lines[1]:sub(5) or ""),
		why = "Anybody who reaches the port learns what is stored, and may read what databases do not forbid.",
		remedy = "Make an administrator ([admins]) and set require_valid_user = true ([chttpd]).",
		references = { "CWE-306" },
	}
	return stdnse.format_output(true, lines)
end
