local finding = require "finding"
local jsonapi = require "jsonapi"
local stdnse = require "stdnse"

description = [[
Shows version and databases of an InfluxDB server, and whether it wants a login.
]]

-- @usage portolan --script influxdb-info -p 8086 TARGET
-- @output
-- | influxdb-info:
-- |   Version: 1.6.7
-- |   Build: OSS
-- |   Authentication: none
-- |   Databases:
-- |_    _internal

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = jsonapi.rule({ 8086 }, { "influxdb", "d-s-n" }, "influxdb")

local names_max = 100

-- {results = {{series = {{values = {{"name"}, ...}}}}}}
local function databases_of(answer)
	local series = jsonapi.at(answer, "results", 1, "series", 1, "values")
	local names = {}
	for _, row in ipairs(jsonapi.object(series) or {}) do
		local name = jsonapi.text(jsonapi.at(row, 1))
		names[#names + 1] = #names < names_max and name or nil
	end
	return names
end

local function report(version, names)
	finding.report {
		id = "influxdb-without-login", title = "InfluxDB without a login", severity = "high",
		seen = string.format("SHOW DATABASES answered %d databases, version %s", #names, version),
		why = "Anybody who reaches the port reads, changes and deletes what is measured.",
		remedy = "Set auth-enabled = true in [http], and make an administrator.",
		references = { "CWE-306" },
	}
end

local function header_of(response, name)
	return response.header and jsonapi.text(response.header[name])
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local _, ping = api:get "/ping"
	local version = header_of(ping, "x-influxdb-version")
	if not version then
		return nil
	end
	local answer, response = api:get "/query?q=SHOW%20DATABASES"
	local out = stdnse.output_table()
	out["Version"] = version
	out["Build"] = header_of(ping, "x-influxdb-build")
	if response.status == 401 then
		out["Authentication"] = "required"
	elseif jsonapi.at(answer, "results") then
		local names = databases_of(answer)
		out["Authentication"] = "none"
		out["Databases"] = #names > 0 and names or nil
		report(version, names)
	end
	return out
end
