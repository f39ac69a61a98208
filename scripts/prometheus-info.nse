local finding = require "finding"
local jsonapi = require "jsonapi"
local nmap = require "nmap"
local stdnse = require "stdnse"

description = [[
Shows version and targets of a Prometheus server.
]]

-- @usage portolan --script prometheus-info -p 9090 TARGET
-- @output
-- | prometheus-info:
-- |   Version: 2.42.0
-- |   Go: go1.19.8
-- |   Targets:
-- |_    http://10.0.0.7:9100/metrics (node, up)

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = jsonapi.rule({ 9090 }, { "prometheus", "zeus-admin" }, "prometheus")

local targets_max = 100

local function targets_of(api)
	local answer = api:get "/api/v1/targets?state=active"
	local lines = {}
	for _, target in ipairs(jsonapi.object(jsonapi.at(answer, "data", "activeTargets")) or {}) do
		local address = jsonapi.text(jsonapi.at(target, "scrapeUrl"))
		if address and #lines < targets_max then
			lines[#lines + 1] = string.format("%s (%s, %s)", address, jsonapi.text(jsonapi.at(target, "labels", "job")) or "?",
				jsonapi.text(jsonapi.at(target, "health")) or "?")
		end
	end
	return lines
end

local function report(version, targets)
	finding.report {
		id = "prometheus-open", title = "Prometheus without a login", severity = "medium",
		seen = string.format("buildinfo answered version %s; %d targets%s", version, #targets,
			targets[1] and ", the first: " .. targets[1] or ""),
		why = "Anybody who reaches the port reads all measures, and the addresses of the machines inside.",
		remedy = "Set basic_auth_users in --web.config.file, or bind to an inner address.",
		references = { "CWE-306", "CWE-200" },
	}
end

local function set_version(host, port, version)
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "http", "Prometheus", version
	nmap.set_port_version(host, port)
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local build = jsonapi.at((api:get "/api/v1/status/buildinfo"), "data")
	local version = jsonapi.text(jsonapi.at(build, "version"))
	if not version or not jsonapi.at(build, "goVersion") then
		return nil
	end
	local targets = targets_of(api)
	local out = stdnse.output_table()
	out["Version"] = version
	out["Go"] = jsonapi.text(build.goVersion)
	out["Targets"] = #targets > 0 and targets or nil
	set_version(host, port, version)
	report(version, targets)
	return out
end
