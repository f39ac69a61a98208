local base64 = require "base64"
local finding = require "finding"
local jsonapi = require "jsonapi"
local stdnse = require "stdnse"

description = [[
Shows version and members of an etcd server, and whether anybody may read its keys (of which
a few names are shown, and no values).
]]

-- @usage portolan --script etcd-info -p 2379 TARGET
-- @output
-- | etcd-info:
-- |   Server: 3.4.23
-- |   Cluster: 3.4.0
-- |   Keys: readable
-- |   Some keys:
-- |_    /registry/secrets/default/token

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = jsonapi.rule({ 2379, 4001 }, { "etcd-client" }, "etcd")

local keys_max = 5

-- All keys: from NUL to the end. Its names are base64.
local range_request = '{"key":"AA==","range_end":"AA==","keys_only":true,"limit":"' .. keys_max .. '"}'

-- Names of keys of version 3; nil if they are not readable.
local function keys_v3(api)
	for _, path in ipairs { "/v3/kv/range", "/v3beta/kv/range", "/v3alpha/kv/range" } do
		local answer, response = api:ask(path, range_request)
		if jsonapi.at(answer, "header") then
			local names = {}
			for i, pair in ipairs(jsonapi.object(answer.kvs) or {}) do
				local name = i <= keys_max and jsonapi.text(jsonapi.at(pair, "key"))
				names[#names + 1] = name and base64.dec(name) or nil
			end
			return names, "v3"
		elseif response.status ~= 404 then
			return nil
		end
	end
	return nil
end

-- The same of version 2, of the root only.
local function keys_v2(api)
	local answer = api:get "/v2/keys/"
	if jsonapi.at(answer, "action") ~= "get" then
		return nil
	end
	local names = {}
	for i, node in ipairs(jsonapi.object(jsonapi.at(answer, "node", "nodes")) or {}) do
		names[#names + 1] = i <= keys_max and jsonapi.text(jsonapi.at(node, "key")) or nil
	end
	return names, "v2"
end

local function members_of(api)
	local answer = api:ask("/v3/cluster/member/list", "{}")
	local lines = {}
	for i, member in ipairs(jsonapi.object(jsonapi.at(answer, "members")) or {}) do
		local urls = jsonapi.object(jsonapi.at(member, "clientURLs")) or {}
		if i <= 20 then
			lines[i] = string.format("%s %s", jsonapi.text(jsonapi.at(member, "name")) or "?", jsonapi.text(urls[1]) or "")
		end
	end
	return #lines > 0 and lines or nil
end

local function report(names, kind, version)
	finding.report {
		id = "etcd-keys-readable", title = "etcd without a login", severity = "critical",
		seen = string.format("the %s interface of etcd %s read %d keys%s", kind, version, #names,
			names[1] and ", the first: " .. names[1] or ""),
		why = "Whoever reaches the port reads and changes all keys; of a Kubernetes cluster that is every secret in it.",
		remedy = "Use --client-cert-auth with --trusted-ca-file, or 'etcdctl auth enable', and inner addresses only.",
		references = { "CWE-306" },
	}
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local answer = api:get "/version"
	local version = jsonapi.text(jsonapi.at(answer, "etcdserver"))
	if not version then
		return nil
	end
	local names, kind = keys_v3(api)
	if not names then
		names, kind = keys_v2(api)
	end
	local out = stdnse.output_table()
	out["Server"] = version
	out["Cluster"] = jsonapi.text(answer.etcdcluster)
	out["Keys"] = names and "readable" or "not readable"
	out["Some keys"] = names and #names > 0 and names or nil
	out["Members"] = members_of(api)
	if names then
		report(names, kind, version)
	end
	return out
end
