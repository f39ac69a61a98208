local jsonapi = require "jsonapi"
local stdnse = require "stdnse"

description = [[
Shows the counters of a CouchDB server that has no secrets about them, and whether anybody
is its administrator.
]]

-- @usage portolan --script couchdb-stats -p 5984 TARGET
-- @output
-- | couchdb-stats:
-- |   httpd:
-- |     requests:
-- |       description: number of HTTP requests
-- |       current: 9
-- |       sum: 9
-- |_  Authentication: NOT enabled ("admin party")

author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe" }

portrule = jsonapi.rule({ 5984, 6984 }, { "httpd", "couchdb" }, "couchdb")

local groups_max, counters_max = 50, 200

local function sorted_names(value)
	local names = {}
	for name in pairs(value) do
		if type(name) == "string" then
			names[#names + 1] = name
		end
	end
	table.sort(names)
	return names
end

-- A counter that has counted: {description, current, sum}; since 2.0 {desc, value}.
local function counter_of(value)
	local now = jsonapi.text(value.current) or jsonapi.text(value.value)
	if not now then
		return nil
	end
	local out = stdnse.output_table()
	out.description = jsonapi.text(value.description) or jsonapi.text(value.desc)
	out.current = now
	out.sum = jsonapi.text(value.sum)
	return out
end

local function group_of(group)
	local out, count = stdnse.output_table(), 0
	for _, name in ipairs(sorted_names(group)) do
		local value = jsonapi.object(group[name])
		local counter = value and counter_of(value)
		if counter and count < counters_max then
			out[name], count = counter, count + 1
		end
	end
	return count > 0 and out or nil
end

-- Whoever has no name and the role _admin is anybody.
local function authentication(api)
	local context = jsonapi.at((api:get "/_session"), "userCtx")
	for _, role in ipairs(jsonapi.object(jsonapi.at(context, "roles")) or {}) do
		if role == "_admin" and not jsonapi.at(context, "name") then
			return 'NOT enabled ("admin party")'
		end
	end
	return context and "enabled" or "unknown"
end

function action(host, port)
	local api = jsonapi.new(host, port)
	local stats = jsonapi.object((api:get "/_stats")) or jsonapi.object((api:get "/_node/_local/_stats"))
	if not stats then
		return nil
	end
	local out, count = stdnse.output_table(), 0
	for _, name in ipairs(sorted_names(stats)) do
		local group = jsonapi.object(stats[name])
		local counters = group and count < groups_max and group_of(group)
		if counters then
			out[name], count = counters, count + 1
		end
	end
	if count == 0 then
		return nil
	end
	out["Authentication"] = authentication(api)
	return out
end
