local finding = require "finding"
local jsonapi = require "jsonapi"
local nmap = require "nmap"
local stdnse = require "stdnse"

description = [[
Shows name, cluster, version, health and indices of an Elasticsearch or OpenSearch node that
wants no login, and whether it wants one.
]]

-- @usage portolan --script elasticsearch-info -p 9200 TARGET
-- @output
-- | elasticsearch-info:
-- |   Name: harbour
-- |   Cluster: lab
-- |   Version: 7.10.2
-- |   Lucene: 8.7.0
-- |   Status: yellow
-- |   Nodes: 1
-- |   Indices:
-- |_    customers (3 documents, 10kb)

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = jsonapi.rule({ 9200 }, { "elasticsearch", "wap-wsp" }, "elasticsearch")

local indices_max = 100

local function wants_login(response)
	local header = response.header or {}
	local body = response.body or ""
	return response.status == 401 and (header["x-elastic-product"] ~= nil or
		body:find("security_exception", 1, true) ~= nil or body == "Unauthorized" and
		(header["www-authenticate"] or ""):find("OpenSearch", 1, true) ~= nil)
end

-- {"customers (3 documents, 10kb)", ...}
local function indices_of(api)
	local answer = jsonapi.object((api:get "/_cat/indices?format=json&h=index,docs.count,store.size"))
	local lines = {}
	for _, row in ipairs(answer or {}) do
		local name = jsonapi.text(jsonapi.at(row, "index"))
		if name and #lines < indices_max then
			lines[#lines + 1] = string.format("%s (%s documents, %s)", name,
				jsonapi.text(jsonapi.at(row, "docs.count")) or "?", jsonapi.text(jsonapi.at(row, "store.size")) or "?")
		end
	end
	table.sort(lines)
	return #lines > 0 and lines or nil
end

local function report(out)
	finding.report {
		id = "elasticsearch-without-login", title = "Elasticsearch without a login", severity = "high",
		seen = string.format("GET / answered: cluster %s, version %s", out["Cluster"], out["Version"]),
		why = "Anybody who reaches the port reads, changes and deletes what is stored.",
		remedy = "Set xpack.security.enabled: true, make users, and set network.host to an inner address.",
		references = { "CWE-306" },
	}
end

local function set_version(host, port, product, version)
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "http", product, version
	nmap.set_port_version(host, port)
end

local function closed()
	local out = stdnse.output_table()
	out["Authentication"] = "required"
	return out
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local root, response = api:get "/"
	if wants_login(response) then
		return closed()
	end
	local version = jsonapi.text(jsonapi.at(root, "version", "number"))
	if not version or not jsonapi.at(root, "cluster_name") then
		return nil
	end
	local open_search = jsonapi.at(root, "version", "distribution") == "opensearch"
	local health = api:get "/_cluster/health"
	local out = stdnse.output_table()
	out["Name"] = jsonapi.text(root.name)
	out["Cluster"] = jsonapi.text(root.cluster_name)
	out["Distribution"] = open_search and "OpenSearch" or nil
	out["Version"] = version
	out["Lucene"] = jsonapi.text(jsonapi.at(root, "version", "lucene_version"))
	out["Status"] = jsonapi.text(jsonapi.at(health, "status"))
	out["Nodes"] = jsonapi.text(jsonapi.at(health, "number_of_nodes"))
	out["Indices"] = indices_of(api)
	set_version(host, port, open_search and "OpenSearch" or "Elasticsearch", version)
	report(out)
	return out
end
