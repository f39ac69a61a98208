--- jsonapi: interfaces of servers that answer GET by JSON (Docker, etcd, Elasticsearch ...).
--   local api = jsonapi.new(host, port)
--   local version, response = api:get "/version"     -- a table, or nil
--   return jsonapi.ordered(version)
-- What a server redirects to is not asked: it may be another one.

local json = require "json"
local shortport = require "shortport"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, pairs, require, setmetatable = ipairs, pairs, require, setmetatable
local table, tostring, type = table, tostring, type

local M = {}

local body_max, depth_max, elements_max, text_max = 1048576, 12, 2000, 4096

--- A rule: these ports and services, and wherever version detection found a product whose
-- name contains the word.
function M.rule(ports, services, word)
	local by_port = shortport.port_or_service(ports, services)
	return function(host, port)
		local product = port.version and port.version.product or ""
		return by_port(host, port) or
			port.protocol == "tcp" and port.state == "open" and product:lower():find(word, 1, true) ~= nil
	end
end

local Api = {}
Api.__index = Api

--- Options: https (true: do not try without first), timeout (milliseconds).
function M.new(host, port, options)
	options = options or {}
	return setmetatable({ host = host, port = port, scheme = options.https and "https" or false,
		timeout = options.timeout or 8000 }, Api)
end

-- A server of TLS that was asked without closes, or says so in plain text.
local function wants_tls(response)
	return not response.status or response.status == 400 and
		(response.body or ""):lower():find "http request .-to .-https" ~= nil
end

local function options_of(api, more)
	local options = {
		redirect_ok = false, timeout = api.timeout, max_body_size = body_max, truncated_ok = true,
		header = { Accept = "application/json" },
	}
	if api.scheme then
		options.scheme = api.scheme
	end
	for name, value in pairs(more or {}) do
		options[name] = value
	end
	return options
end

local function request(api, send)
	local response = send()
	if api.scheme or not wants_tls(response) then
		return response
	end
	api.scheme = "https"
	local other = send()
	if not other.status then
		api.scheme = false
		return response
	end
	return other
end

--- The JSON of a text: a value, or nil.
function M.parse(text)
	if type(text) ~= "string" or #text > body_max then
		return nil
	end
	local ok, value = json.parse(text)
	if not ok then
		return nil
	end
	return value
end

local function answer_of(response)
	local value
	if response.status == 200 then
		value = M.parse(response.body)
	end
	return value, response
end

--- The value that a path has (only with status 200), and the whole response; its status is
-- nil where there was none.
function Api:get(path, options)
	local http = require "http"
	return answer_of(request(self, function()
		return http.get(self.host, self.port, path, options_of(self, options))
	end))
end

--- The same for a question that needs a body; only for requests that change nothing.
function Api:ask(path, body)
	local http = require "http"
	return answer_of(request(self, function()
		return http.post(self.host, self.port, path, options_of(self), nil, body)
	end))
end

--- A table of a server, or nil where the value is none (so that its fields can be read).
function M.object(value)
	return type(value) == "table" and value ~= json.NULL and value or nil
end

--- A text or number as text; nil for what else there may be.
function M.text(value)
	if type(value) ~= "string" and type(value) ~= "number" then
		return nil
	end
	return (tostring(value):sub(1, text_max))
end

--- What is below a path of names, or nil: jsonapi.at(answer, "version", "number").
function M.at(value, ...)
	for _, name in ipairs { ... } do
		value = M.object(value)
		value = value and value[name]
	end
	if value == json.NULL then
		return nil
	end
	return value
end

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

local function ordered(value, state)
	if value == json.NULL or state.depth > depth_max or state.elements > elements_max then
		return nil
	elseif type(value) ~= "table" then
		state.elements = state.elements + 1
		return type(value) == "string" and value:sub(1, text_max) or value
	end
	local out = stdnse.output_table()
	state.depth = state.depth + 1
	for _, item in ipairs(value) do
		out[#out + 1] = ordered(item, state)
	end
	for _, name in ipairs(sorted_names(value)) do
		out[name] = ordered(value[name], state)
	end
	state.depth = state.depth - 1
	return out
end

--- A value for a script's output: names sorted, without nulls, not endless.
function M.ordered(value)
	return ordered(value, { depth = 0, elements = 0 })
end

return strict(M)
