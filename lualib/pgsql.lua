--- pgsql: the client's side of PostgreSQL's protocol 3.0 up to the login
-- (postgresql.org, "Frontend/Backend Protocol"): request for TLS, start, what the server
-- wants to know, errors, parameters.
--   local v3 = pgsql.detectVersion(host, port)
--   local status, response = v3.sendStartup(socket, "postgres", "postgres")
--   if status and response.authtype == pgsql.AuthenticationType.MD5 then ...

local bytestream = require "bytestream"
local strict = require "strict"
local pcall, require, string = pcall, require, string

local M = {}

M.MessageType = {
	Error = 0x45, BackendKeyData = 0x4b, AuthRequest = 0x52, ParameterStatus = 0x53, ReadyForQuery = 0x5a,
	PasswordMessage = 0x70, NegotiateProtocolVersion = 0x76,
}

M.AuthenticationType = { Success = 0x00, Plain = 0x03, MD5 = 0x05, GSS = 0x07, SSPI = 0x09, SASL = 0x0a }

--- What people call them.
M.AuthenticationName = {
	[0] = "none", [2] = "kerberos", [3] = "password (clear text)", [4] = "crypt", [5] = "md5", [7] = "gss",
	[9] = "sspi", [10] = "scram",
}

local message_max, messages_max = 65536, 64
local ssl_request_code, protocol_3 = 80877103, 196608

-- Messages -----------------------------------------------------------------------

--- The request to go on in TLS; it is answered by one byte.
function M.buildSSLRequest()
	return string.pack(">I4I4", 8, ssl_request_code)
end

--- A start; without a database it is the one called as the user.
function M.buildStartup(user, database)
	local content = string.pack(">I4zzzz", protocol_3, "user", user, "database", database or user) .. "\0"
	return string.pack(">I4", #content + 4) .. content
end

function M.buildPassword(text)
	return string.pack(">BI4z", M.MessageType.PasswordMessage, #text + 5, text)
end

-- The text at a position up to NUL, and what is behind it; nil if there is none.
local function text_at(content, at)
	local ending = content:find("\0", at, true)
	if not ending then
		return nil, #content + 1
	end
	return content:sub(at, ending - 1), ending + 1
end

local error_names = {
	S = "severity", V = "severity_plain", C = "code", M = "message", D = "detail", H = "hint", F = "file", L = "line",
	R = "routine",
}

--- An error's fields: severity, code, message, file, line, routine ...
function M.parseError(content)
	local found, at = {}, 1
	while at <= #content and content:byte(at) ~= 0 do
		local value, after = text_at(content, at + 1)
		local name = error_names[content:sub(at, at)]
		if name then
			found[name] = value
		end
		at = after
	end
	return found
end

local function parse_authentication(content)
	if #content < 4 then
		return nil
	end
	local found = { type = M.MessageType.AuthRequest, authtype = string.unpack(">I4", content) }
	if found.authtype == M.AuthenticationType.MD5 and #content >= 8 then
		found.salt = content:sub(5, 8)
	elseif found.authtype == M.AuthenticationType.SASL then
		found.mechanisms = {}
		local name, at = text_at(content, 5)
		while name and name ~= "" do
			found.mechanisms[#found.mechanisms + 1] = name
			name, at = text_at(content, at)
		end
	end
	return found
end

-- Servers before 7.4 send errors without length.
local function rest_of(head)
	local length = string.unpack(">I4", head, 2)
	if length < 4 or length > message_max then
		return nil, "not PostgreSQL"
	end
	return length - 4
end

-- The next message: its type and content.
local function read_message(stream)
	local head, content = stream:framed(5, rest_of)
	return head and head:byte(), content
end

-- Version 3 ----------------------------------------------------------------------

M.v3 = {}

--- Asks for TLS; true when the server is ready for the handshake (socket:reconnect_ssl()).
function M.requestSSL(socket)
	local ok, why = socket:send(M.buildSSLRequest())
	if not ok then
		return false, why
	end
	local answer
	answer, why = bytestream.wrap(socket, { most = 1024 }):some()
	if not answer then
		return false, why
	end
	return answer == "S", answer
end

M.v3.requestSSL = M.requestSSL

-- What the server says to a start or a password: an authentication request, or an error.
local function read_authentication(stream)
	local kind, content = read_message(stream)
	if kind == M.MessageType.NegotiateProtocolVersion then
		kind, content = read_message(stream)
	end
	if kind == M.MessageType.Error then
		return false, { error = M.parseError(content) }
	end
	local found = kind == M.MessageType.AuthRequest and parse_authentication(content)
	if not found then
		return false, { error = { message = kind and "unknown answer" or content } }
	end
	return true, found
end

-- What follows a login that succeeded: the server's parameters.
local function read_parameters(stream)
	local parameters = {}
	for _ = 1, messages_max do
		local kind, content = read_message(stream)
		if kind == M.MessageType.ParameterStatus then
			local name, at = text_at(content, 1)
			local value = text_at(content, at)
			if name and value then
				parameters[name] = value
			end
		elseif kind ~= M.MessageType.BackendKeyData then
			break
		end
	end
	return parameters
end

--- Starts a session: true and {type =, authtype = (an AuthenticationType), salt =, mechanisms =}, and where
-- nothing is asked for, the server's `parameters`; false and {error = {message =, code =}}.
function M.v3.sendStartup(socket, user, database)
	local ok, why = socket:send(M.buildStartup(user, database))
	if not ok then
		return false, { error = { message = why } }
	end
	local stream = bytestream.wrap(socket)
	local status, found = read_authentication(stream)
	if status and found.authtype == M.AuthenticationType.Success then
		found.parameters = read_parameters(stream)
	end
	return status, found
end

local function md5_answer(username, password, salt)
	local openssl = require "openssl"
	local function hex(text)
		return (openssl.md5(text):gsub(".", function(byte) return string.format("%02x", byte:byte()) end))
	end
	return "md5" .. hex(hex(password .. username) .. salt)
end

--- Answers a request for a password (params is what sendStartup gave).
function M.v3.loginRequest(socket, params, username, password, salt)
	local answer = password
	if params.authtype == M.AuthenticationType.MD5 then
		local ok, text = pcall(md5_answer, username, password, salt)
		answer = ok and text or nil
	elseif params.authtype ~= M.AuthenticationType.Plain then
		answer = nil
	end
	if not answer or not socket:send(M.buildPassword(answer)) then
		return false, { error = { message = "unknown kind of login" } }
	end
	local status, found = read_authentication(bytestream.wrap(socket))
	return status and found.authtype == M.AuthenticationType.Success, found
end

--- The functions for a server's protocol. That is 3.0 in all servers since 2003.
function M.detectVersion(_, _)
	return M.v3
end

--- An error as one line.
function M.printErrorMessage(found)
	return string.format("%s: %s", found.severity or "ERROR", found.message or "")
end

return strict(M)
