--- ftp: the control connection of FTP (RFC 959): replies, login, TLS (RFC 4217), passive data.
--   local socket, code, message, buffer = ftp.connect(host, port)
--   local status, code, message = ftp.auth(socket, buffer, "anonymous", "x@y")
--   ftp.close(socket)
-- `buffer` gives the next line of the socket.

local lineclient = require "lineclient"
local nmap = require "nmap"
local strict = require "strict"
local string, table, tonumber, type = string, table, tonumber, type

local M = {}

local lines_max = 200

local function buffer_of(socket)
	return function() return lineclient.read(socket) end
end

--- One reply: its code, and its text (lines joined by LF, without the codes); nil and the error.
-- A reply of lines goes from "230-" to "230 " (RFC 959, 4.2).
function M.read_reply(buffer)
	local line, err = buffer()
	if not line then
		return nil, err
	end
	local digits, mark, text = line:match "^(%d%d%d)([ -]?)(.*)$"
	if not digits then
		return nil, "no FTP reply: " .. line:sub(1, 100)
	end
	local texts = { text }
	while mark == "-" do
		line = buffer()
		if not line or #texts >= lines_max then
			break
		end
		if line:sub(1, 3) == digits and line:find "^%d%d%d%f[ \0]" then
			texts[#texts + 1] = line:sub(5)
			break
		end
		texts[#texts + 1] = line:sub(1, 4) == digits .. "-" and line:sub(5) or line
	end
	return tonumber(digits), table.concat(texts, "\n")
end

--- Connects and takes the greeting. Gives socket, code, text, buffer and whether it is in TLS;
-- nil and the error.
function M.connect(host, port, options)
	local conn, err = lineclient.connect(host, port, options)
	if not conn then
		return nil, err
	end
	local buffer = buffer_of(conn.socket)
	local code, message = M.read_reply(buffer)
	if not code then
		conn:close()
		return nil, message
	end
	return conn.socket, code, message, buffer, conn.tls
end

--- Sends a command; code and text of its reply, or nil and the error.
function M.ask(socket, buffer, command)
	local ok, err = socket:send(command .. "\r\n")
	if not ok then
		return nil, err
	end
	return M.read_reply(buffer)
end

--- Says goodbye (without waiting) and closes.
function M.close(socket)
	socket:send "QUIT\r\n"
	socket:close()
end

--- Goes on in TLS; true, or false, and the code or error.
function M.starttls(socket, buffer)
	local code, message = M.ask(socket, buffer, "AUTH TLS")
	if code ~= 234 then
		return false, code or message
	end
	local ok, err = socket:reconnect_ssl()
	return ok and true or false, ok and code or err
end

--- Logs in. true or false, then code and text of the last reply; nil and the error if the
-- connection failed.
function M.auth(socket, buffer, user, password, account)
	local code, message = M.ask(socket, buffer, "USER " .. user)
	if code == 331 then
		code, message = M.ask(socket, buffer, "PASS " .. password)
	end
	if code == 332 then
		if not account then
			return false, code, message
		end
		code, message = M.ask(socket, buffer, "ACCT " .. account)
	end
	if not code then
		return nil, message
	end
	return code == 230 or code == 202 or code == 232, code, message
end

--- The port in a reply to PASV. Where it says to go elsewhere than to the host it is not
-- followed: only the port counts.
function M.parse_pasv(text)
	local high, low = text:match "%d+%s*,%s*%d+%s*,%s*%d+%s*,%s*%d+%s*,%s*(%d+)%s*,%s*(%d+)"
	high, low = tonumber(high), tonumber(low)
	if not high or high > 255 or low > 255 then
		return nil
	end
	return high * 256 + low
end

--- The port in a reply to EPSV (RFC 2428): "(|||6446|)".
function M.parse_epsv(text)
	local port = tonumber((text:match "%(|||(%d+)|%)"))
	return port and port >= 1 and port <= 65535 and port or nil
end

--- A socket for data of a passive transfer; nil and why not.
function M.pasv(socket, buffer, timeout)
	local _, _, _, address = socket:get_info()
	local six = type(address) == "string" and address:find(":", 1, true)
	local command, parse = "PASV", M.parse_pasv
	if six then
		command, parse = "EPSV", M.parse_epsv
	end
	local code, message = M.ask(socket, buffer, command)
	local port = (code == 227 or code == 229) and parse(message)
	if not port then
		return nil, string.format("%s failed: %s", command, code and code .. " " .. message or message)
	end
	local data = nmap.new_socket("tcp", six and "inet6" or "inet")
	data:set_timeout(timeout or 8000)
	local ok, err = data:connect(address, port, "tcp")
	if not ok then
		return nil, "data connection failed: " .. (err or "ERROR")
	end
	return data
end

return strict(M)
