local finding = require "finding"
local jsonapi = require "jsonapi"
local nmap = require "nmap"
local shortport = require "shortport"

description = [[
Shows the version of a Docker engine whose interface is open on the network, and finds out
whether it also lists its containers to anybody.
]]

-- @usage portolan --script docker-version -p 2375,2376 TARGET
-- @output
-- | docker-version:
-- |   ApiVersion: 1.43
-- |   Arch: amd64
-- |   Os: linux
-- |_  Version: 24.0.7

author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe", "version" }

portrule = shortport.version_port_or_service({ 2375, 2376 }, { "docker", "docker-s" }, "tcp")

local function set_version(host, port, version)
	port.version = port.version or {}
	port.version.name, port.version.product = "docker", "Docker"
	port.version.version = jsonapi.text(version.Version)
	nmap.set_port_version(host, port)
end

local function report(version, containers)
	if containers then
		finding.report {
			id = "docker-api-open", title = "Docker's API without a login", severity = "critical",
			seen = string.format("/containers/json answered with 200, Docker %s", version.Version),
			why = "Whoever reaches the port may start a container with the host's root file system: he owns the host.",
			remedy = "Take -H tcp:// out of dockerd's options, or use --tlsverify with certificates for clients.",
			references = { "CWE-306" },
		}
	else
		finding.report {
			id = "docker-version-open", title = "Docker's API answers anybody", severity = "low",
			seen = string.format("/version answered with 200, Docker %s", version.Version),
			why = "It tells attackers which version to attack, though it did not list its containers.",
			remedy = "Use --tlsverify with certificates for clients.", references = { "CWE-200" },
		}
	end
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local version = jsonapi.object((api:get "/version"))
	if not version or not jsonapi.text(version.Version) or not version.ApiVersion then
		return nil
	end
	local containers = jsonapi.object((api:get "/containers/json?limit=1"))
	set_version(host, port, version)
	report(version, containers)
	return jsonapi.ordered(version)
end
