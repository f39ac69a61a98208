local finding = require "finding"
local jsonapi = require "jsonapi"
local nmap = require "nmap"
local stdnse = require "stdnse"

description = [[
Shows version and databases of a ClickHouse server whose default user has no password.
]]

-- @usage portolan --script clickhouse-info -p 8123 TARGET
-- @output
-- | clickhouse-info:
-- |   Version: 23.8.2.7
-- |   Name: lab
-- |   Databases:
-- |     default
-- |_    shop

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = jsonapi.rule({ 8123 }, { "clickhouse", "polipo" }, "clickhouse")

local names_max = 100

local function lines_of(response)
	local lines = {}
	for line in (response.status == 200 and response.body or ""):gmatch "[^\r\n]+" do
		if #lines >= names_max then
			break
		end
		lines[#lines + 1] = line:sub(1, 200)
	end
	return lines
end

local function report(version)
	finding.report {
		id = "clickhouse-without-password", title = "ClickHouse without a password", severity = "high",
		seen = "SELECT version() of the default user answered " .. version,
		why = "Anybody who reaches the port reads the data, and changes them unless the user is read-only.",
		remedy = "Give the user 'default' a password and networks in users.xml.",
		references = { "CWE-306" },
	}
end

local function set_version(host, port, version)
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "http", "ClickHouse", version
	nmap.set_port_version(host, port)
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local _, response = api:get "/?query=SELECT%20version()"
	local header = response.header or {}
	local name = jsonapi.text(header["x-clickhouse-server-display-name"])
	local version = (lines_of(response)[1] or ""):match "^%d+%.%d+%.%d+[%d%.]*$"
	local out = stdnse.output_table()
	if not name and not header["x-clickhouse-exception-code"] then
		return nil
	elseif not version then
		out["Name"] = name
		out["Authentication"] = "required"
		return out
	end
	local _, databases = api:get "/?query=SHOW%20DATABASES"
	out["Version"] = version
	out["Name"] = name
	out["Databases"] = lines_of(databases)
	set_version(host, port, version)
	report(version)
	return out
end
