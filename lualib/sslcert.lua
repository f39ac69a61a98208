--- sslcert: the certificate of a port that speaks TLS, at once or after STARTTLS (SMTP, IMAP, POP3,
-- FTP, LDAP, PostgreSQL, MySQL, XMPP, NNTP, ManageSieve, RDP).
--   local status, cert = sslcert.getCertificate(host, port)
-- One thread of a host asks, the others take what it got.

local ftp = require "ftp"
local imap = require "imap"
local lineclient = require "lineclient"
local nmap = require "nmap"
local pop3 = require "pop3"
local shortport = require "shortport"
local smtp = require "smtp"
local stdnse = require "stdnse"
local strict = require "strict"
local tls = require "tls"
local math, pairs, string, table = math, pairs, string, table

local M = {}

local timeout_max = 10000

local function timeout_of(host)
	return math.max(4000, math.min(timeout_max, stdnse.get_timeout(host)))
end

--- A certificate object of DER bytes.
function M.parse_ssl_certificate(der)
	return nmap.socket.parse_ssl_certificate(der)
end

-- STARTTLS -------------------------------------------------------------------------
-- Each takes host and port and gives a connected socket on which a handshake may begin; nil and why
-- not.

local starttls = {}

local function line_options(host)
	return { tls = false, timeout = timeout_of(host) }
end

function starttls.smtp(host, port)
	local socket, err = smtp.connect(host, port, line_options(host))
	if not socket then
		return nil, err
	end
	smtp.ehlo(socket, smtp.get_domain(host))
	local ok, reply = smtp.query(socket, "STARTTLS")
	if not ok or not reply:find "^220" then
		socket:close()
		return nil, reply
	end
	return socket
end

