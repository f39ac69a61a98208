local finding = require "finding"
local jsonapi = require "jsonapi"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows whether RabbitMQ's management interface wants a login, and what it says without one.
]]

-- @usage portolan --script rabbitmq-info -p 15672 TARGET
-- @output
-- | rabbitmq-info:
-- |   Version: 3.8.9
-- |   Erlang: 23.2.6
-- |   Cluster: rabbit@lab
-- |   Queues: 2
-- |_  Connections: 1

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = jsonapi.rule({ 15671, 15672 }, { "rabbitmq-management" }, "rabbitmq management")

local function is_tls(host, port, api)
	return api.scheme == "https" or port.version and port.version.service_tunnel == "ssl" or shortport.ssl(host, port)
end

local function closed(host, port, api)
	if not is_tls(host, port, api) then
		finding.report {
			id = "rabbitmq-clear-text-login", title = "RabbitMQ's management takes passwords in clear text",
			severity = "medium", seen = "HTTP 401 with Basic realm=\"RabbitMQ Management\" without TLS",
			why = "Who listens on the path reads the administrator's password.",
			remedy = "Use management.ssl.port with a certificate, and no management.tcp.port.",
			references = { "CWE-319", "CWE-522" },
		}
	end
	local out = stdnse.output_table()
	out["Authentication"] = "required"
	return out
end

local function set_version(host, port, version)
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "http", "RabbitMQ management", version
	nmap.set_port_version(host, port)
end

local function open(host, port, overview, version)
	local out = stdnse.output_table()
	out["Version"] = version
	out["Erlang"] = jsonapi.text(overview.erlang_version)
	out["Cluster"] = jsonapi.text(overview.cluster_name)
	out["Queues"] = jsonapi.text(jsonapi.at(overview, "object_totals", "queues"))
	out["Connections"] = jsonapi.text(jsonapi.at(overview, "object_totals", "connections"))
	finding.report {
		id = "rabbitmq-management-open", title = "RabbitMQ's management without a login", severity = "high",
		seen = string.format("/api/overview answered with 200: RabbitMQ %s, %s", version, out["Cluster"] or "?"),
		why = "Whoever reaches the port reads, sends and deletes messages, and may change users.",
		remedy = "Take away what logs in for everybody (a proxy, an anonymous user), and let users log in.",
		references = { "CWE-306" },
	}
	set_version(host, port, version)
	return out
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local overview, response = api:get "/api/overview"
	local asks = response.status == 401 and (response.header and response.header["www-authenticate"] or "")
	if asks and asks:find("RabbitMQ", 1, true) then
		return closed(host, port, api)
	end
	local version = jsonapi.text(jsonapi.at(overview, "rabbitmq_version"))
	return version and open(host, port, overview, version) or nil
end
