--- pop3: what a POP3 server (RFC 1939, RFC 2449) can do.
--   local capabilities = pop3.capabilities(host, port)     -- { SASL = {"PLAIN"}, TOP = {} }

local lineclient = require "lineclient"
local strict = require "strict"
local ipairs, table, type = ipairs, table, type

local M = {}

--- What a call may end with.
M.err = { none = 0, userError = 1, pwError = 2, informational = 3, OpenSSLMissing = 4 }

--- Whether a line says yes.
function M.stat(line)
	return type(line) == "string" and line:sub(1, 3) == "+OK"
end

--- Connects and takes the greeting; a lineclient connection and the greeting, nil and why not.
function M.connect(host, port, options)
	return lineclient.greeted(host, port, options, M.stat, "no POP3 server")
end

--- Goes on in TLS; true, or false and why not.
function M.starttls(conn)
	local ok = conn:send "STLS\r\n"
	local line, err
	if ok then
		line, err = conn:line()
	end
	if not M.stat(line) then
		return false, line or err
	end
	return conn:starttls()
end

--- The capabilities that the lines of an answer to CAPA name: an array of { name =, args = {} }.
function M.parse_capabilities(lines)
	local out = {}
	for i, line in ipairs(lines) do
		local name, rest = line:match "^(%S+)%s*(.*)$"
		if i > 1 and name and name ~= "." then
			local args = {}
			for word in rest:gmatch "%S+" do
				args[#args + 1] = word
			end
			out[#out + 1] = { name = name, args = args }
		end
	end
	return out
end

local function is_end(line)
	return line == "." or line:sub(1, 4) == "-ERR"
end

--- The capabilities as an array, then whether the greeting has a time stamp for APOP (RFC 1939, 7)
-- and whether the connection is in TLS; nil and why not.
function M.capability_list(host, port, options)
	local conn, greeting = M.connect(host, port, options)
	if not conn then
		return nil, greeting
	end
	local lines, err = conn:ask("CAPA", is_end)
	conn:send "QUIT\r\n"
	conn:close()
	if not lines then
		return nil, err
	elseif not M.stat(lines[1]) then
		return nil, lines[1]
	end
	return M.parse_capabilities(lines), greeting:find "<[^<>%s]+@[^<>%s]+>" ~= nil, conn.tls
end

--- The same as a table: the names for keys, arrays of arguments for values; APOP where it can be
-- used.
function M.capabilities(host, port)
	local list, apop = M.capability_list(host, port)
	if not list then
		return nil, apop
	end
	local out = { APOP = apop and {} or nil }
	for _, capability in ipairs(list) do
		local args = out[capability.name] or {}
		table.move(capability.args, 1, #capability.args, #args + 1, args)
		out[capability.name] = args
	end
	return out
end

--- Logs in on a socket whose greeting was taken: true, or false and one of M.err.
function M.login_user(socket, user, password)
	for i, command in ipairs { "USER " .. user, "PASS " .. password } do
		local ok = socket:send(command:gsub("[\r\n]", "") .. "\r\n")
		if not ok or not M.stat(lineclient.read(socket)) then
			return false, i == 1 and M.err.userError or M.err.pwError
		end
	end
	return true, M.err.none
end

return strict(M)
