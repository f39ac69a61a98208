--- stdnse: what every script uses: log lines, arguments, output tables, the
-- registry. What needs the scheduler (new_thread, base, gettid, isworker,
-- silent_require) is put into this module by the engine, which also replaces
-- getid, getinfo and gethostport (spec nse-api.md 12).

local datetime = require "datetime"
local nmap = require "nmap"
local strict = require "strict"
local stringaux = require "stringaux"
local tableaux = require "tableaux"

local _G = _G
local error, getmetatable, ipairs, next, pairs, rawset = error, getmetatable, ipairs, next, pairs, rawset
local select, setmetatable, tonumber, tostring, type = select, setmetatable, tonumber, tostring, type
local math, package, string, table = math, package, string, table

local M = {}

-- No script is running as long as the engine has not said so.
function M.getid() end
function M.getinfo() end
function M.gethostport() end

--- Waits; other scripts run meanwhile.
M.sleep = nmap.socket and nmap.socket.sleep

-- Log lines -----------------------------------------------------------------

-- "[id 10.0.0.1:80] " or as much of it as is known.
local function log_prefix()
	local host, port = M.gethostport()
	local words = { M.getinfo() or M.getid() }
	if host and host.ip then
		words[#words + 1] = host.ip .. (port and port.number and ":" .. port.number or "")
	end
	return #words > 0 and "[" .. table.concat(words, " ") .. "] " or ""
end

local function log_at(threshold, level, format, ...)
	if level <= threshold then
		nmap.log_write("stdout", log_prefix() .. string.format(format, ...))
	end
end

--- A line for runs with -d (level 1), -d2 ...
function M.debug(level, format, ...)
	log_at(nmap.debugging(), level, format, ...)
end

--- A line for runs with -v (level 1), -vv ...
function M.verbose(level, format, ...)
	log_at(nmap.verbosity(), level, format, ...)
end

for level = 1, 5 do
	M["debug" .. level] = function(format, ...)
		return M.debug(level, format, ...)
	end
	M["verbose" .. level] = function(format, ...)
		return M.verbose(level, format, ...)
	end
end

-- Older scripts leave the level out.
local function with_level(log)
	return function(level, format, ...)
		if type(level) == "number" then
			return log(level, format, ...)
		elseif format == nil then
			return log(1, level)
		end
		return log(1, level, format, ...)
	end
end

M.print_debug = with_level(function(...) return M.debug(...) end)
M.print_verbose = with_level(function(...) return M.verbose(...) end)

-- Moved to modules of their own since; the names stay ------------------------

M.strjoin = stringaux.strjoin
M.filename_escape = stringaux.filename_escape
M.string_or_blank = stringaux.string_or_blank
M.contains = tableaux.contains
M.keys = tableaux.keys
M.format_timestamp = datetime.format_timestamp
M.format_difftime = datetime.format_difftime
M.format_time = datetime.format_time
M.date_to_timestamp = datetime.date_to_timestamp

-- Bytes and numbers as text ---------------------------------------------------

local function hex_byte(c)
	return string.format("%02x", string.byte(c))
end

-- Groups of `size` digits, counted from the right.
local function grouped(digits, separator, size)
	local groups, first = {}, #digits % size
	if first > 0 then
		groups[1] = digits:sub(1, first)
	end
	for at = first + 1, #digits, size do
		groups[#groups + 1] = digits:sub(at, at + size - 1)
	end
	return table.concat(groups, separator)
end

--- A string's bytes or a number in hexadecimal digits. Options: `separator`
-- between groups of `group` digits (2).
function M.tohex(value, options)
	local digits
	if type(value) == "number" then
		digits = string.format("%x", value)
	elseif type(value) == "string" then
		digits = value:gsub(".", hex_byte)
	else
		error("tohex takes a string or a number, not a " .. type(value), 2)
	end
	if options and options.separator then
		return grouped(digits, options.separator, options.group or 2)
	end
	return digits
end

local function byte_of_hex(digits)
	return string.char(tonumber(digits, 16))
end

--- The bytes that hexadecimal digits (blanks between are fine) stand for; nil
-- when there is anything else or half a byte.
function M.fromhex(text)
	local digits = text:gsub("%s", "")
	if #digits % 2 == 1 or digits:find("%X") then
		return nil
	end
	return (digits:gsub("%x%x", byte_of_hex))
end

--- Six bytes as "00:11:22:33:44:55".
function M.format_mac(mac)
	return M.tohex(mac, { separator = ":" })
end

local unit_seconds = { [""] = 1, ms = 0.001, s = 1, m = 60, h = 3600, d = 86400 }

--- Seconds from "90", "500ms", "10s", "5m", "2h", "1d"; nil and why not.
function M.parse_timespec(spec)
	if spec == nil then
		return nil
	end
	local number, unit = string.match(tostring(spec), "^([%d.]+)(%a*)$")
	number = tonumber(number)
	if not number then
		return nil, "Can't parse time specification \"" .. tostring(spec) .. "\""
	elseif not unit_seconds[unit] then
		return nil, "Unknown time unit in \"" .. tostring(spec) .. "\""
	end
	return number * unit_seconds[unit]
end

--- The shortest text that parse_timespec reads as that many seconds (to the
-- millisecond).
function M.format_timespec(seconds)
	local ms = math.floor(seconds * 1000 + 0.5)
	for _, unit in ipairs { "d", "h", "m", "s" } do
		local size = unit_seconds[unit] * 1000
		if ms >= size and ms % size == 0 then
			return string.format("%d%s", ms // size, unit)
		end
	end
	return ms == 0 and "0s" or string.format("%dms", ms)
end

--- Milliseconds and microseconds since 1970.
function M.clock_ms()
	return nmap.clock_ms()
end

function M.clock_us()
	return math.floor(nmap.clock() * 1000000)
end

-- Hosts and sockets ------------------------------------------------------------

--- The name to speak of a host by: the one it was given as a target, its
-- reverse name, its address. Strings stay as they are.
function M.get_hostname(host)
	if type(host) ~= "table" then
		return host
	end
	local name = host.targetname or host.name
	return name and name ~= "" and name or host.ip
end

--- Milliseconds to wait for a host: seven times what its round trips suggest,
-- within the bounds (by default 1 to 8 seconds).
function M.get_timeout(host, max, min)
	local wait = max or 8000
	if type(host) == "table" and host.times and host.times.timeout then
		wait = host.times.timeout * 7000
	end
	return math.floor(math.max(min or 1000, math.min(max or 8000, wait)))
end

--- A function that gives the socket's data piece by piece, cut at a pattern;
-- without one, as it arrives. At the end: nil and the socket's error, after
-- what had come in without a separator behind it.
function M.make_buffer(socket, separator)
	local pending, failure = "", nil

	local function take(first, last)
		local piece = pending:sub(1, first - 1)
		pending = pending:sub(last + 1)
		return piece
	end

	local function find()
		if separator and pending ~= "" then
			local first, last = pending:find(separator)
			if first and last >= first then
				return take(first, last)
			end
		end
		if pending ~= "" and (failure or not separator) then
			return take(#pending + 1, #pending)
		end
		return nil
	end

	return function()
		local piece = find()
		while not piece do
			if failure then
				return nil, failure
			end
			local ok, data = socket:receive()
			if ok then
				pending = pending .. data
			else
				failure = data or "ERROR"
			end
			piece = find()
		end
		return piece
	end
end

--- The interfaces a script is to use: the one of -e, else all that the
-- function accepts (it gets nmap's table of the interface).
function M.get_script_interfaces(filter)
	local chosen, list = nmap.get_interface(), {}
	for _, interface in ipairs(nmap.list_interfaces() or {}) do
		local wanted = not chosen or chosen == interface.device or chosen == interface.shortname
		if wanted and (not filter or filter(interface)) then
			list[#list + 1] = interface
		end
	end
	return list
end

-- Arguments ----------------------------------------------------------------------

local function positional(args, name)
	for _, word in ipairs(args) do
		if word == name then
			return true
		end
	end
	return false
end

-- By full key, as a flag, by what is behind the last dot, as a flag.
local function find_argument(args, name)
	local short = name:match("[^.]*$")
	for _, key in ipairs { name, short } do
		if args[key] ~= nil then
			return args[key]
		elseif positional(args, key) then
			return 1
		end
	end
	return nil
end

-- One name, or a table of names of which the first that is given counts.
local function argument_of(args, names)
	if type(names) ~= "table" then
		return find_argument(args, names)
	end
	for _, name in ipairs(names) do
		local value = find_argument(args, name)
		if value ~= nil then
			return value
		end
	end
	return nil
end

--- The values of script arguments, in the order of the names; nil where one is
-- not given, 1 for one without a value.
function M.get_script_args(...)
	local args, count, values = nmap.registry.args or {}, select("#", ...), {}
	for i = 1, count do
		values[i] = argument_of(args, (select(i, ...)))
	end
	return table.unpack(values, 1, count)
end

-- Registry -----------------------------------------------------------------------

-- The table that a path of keys leads to, made where it is missing.
local function registry_table(subkeys)
	local t = nmap.registry
	for _, key in ipairs(subkeys) do
		if t[key] == nil then
			t[key] = {}
		end
		t = t[key]
	end
	return t
end

--- What is in the registry under a path of keys; nil when nothing is.
function M.registry_get(subkeys)
	local t = nmap.registry
	for _, key in ipairs(subkeys) do
		if type(t) ~= "table" or t[key] == nil then
			return nil
		end
		t = t[key]
	end
	return t
end

local function add_to_list(list, value, allow_duplicates)
	if allow_duplicates or not tableaux.contains(list, value, true) then
		list[#list + 1] = value
	end
end

--- Appends to the list under a path of keys; a value is there once unless
-- duplicates are wanted.
function M.registry_add_array(subkeys, value, allow_duplicates)
	add_to_list(registry_table(subkeys), value, allow_duplicates)
end

--- The same for the list under `key` in that table.
function M.registry_add_table(subkeys, key, value, allow_duplicates)
	local t = registry_table(subkeys)
	t[key] = t[key] or {}
	add_to_list(t[key], value, allow_duplicates)
end

-- Output -------------------------------------------------------------------------

-- Takes a key out of the order.
local function forget(order, key)
	for i, other in ipairs(order) do
		if other == key then
			return table.remove(order, i)
		end
	end
end

--- A table whose keys keep the order in which they were first set. pairs()
-- follows it; #t is the number of keys, t() whether there are any.
function M.output_table()
	local values, order = {}, {}
	return setmetatable({}, {
		__index = values,
		__newindex = function(_, key, value)
			if value == nil then
				forget(order, key)
			elseif values[key] == nil then
				order[#order + 1] = key
			end
			values[key] = value
		end,
		__pairs = function(t)
			-- Keys may be removed while somebody walks, as pairs allows.
			local i, walk = 0, table.move(order, 1, #order, 1, {})
			return function()
				repeat
					i = i + 1
				until walk[i] == nil or values[walk[i]] ~= nil
				return walk[i], values[walk[i]]
			end, t, nil
		end,
		__len = function() return #order end,
		__call = function() return #order > 0 end,
	})
end

local append_item

-- "name (WARNING: text)"; nil where neither is to be shown.
local function heading_of(list)
	local warning = list.warning and nmap.debugging() > 0 and "(WARNING: " .. tostring(list.warning) .. ")"
	local name = list.name and tostring(list.name)
	return name and warning and name .. " " .. warning or name or warning or nil
end

-- A list's heading and, a step further in, its items. An empty list is nothing at all.
local function append_list(lines, list, indent)
	if #list == 0 then
		return
	end
	lines[#lines + 1] = heading_of(list) and indent .. heading_of(list) or nil
	for _, item in ipairs(list) do
		append_item(lines, item, indent .. "  ")
	end
end

function append_item(lines, item, indent)
	if type(item) == "table" then
		append_list(lines, item, indent)
		return
	end
	local text = tostring(item):gsub("\n$", "")
	for line in (text .. "\n"):gmatch("(.-)\r?\n") do
		lines[#lines + 1] = indent .. line
	end
end

--- Text for a script's result: a list of lines and of lists, which may have a
-- `name` (heads it) and a `warning` (shown when debugging). With status false
-- the text is an error and shown when debugging only. nil if there is nothing
-- to show.
function M.format_output(status, data, indent)
	if data == nil or data == "" or not status and nmap.debugging() < 1 then
		return nil
	end
	local lines = {}
	append_list(lines, type(data) == "table" and data or { data }, string.rep("  ", indent or 0))
	if #lines == 0 then
		return nil
	end
	for i, line in ipairs(lines) do
		lines[i] = status and line or (line:gsub("^%s*", "%0ERROR: "))
	end
	return "\n" .. table.concat(lines, "\n") .. "\n"
end

-- Modules ------------------------------------------------------------------------

--- For stdnse.module: globals can be read in the new module.
function M.seeall(env)
	local meta = getmetatable(env) or {}
	meta.__index = _G
	return setmetatable(env, meta)
end

--- A module's environment: `_ENV = stdnse.module("name", stdnse.seeall)`. It is
-- registered as loaded; each function given is called with it.
function M.module(name, ...)
	local env = {}
	env._NAME, env._PACKAGE, env._M = name, name:match("^(.*%.)[^.]*$") or "", env
	for i = 1, select("#", ...) do
		(select(i, ...))(env)
	end
	package.loaded[name] = env
	return strict(env)
end

--- As require(). The engine's own, which replaces this one, makes it skip the
-- script quietly where the module is missing.
rawset(M, "silent_require", _G.require)

return strict(M)