function starttls.imap(host, port)
	local conn, err = imap.connect(host, port, line_options(host))
	if not conn then
		return nil, err
	end
	local ok, lines, status = conn:query "STARTTLS"
	if not ok or status ~= "OK" then
		conn:close()
		return nil, ok and lines[#lines] or lines
	end
	return conn.conn.socket
end

function starttls.pop3(host, port)
	local conn, err = pop3.connect(host, port, line_options(host))
	if not conn then
		return nil, err
	end
	conn:send "STLS\r\n"
	local line, reason = conn:line()
	if not pop3.stat(line) then
		conn:close()
		return nil, line or reason
	end
	return conn.socket
end

function starttls.ftp(host, port)
	local socket, code, text, buffer = ftp.connect(host, port, line_options(host))
	if not socket then
		return nil, code
	end
	code, text = ftp.ask(socket, buffer, "AUTH TLS")
	if code ~= 234 then
		ftp.close(socket)
		return nil, text
	end
	return socket
end

-- A greeting of lines, a command, and the answer that says go: NNTP (RFC 4642), ManageSieve (RFC 5804).
local function by_lines(greeting_end, command, yes)
	return function(host, port)
		local conn, err = lineclient.connect(host, port, line_options(host))
		if not conn then
			return nil, err
		end
		local greeting, reason = conn:lines_until(function(line) return line:find(greeting_end) ~= nil end)
		local lines
		if greeting then
			lines, reason = conn:ask(command, function() return true end)
		end
		if not lines or not lines[1]:find(yes) then
			conn:close()
			return nil, lines and lines[1] or reason
		end
		return conn.socket
	end
end

starttls.nntp = by_lines("^20[01]", "STARTTLS", "^382")
starttls.sieve = by_lines("^OK", "STARTTLS", "^OK")

-- Connects, sends, and takes an answer of some bytes.
local function exchange(host, port, request, good)
	local socket = nmap.new_socket()
	socket:set_timeout(timeout_of(host))
	local ok, err = socket:connect(host, port, "tcp")
	local answer
	if ok then
		ok, err = socket:send(request)
	end
	if ok then
		ok, answer = socket:receive()
		err = answer
	end
	if ok and good(answer) then
		return socket
	end
	socket:close()
	return nil, ok and "TLS was refused" or err
end

-- An extended request for STARTTLS (RFC 4511, 4.14), and a response whose result is success.
local ldap_request = "\x30\x1d\2\1\1\x77\x18\x80\x161.3.6.1.4.1.1466.20037"

function starttls.ldap(host, port)
	return exchange(host, port, ldap_request, function(answer)
		local at = answer:find("\x78", 1, true)
		return at and answer:find("\10\1\0", at, true) ~= nil
	end)
end

-- SSLRequest (PostgreSQL's protocol, 55.2.10).
function starttls.postgresql(host, port)
	return exchange(host, port, "\0\0\0\8\x04\xd2\x16\x2f", function(answer) return answer == "S" end)
end

-- MySQL greets first; its capabilities tell whether TLS is there (CLIENT_SSL, 0x800). The answer is
-- the beginning of a login that asks for it.
local function mysql_has_tls(greeting)
	local at = #greeting > 5 and greeting:byte(5) == 10 and greeting:find("\0", 6, true)
	-- Behind the version: thread, eight bytes of salt, a zero, the lower capabilities.
	local low = at and #greeting >= at + 15 and string.unpack("<I2", greeting, at + 14)
	return low and low & 0x800 ~= 0
end

function starttls.mysql(host, port)
	local socket, err = exchange(host, port, "", mysql_has_tls)
	if not socket then
		return nil, err
	end
	-- What it can do: PROTOCOL_41, SSL, SECURE_CONNECTION.
	local request = string.pack("<I4I4B", 0x8a00, 0x1000000, 33) .. ("\0"):rep(23)
	local ok, reason = socket:send(string.pack("<I3B", #request, 1) .. request)
	if not ok then
		socket:close()
		return nil, reason
	end
	return socket
end

local xmpp_bytes_max = 16384

-- Reads until the pattern comes.
local function read_until(socket, pattern)
	local got = ""
	while #got < xmpp_bytes_max do
		local ok, data = socket:receive()
		if not ok then
			return nil, data
		end
		got = got .. data
		if got:find(pattern) then
			return got
		end
	end
	return nil, "too much was sent"
end

-- RFC 6120, 5.4.
local function xmpp(namespace)
	return function(host, port)
		local socket = nmap.new_socket()
		socket:set_timeout(timeout_of(host))
		local name = stdnse.get_script_args "xmpp.server_name" or tls.servername(host) or host.ip
		local ok, err = socket:connect(host, port, "tcp")
		local got
		if ok then
			socket:send(string.format("<?xml version='1.0'?><stream:stream xmlns='%s' to='%s' version='1.0' " ..
				"xmlns:stream='http://etherx.jabber.org/streams'>", namespace, (name:gsub("[<>&'\"]", ""))))
			got, err = read_until(socket, "</stream:features>")
		end
		if got and got:find("urn:ietf:params:xml:ns:xmpp%-tls") then
			socket:send "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
			got, err = read_until(socket, "<[%w:]*proceed")
			if got then
				return socket
			end
		end
		socket:close()
		return nil, err or "TLS is not offered"
	end
end

starttls.xmpp, starttls.xmpp_server = xmpp "jabber:client", xmpp "jabber:server"

-- A connection request that wants TLS (MS-RDPBCGR, 2.2.1.1), and a confirm that grants it.
function starttls.rdp(host, port)
	local request = "\3\0\0\x13\x0e\xe0\0\0\0\0\0\1\0\8\0\1\0\0\0"
	return exchange(host, port, request, function(answer)
		return answer:find "^\3\0\0\x13\x0e\xd0" ~= nil and answer:sub(12, 12) == "\2" and (answer:byte(16) or 0) & 3 ~= 0
	end)
end

local by_service = {
	smtp = "smtp", submission = "smtp", imap = "imap", pop3 = "pop3", ftp = "ftp", ldap = "ldap", nntp = "nntp",
	postgresql = "postgresql", mysql = "mysql", ["xmpp-client"] = "xmpp", ["xmpp-server"] = "xmpp_server",
	jabber = "xmpp", sieve = "sieve", ["ms-wbt-server"] = "rdp",
}
local by_port = {
	[21] = "ftp", [25] = "smtp", [110] = "pop3", [119] = "nntp", [143] = "imap", [389] = "ldap", [587] = "smtp",
	[3306] = "mysql", [3389] = "rdp", [4190] = "sieve", [5222] = "xmpp", [5269] = "xmpp_server", [5432] = "postgresql",
}

-- The way to TLS on that port, if it is not TLS from the start.
local function way_of(port)
	if port.protocol ~= "tcp" or (port.version and port.version.service_tunnel == "ssl") then
		return nil
	end
	local name = by_service[port.service or ""]
	if not name and (port.version == nil or (port.version.name_confidence or 0) <= 3) then
		name = by_port[port.number]
	end
	return name and starttls[name]
end

--- A function of host and port that opens a socket and goes on in TLS (true and the socket; false and
-- why not), where the port's protocol has a STARTTLS; nil where it has none.
function M.getPrepareTLS(port)
	local prepare = way_of(port)
	return prepare and function(host, _)
		local socket, err = prepare(host, port)
		if not socket then
			return false, err
		end
		local ok, reason = socket:reconnect_ssl()
		if not ok then
			socket:close()
			return false, reason
		end
		return true, socket
	end
end

M.isPortSupported = M.getPrepareTLS

--- The same without the handshake: for those who build it themselves.
function M.getPrepareTLSWithoutReconnect(port)
	local prepare = way_of(port)
	return prepare and function(host, _)
		local socket, err = prepare(host, port)
		return socket ~= nil, socket or err
	end
end

--- A connected socket on which a hello can be sent, whatever the port needs before it; nil and why
-- not.
function M.open(host, port)
	local prepare = way_of(port)
	if prepare then
		return prepare(host, port)
	end
	local socket = nmap.new_socket()
	socket:set_timeout(timeout_of(host))
	local ok, err = socket:connect(host, port, "tcp")
	if not ok then
		socket:close()
		return nil, err
	end
	return socket
end

--- Sends a hello (the fields of tls.client_hello; the server's name is added), gives what tls.exchange
-- gives.
function M.ask(host, port, hello)
	local socket, err = M.open(host, port)
	if not socket then
		return nil, err
	end
	hello.extensions = hello.extensions or {}
	local name = tls.servername(host)
	if name and hello.protocol ~= "SSLv3" then
		hello.extensions.server_name = hello.extensions.server_name or tls.EXTENSION_HELPERS.server_name(name)
	end
	local answer, reason = tls.exchange(socket, tls.client_hello(hello))
	socket:close()
	return answer, reason
end

-- Printers print what they are sent.
local function is_printer(port)
	return port.number >= 9100 and port.number <= 9107
end

-- Whether a port of which nobody knows what it is answers a hello in TLS. Asked once.
local function answers_tls(host, port)
	if port.protocol ~= "tcp" or port.state ~= "open" or is_printer(port) or
		(port.version and (port.version.name_confidence or 0) > 3) then
		return false
	end
	local kept = host.registry["sslcert-probed"] or {}
	host.registry["sslcert-probed"] = kept
	local mutex = nmap.mutex("sslcert probe " .. host.ip .. " " .. port.number)
	mutex "lock"
	if kept[port.number] == nil then
		kept[port.number] = M.ask(host, port, { protocol = "TLSv1.2", ciphers = tls.DEFAULT_CIPHERS }) ~= nil
	end
	mutex "done"
	return kept[port.number]
end

--- A rule for ports that speak TLS, at once or after STARTTLS: by what is known of them, and where
-- nothing is, by a hello.
function M.port_rule(host, port)
	return shortport.ssl(host, port) or (port.state == "open" and way_of(port) ~= nil) or
		(port.service ~= "http" and port.service ~= "ssh" and answers_tls(host, port))
end

-- The certificate ------------------------------------------------------------------

-- By a handshake of the engine.
local function by_handshake(host, port)
	local prepare = way_of(port)
	local socket, ok, err
	if prepare then
		socket, err = prepare(host, port)
		if not socket then
			return nil, err
		end
		ok, err = socket:reconnect_ssl()
	else
		socket = nmap.new_socket()
		socket:set_timeout(timeout_of(host))
		ok, err = socket:connect(host, port, "ssl")
	end
	local cert = ok and socket:get_ssl_certificate() or nil
	socket:close()
	return cert, err
end

-- By a hello only: the certificate comes in clear up to TLS 1.2, also where the engine cannot agree
-- with the server on anything.
local function by_hello(host, port)
	local ciphers = {}
	for name in pairs(tls.CIPHERS) do
		ciphers[#ciphers + 1] = name
	end
	table.sort(ciphers)
	local answer = M.ask(host, port, { protocol = "TLSv1.2", ciphers = ciphers })
	local chain = answer and answer.certificate and answer.certificate.certificates
	return chain and chain[1] and M.parse_ssl_certificate(chain[1]) or nil
end

local function fetch(host, port)
	local cert, err = by_handshake(host, port)
	if not cert then
		cert = by_hello(host, port)
	end
	return { cert = cert, err = not cert and (err or "no certificate") or nil }
end

--- true and the certificate; false and why there is none.
function M.getCertificate(host, port)
	local kept = host.registry["ssl-cert"] or {}
	host.registry["ssl-cert"] = kept
	local key = port.protocol .. port.number
	local mutex = nmap.mutex("sslcert " .. host.ip .. " " .. key)
	mutex "lock"
	kept[key] = kept[key] or fetch(host, port)
	mutex "done"
	return kept[key].cert ~= nil, kept[key].cert or kept[key].err
end

return strict(M)
