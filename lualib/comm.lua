--- comm: connects, sends one request, reads what comes: get_banner, exchange,
-- opencon, tryssl.
-- Options of all: bytes or lines (at least so many are waited for), proto ("tcp",
-- "udp", "ssl"), timeout (ms, of connecting and of each read) or connect_timeout and
-- request_timeout, recv_before (the server speaks first: read that before sending),
-- any_af (a host name may lead to addresses of the family that is not scanned).

local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, select, table, type = ipairs, select, table, type

local M = {}

-- What a server takes to think, besides the way there and back.
local thinking_ms = 6000
-- Of an answer that is waited for by lines.
local lines_bytes_max, lines_ms_max = 262144, 10000

local function timeouts(host, opts)
	local connect = opts.connect_timeout or opts.timeout or stdnse.get_timeout(host)
	return connect, opts.request_timeout or opts.timeout or connect + thinking_ms
end

-- The options as connect() needs them; a port that is a number is one of TCP.
local function protocol_of(port, opts)
	return opts.proto or type(port) == "table" and port.protocol or "tcp"
end

-- The names and families to try; only any_af makes a list of several.
local function addresses_of(host, opts)
	local name = type(host) == "string" and host or type(host) == "table" and not host.ip and host.targetname
	if not opts.any_af or not name then
		return { { host = host } }
	end
	local found, list = nmap.resolve(name, "unspec")
	local out = {}
	for _, address in ipairs(found and list or {}) do
		local family = address:find(":", 1, true) and "inet6" or "inet"
		out[#out + 1] = { host = { ip = address, targetname = name }, family = family }
	end
	return out
end

local function new_socket(proto, family)
	local kind = proto == "udp" and "udp" or "tcp"
	if family then
		return nmap.new_socket(kind, family)
	end
	return nmap.new_socket(kind)
end

-- A connected socket whose reads wait as the options say; nil and why not.
local function connected(host, port, opts)
	local connect_ms, request_ms = timeouts(host, opts)
	local proto, why = protocol_of(port, opts), "the name has no address"
	for _, address in ipairs(addresses_of(host, opts)) do
		local socket, ok = new_socket(proto, address.family), nil
		socket:set_timeout(connect_ms)
		ok, why = socket:connect(address.host, port, proto)
		if ok then
			socket:set_timeout(request_ms)
			return socket
		end
		socket:close()
	end
	return nil, why
end

-- As socket:receive_lines(), but for a server that says much without a line's end, or little
-- for long.
local function receive_lines(socket, count, ms)
	local pieces, bytes, lines, ends = {}, 0, 0, nmap.clock_ms() + ms
	repeat
		local ok, data = socket:receive()
		if not ok then
			return bytes > 0, bytes > 0 and table.concat(pieces) or data
		end
		pieces[#pieces + 1] = data
		bytes = bytes + #data
		lines = lines + select(2, data:gsub("\n", ""))
	until lines >= count or bytes >= lines_bytes_max or nmap.clock_ms() > ends
	return true, table.concat(pieces)
end

local function read(socket, opts)
	if opts.lines then
		return receive_lines(socket, opts.lines, opts.request_timeout or opts.timeout or lines_ms_max)
	elseif opts.bytes then
		return socket:receive_bytes(opts.bytes)
	end
	return socket:receive()
end

-- The server's first words, if they are to be waited for; they may have as many bytes
-- as they like.
local function greeting_of(socket, opts)
	if not opts.recv_before then
		return true, nil
	end
	return read(socket, opts)
end

local function answer_to(socket, data, opts)
	local ok, why = socket:send(data)
	if not ok then
		return nil, why
	end
	return read(socket, opts)
end

--- Connects, and sends `data` unless it is nil or "". Gives the socket, the response
-- (without data: the greeting, if it was waited for) and the greeting; or nil, why not,
-- and the greeting.
function M.opencon(host, port, data, opts)
	opts = opts or {}
	local socket, why = connected(host, port, opts)
	if not socket then
		return nil, why
	end
	local ok, greeting = greeting_of(socket, opts)
	local response = greeting
	if not ok then
		socket:close()
		return nil, greeting
	elseif data and data ~= "" then
		ok, response = answer_to(socket, data, opts)
	end
	if not ok then
		socket:close()
		return nil, response, greeting
	end
	return socket, response, greeting
end

-- A port as rules look at it, of a number or of what a script made up itself.
local function port_facts(port)
	if type(port) == "table" and port.version and port.version.name_confidence then
		return port
	end
	return { number = type(port) == "table" and port.number or port, protocol = "tcp", state = "open",
		service = type(port) == "table" and port.service or nil,
		version = { name_confidence = 10, service_tunnel = "none" } }
end

-- "tcp" and "ssl" in the order in which they are likely.
local function likely_order(host, port, opts)
	local guess = opts.proto == "ssl" or opts.proto ~= "tcp" and shortport.ssl(host, port_facts(port))
	if guess then
		return { "ssl", "tcp" }
	end
	return { "tcp", "ssl" }
end

local option_names = {
	"bytes", "lines", "timeout", "connect_timeout", "request_timeout", "recv_before", "any_af",
}

local function with_proto(opts, proto)
	local copy = { proto = proto }
	for _, key in ipairs(option_names) do
		copy[key] = opts[key]
	end
	return copy
end

--- As opencon, over TLS or plain, whichever answers: what the port is likely to be is
-- tried first, the other when that does not connect or answer. Gives the socket, the
-- response, "tcp" or "ssl", and the greeting; or nil, why not, "none".
function M.tryssl(host, port, data, opts)
	opts = opts or {}
	local why
	for _, proto in ipairs(likely_order(host, port, opts)) do
		local socket, response, greeting = M.opencon(host, port, data, with_proto(opts, proto))
		if socket then
			return socket, response, proto, greeting
		end
		why = response
	end
	return nil, why, "none"
end

--- What a server says first: true and that, or false and why not.
function M.get_banner(host, port, opts)
	local plain = protocol_of(port, opts or {}) ~= "udp"
	local options = with_proto(opts or {}, not plain and "udp" or (opts or {}).proto)
	options.recv_before = true
	local connect = plain and M.tryssl or M.opencon
	local socket, banner = connect(host, port, nil, options)
	if not socket then
		return false, banner
	end
	socket:close()
	return true, banner
end

--- Sends data, gives the answer and closes: true and that, or false and why not.
function M.exchange(host, port, data, opts)
	local socket, response = M.opencon(host, port, data, opts)
	if not socket then
		return false, response
	end
	local ok = true
	if (not data or data == "") and not (opts and opts.recv_before) then
		ok, response = read(socket, opts or {})
	end
	socket:close()
	return ok and true or false, response
end

return strict(M)
