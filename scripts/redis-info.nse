local finding = require "finding"
local nmap = require "nmap"
local redis = require "redis"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows what a Redis server that asks for no password says of itself: version, system,
memory, role, its addresses and who is connected.
]]

-- @usage portolan --script redis-info -p 6379 TARGET
-- @output
-- | redis-info:
-- |   Version: 7.0.15
-- |   Operating System: Linux 6.1.0 x86_64
-- |   Architecture: 64 bits
-- |   Process ID: 1234
-- |   Used memory: 895.30K
-- |   Role: master
-- |   Bind addresses:
-- |     0.0.0.0
-- |   Client connections:
-- |_    10.0.0.1

author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service({ 6379, 26379 }, { "redis", "redis-sentinel" })

-- What INFO calls it, and what we do, in the order of the output.
local rows = {
	{ "redis_version", "Version" }, { "os", "Operating System" }, { "arch_bits", "Architecture", "%s bits" },
	{ "process_id", "Process ID" }, { "used_cpu_sys", "Used CPU (sys)" }, { "used_cpu_user", "Used CPU (user)" },
	{ "connected_clients", "Connected clients" }, { "connected_slaves", "Connected slaves" },
	{ "used_memory_human", "Used memory" }, { "role", "Role" },
}

local addresses_max = 1000

local function fields_of(text)
	local fields = {}
	for name, value in text:gmatch "([%w_]+):([^\r\n]*)" do
		fields[name] = value
	end
	return fields
end

local function ask(helper, kind, ...)
	local status, response = helper:reqCmd(...)
	return status and response.type == kind and response.data or nil
end

-- CONFIG GET bind: {"bind", "127.0.0.1 ::1"}.
local function bound_to(helper)
	local answer = ask(helper, redis.Response.Type.MULTIBULK, "CONFIG", "GET", "bind")
	local list = {}
	for address in (answer and type(answer[2]) == "string" and answer[2] or ""):gmatch "%S+" do
		list[#list + 1] = address
	end
	return #list > 0 and list or nil
end

local function clients(helper)
	local text = ask(helper, redis.Response.Type.BULK, "CLIENT", "LIST") or ""
	local list, known = {}, {}
	for address in text:gmatch " addr=(%S-):%d+ " do
		if not known[address] and #list < addresses_max then
			known[address] = true
			list[#list + 1] = address
		end
	end
	table.sort(list)
	return #list > 0 and list or nil
end

local function set_version(host, port, fields)
	port.version = port.version or {}
	port.version.name, port.version.version = "redis", fields.redis_version
	if fields.arch_bits then
		port.version.extrainfo = fields.arch_bits .. " bits"
	end
	port.version.cpe = port.version.cpe or {}
	port.version.cpe[1] = "cpe:/a:redis:redis:" .. fields.redis_version
	nmap.set_port_version(host, port)
end

local reports = {
	data = {
		id = "redis-without-password", title = "Redis without a password",
		why = "Anybody who reaches the port reads and changes the data, and may write files as the server's user.",
		remedy = "Set requirepass or users with ACL, bind 127.0.0.1, and protected-mode yes.",
	},
	sentinel = {
		id = "redis-sentinel-without-password", title = "Redis Sentinel without a password",
		why = "Anybody who reaches the port learns where the data are and may name another server as their master.",
		remedy = "Set requirepass in sentinel.conf, and bind it to the addresses of its peers.",
	},
}

local function report_open(fields)
	local report = reports[fields.redis_mode == "sentinel" and "sentinel" or "data"]
	report.severity, report.references = "high", { "CWE-306" }
	report.seen = string.format("INFO answered: redis_version:%s, redis_mode:%s", fields.redis_version,
		fields.redis_mode or "?")
	finding.report(report)
end

function action(host, port)
	local helper = redis.Helper:new(host, port)
	if not helper:connect() then
		return nil
	end
	local fields = fields_of(ask(helper, redis.Response.Type.BULK, "INFO") or "")
	if not fields.redis_version then
		helper:close()
		return nil
	end
	local out = stdnse.output_table()
	for _, row in ipairs(rows) do
		local value = fields[row[1]]
		out[row[2]] = value and (row[3] or "%s"):format(value)
	end
	out["Bind addresses"] = bound_to(helper)
	out["Client connections"] = clients(helper)
	helper:close()
	set_version(host, port, fields)
	report_open(fields)
	return out
end
