local finding = require "finding"
local jsonapi = require "jsonapi"
local nmap = require "nmap"
local stdnse = require "stdnse"

description = [[
Shows the version of a Kubernetes API server, and what it, or a node's kubelet, shows to
anonymous users: namespaces, pods. Names are shown; secrets are not asked for.
]]

-- @usage portolan --script kubernetes-info -p 6443,10250 TARGET
-- @output
-- | kubernetes-info:
-- |   Version: v1.24.17
-- |   Platform: linux/amd64
-- |   Go: go1.20.7
-- |   Anonymous: reads namespaces
-- |   Namespaces:
-- |     default
-- |_    kube-system

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

local kubelet_ports = { [10250] = true, [10255] = true }

portrule = jsonapi.rule({ 6443, 8001, 10250, 10255, 16443 }, { "kubernetes", "sun-sr-https" }, "kubernetes")

local names_max = 50

-- The names of a list's items: "default", or "kube-system/dns".
local function names_of(list)
	local names = {}
	for _, item in ipairs(jsonapi.object(jsonapi.at(list, "items")) or {}) do
		local name = jsonapi.text(jsonapi.at(item, "metadata", "name"))
		local space = jsonapi.text(jsonapi.at(item, "metadata", "namespace"))
		if name and #names < names_max then
			names[#names + 1] = space and space .. "/" .. name or name
		end
	end
	return names
end

local function list_of(api, path, kind)
	local answer = api:get(path)
	return jsonapi.at(answer, "kind") == kind and names_of(answer) or nil
end

local function report(seen, what)
	finding.report {
		id = "kubernetes-anonymous", title = "Kubernetes with rights for anybody", severity = "critical", seen = seen,
		why = "Whoever reaches the port " .. what .. " without a login, and may take over the cluster.",
		remedy = "Set --anonymous-auth=false, and take system:anonymous and system:unauthenticated out of role bindings.",
		references = { "CWE-306" },
	}
end

local function kubelet(api)
	local pods = list_of(api, "/pods", "PodList")
	if not pods then
		return nil
	end
	local out = stdnse.output_table()
	out["Kubelet"] = "answers anonymous users"
	out["Pods"] = pods
	report(string.format("/pods of the kubelet listed %d pods", #pods), "reads pods and may run commands in them")
	return out
end

local function set_version(host, port, version)
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "kubernetes", "Kubernetes", version
	nmap.set_port_version(host, port)
end

local function api_server(host, port, api)
	local version, response = api:get "/version"
	local name = jsonapi.text(jsonapi.at(version, "gitVersion"))
	local out = stdnse.output_table()
	if not name then
		local status = jsonapi.object(jsonapi.parse(response.body))
		if jsonapi.at(status, "kind") ~= "Status" or jsonapi.at(status, "apiVersion") ~= "v1" then
			return nil
		end
		out["Anonymous"] = "no"
		return out
	end
	local spaces = list_of(api, "/api/v1/namespaces?limit=20", "NamespaceList")
	out["Version"] = name
	out["Platform"] = jsonapi.text(version.platform)
	out["Go"] = jsonapi.text(version.goVersion)
	out["Anonymous"] = spaces and "reads namespaces" or "version only"
	out["Namespaces"] = spaces
	set_version(host, port, name)
	if spaces then
		report(string.format("%s listed %d namespaces", name, #spaces), "reads objects of the cluster")
	end
	return out
end

function action(host, port)
	local api = jsonapi.new(host, port)
	if kubelet_ports[port.number] then
		return kubelet(api)
	end
	return api_server(host, port, api)
end
