local finding = require "finding"
local jsonapi = require "jsonapi"
local nmap = require "nmap"
local stdnse = require "stdnse"

description = [[
Shows a CouchDB server's version, features and nodes, and whether anybody is its
administrator.
]]

-- @usage portolan --script couchdb-info -p 5984 TARGET
-- @output
-- | couchdb-info:
-- |   Version: 2.3.1
-- |   UUID: 85fb71bf700c17267fef77535820e371
-- |   Vendor: The Apache Software Foundation
-- |_  Authentication: none (everybody is administrator)

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = jsonapi.rule({ 5984, 6984 }, { "httpd", "couchdb" }, "couchdb")

local function is_party(session)
	for _, role in ipairs(jsonapi.object(jsonapi.at(session, "userCtx", "roles")) or {}) do
		if role == "_admin" and not jsonapi.at(session, "userCtx", "name") then
			return true
		end
	end
	return false
end

local function report_party(version)
	finding.report {
		id = "couchdb-admin-party", title = "CouchDB whose administrator is everybody", severity = "critical",
		seen = string.format("/_session of a user without a name has the role _admin, CouchDB %s", version),
		why = "Whoever reaches the port changes configuration and data, and so runs programs on the host.",
		remedy = "Make an administrator in local.ini ([admins]), and bind to inner addresses.",
		references = { "CWE-306" },
	}
end

local function set_version(host, port, version)
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "http", "CouchDB httpd", version
	nmap.set_port_version(host, port)
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local root = jsonapi.object((api:get "/"))
	local version = jsonapi.text(jsonapi.at(root, "version"))
	if not version or jsonapi.at(root, "couchdb") ~= "Welcome" then
		return nil
	end
	local session = api:get "/_session"
	local out, party = stdnse.output_table(), is_party(session)
	out["Version"] = version
	out["UUID"] = jsonapi.text(root.uuid)
	out["Vendor"] = jsonapi.text(jsonapi.at(root, "vendor", "name"))
	out["Features"] = jsonapi.ordered(jsonapi.object(root.features))
	out["Authentication"] = party and "none (everybody is administrator)" or "enabled"
	out["Nodes"] = jsonapi.ordered(jsonapi.object(jsonapi.at((api:get "/_membership"), "all_nodes")))
	if party then
		report_party(version)
	end
	set_version(host, port, version)
	return out
end
