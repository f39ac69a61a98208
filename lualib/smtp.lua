--- smtp: asks mail servers (RFC 5321): greeting, EHLO, HELP, STARTTLS and the other commands.
--   local socket, banner = smtp.connect(host, port, { timeout = 8000 })
--   local ok, answer = smtp.ehlo(socket, smtp.get_domain(host))
--   smtp.quit(socket)
-- Answers are texts as they came, lines ended by CR LF.

local lineclient = require "lineclient"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, pairs, string, table, type = ipairs, pairs, string, table, type

local M = {}

--- What codes of an answer mean (RFC 5321, 4.2.3; RFC 4954, 6).
M.ERROR_MESSAGES = {
	["EOF"] = "connection closed",
	["TIMEOUT"] = "connection timeout",
	["ERROR"] = "failed to receive data",
	["421"] = "the service is not available, it closes the connection",
	["432"] = "the password has to be changed",
	["450"] = "the mailbox is busy",
	["451"] = "an error of the server's own",
	["452"] = "the server has no room for it",
	["454"] = "TLS or the login is not available for now",
	["500"] = "the command is not known",
	["501"] = "the arguments are wrong",
	["502"] = "the command is not implemented",
	["503"] = "the commands come in the wrong order",
	["504"] = "the argument is not implemented",
	["521"] = "the server takes no mail",
	["530"] = "a login is required",
	["534"] = "the way to log in is too weak",
	["535"] = "the login failed",
	["538"] = "that way to log in needs encryption",
	["550"] = "the mailbox is not available",
	["551"] = "the user is not here",
	["552"] = "it would need too much room",
	["553"] = "the mailbox's name is not allowed",
	["554"] = "the transaction failed",
}

-- The codes that say yes, by command.
local accepted = {
	CONNECT = { "220" }, EHLO = { "250" }, HELO = { "250" }, STARTTLS = { "220" }, MAIL = { "250" },
	RCPT = { "250", "251" }, DATA = { "354" }, RSET = { "250" }, NOOP = { "250" }, QUIT = { "221" },
	VRFY = { "250", "251", "252" }, EXPN = { "250", "252" }, HELP = { "211", "214" },
	ETRN = { "250", "251", "252", "253" },
	AUTH = { "235", "334" },
}

--- The name to greet a server with: of --script-args smtp.domain, else one that is nobody's.
function M.get_domain(_)
	return stdnse.get_script_args "smtp.domain" or "portolan.test"
end

-- "250-" goes on; "250 " and "250" end an answer, and so does what is no answer.
local function is_last(line)
	return not line:find "^%d%d%d%-"
end

local function answer_of(lines)
	return table.concat(lines, "\r\n") .. "\r\n"
end

--- One answer; false and the error.
function M.receive(socket)
	local lines, err = lineclient.read_until(socket, is_last)
	if not lines then
		return false, err
	end
	return true, answer_of(lines)
end

--- Whether the answer to a command says yes; if not, false and a text with the answer.
function M.check_reply(command, reply)
	if type(reply) ~= "string" or type(command) ~= "string" then
		return false, "no answer"
	end
	local code = reply:match "^%d%d%d"
	for _, good in ipairs(accepted[command:match("^%S*"):upper()] or {}) do
		if code == good then
			return true, reply
		end
	end
	return false, M.ERROR_MESSAGES[reply] or string.format("SMTP: %s %s", command, reply)
end

--- Sends a command with what belongs to it; true and the answer, or false and the error.
function M.query(socket, command, data)
	local ok, err = socket:send(command .. (data and data ~= "" and " " .. data or "") .. "\r\n")
	if not ok then
		return false, err
	end
	return M.receive(socket)
end

local function command(name)
	return function(socket, data)
		local ok, reply = M.query(socket, name, data)
		if not ok then
			return false, string.format("SMTP %s: failed to receive data: %s", name, M.ERROR_MESSAGES[reply] or reply)
		end
		return M.check_reply(name, reply)
	end
end

--- Commands: (socket, argument) to true and the answer, or false and why not.
M.ehlo, M.helo, M.help, M.noop = command "EHLO", command "HELO", command "HELP", command "NOOP"
M.reset, M.vrfy, M.expn, M.etrn = command "RSET", command "VRFY", command "EXPN", command "ETRN"
M.verify = M.vrfy

local mail, rcpt = command "MAIL", command "RCPT"

local function in_brackets(address)
	return address:find "^<.*>$" and address or "<" .. address .. ">"
end

--- MAIL FROM, with parameters of extensions ("SIZE=100").
function M.mail(socket, address, parameters)
	return mail(socket, "FROM:" .. in_brackets(address) .. (parameters and " " .. parameters or ""))
end

--- RCPT TO.
function M.recipient(socket, address)
	return rcpt(socket, "TO:" .. in_brackets(address))
end
M.rcpt = M.recipient

--- Says goodbye and closes.
function M.quit(socket)
	M.query(socket, "QUIT")
	socket:close()
end

--- Connects and takes the greeting. Options: timeout, ssl (true: in TLS if that can be). Gives the socket and
-- the greeting, then whether it is in TLS; nil and why not.
function M.connect(host, port, options)
	options = options or {}
	local conn, err = lineclient.connect(host, port, { timeout = options.timeout, tls = options.tls })
	if not conn then
		return nil, err
	end
	if options.recv_before == false then
		return conn.socket, "", conn.tls
	end
	local ok, greeting = M.receive(conn.socket)
	if ok then
		ok, greeting = M.check_reply("CONNECT", greeting)
	end
	if not ok then
		conn:close()
		return nil, greeting
	end
	return conn.socket, greeting, conn.tls
end

--- STARTTLS and the handshake; true, or false and why not.
function M.starttls(socket)
	local ok, reply = M.query(socket, "STARTTLS")
	if ok then
		ok, reply = M.check_reply("STARTTLS", reply)
	end
	if not ok then
		return false, reply
	end
	return socket:reconnect_ssl()
end

--- The extensions in an answer to EHLO: an array of { name =, args =, line = }.
function M.extensions(reply)
	local out, first = {}, true
	for line in reply:gmatch "[^\r\n]+" do
		local text = line:match "^250[- ](.*)$"
		local name, args = (text or ""):match "^(%S+)[ =]?(.*)$"
		if name and not first then
			out[#out + 1] = { name = name:upper(), args = args, line = text }
		end
		first = false
	end
	return out
end

--- The ways to log in that an answer to EHLO names: an array; nil if there are none.
function M.get_auth_mech(reply)
	local out, seen = {}, {}
	for _, extension in pairs(M.extensions(reply)) do
		for mechanism in (extension.name == "AUTH" and extension.args or ""):gmatch "%S+" do
			mechanism = mechanism:upper()
			out[#out + 1] = not seen[mechanism] and mechanism or nil
			seen[mechanism] = true
		end
	end
	return #out > 0 and out or nil
end

return strict(M)
