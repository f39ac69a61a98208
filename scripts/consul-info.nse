local finding = require "finding"
local jsonapi = require "jsonapi"
local nmap = require "nmap"
local stdnse = require "stdnse"

description = [[
Shows version, data centre, node and services of a Consul agent, and whether it obeys
anybody.
]]

-- @usage portolan --script consul-info -p 8500 TARGET
-- @output
-- | consul-info:
-- |   Version: 1.15.4
-- |   Datacenter: lab
-- |   Node: harbour
-- |   Server: true
-- |   Leader: 10.0.0.5:8300
-- |   Script checks: true
-- |   Services:
-- |     consul
-- |_    web

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = jsonapi.rule({ 8500, 8501 }, { "consul" }, "consul")

local services_max = 100

local function services_of(api)
	local names = {}
	for name in pairs(jsonapi.object((api:get "/v1/catalog/services")) or {}) do
		if type(name) == "string" and #names < services_max then
			names[#names + 1] = name
		end
	end
	table.sort(names)
	return #names > 0 and names or nil
end

local function report(out, scripts)
	finding.report {
		id = "consul-without-acl", title = "Consul without access rules", severity = scripts and "critical" or "high",
		seen = string.format("/v1/agent/self answered: version %s, node %s%s", out["Version"], out["Node"],
			scripts and ", remote script checks enabled" or ""),
		why = scripts and "Whoever reaches the port registers a check, which is a program that runs on the host."
			or "Whoever reaches the port reads and changes services and keys.",
		remedy = "Set acl.enabled = true and default_policy = \"deny\", and enable_script_checks = false.",
		references = { "CWE-306" },
	}
end

-- Agents before 1.0 have these under Config, in other letters.
local function runs_scripts(self)
	return jsonapi.at(self, "DebugConfig", "EnableRemoteScriptChecks") == true or
		jsonapi.at(self, "Config", "EnableScriptChecks") == true
end

local function set_version(host, port, version)
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "http", "Consul agent", version
	nmap.set_port_version(host, port)
end

-- "10.0.0.5:8300" where nothing else is shown; an empty text while there is no leader.
local function leader_of(api)
	local leader = jsonapi.text((api:get "/v1/status/leader"))
	return leader and (leader == "" or leader:find "^[%w%.%[%]:%-]+:%d+$") and leader or nil
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local leader = leader_of(api)
	if not leader then
		return nil
	end
	local self = api:get "/v1/agent/self"
	local version = jsonapi.text(jsonapi.at(self, "Config", "Version"))
	local out = stdnse.output_table()
	out["Version"] = version
	out["Datacenter"] = jsonapi.text(jsonapi.at(self, "Config", "Datacenter"))
	out["Node"] = jsonapi.text(jsonapi.at(self, "Config", "NodeName"))
	out["Server"] = jsonapi.at(self, "Config", "Server") == true or nil
	out["Leader"] = leader
	if not version then
		out["Access rules"] = "enabled"
		return out
	end
	out["Script checks"] = runs_scripts(self) or nil
	out["Services"] = services_of(api)
	set_version(host, port, version)
	report(out, runs_scripts(self))
	return out
end
