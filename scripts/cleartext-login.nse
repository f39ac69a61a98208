-- portolan --script cleartext-login -p 21,23,25,110,143,587 TARGET

local finding = require "finding"
local ftp = require "ftp"
local imap = require "imap"
local nmap = require "nmap"
local pop3 = require "pop3"
local shortport = require "shortport"
local smtp = require "smtp"
local stdnse = require "stdnse"
local ipairs, string, table = ipairs, string, table

description = [[
Finds out whether a server takes passwords over a connection that is not encrypted: FTP, IMAP,
POP3, SMTP, Telnet. No password is sent: the servers are asked what they would accept (for FTP,
and POP3 servers without capabilities, a user's name is).
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "auth", "discovery", "safe" }

local protocols = { ftp = "ftp", telnet = "telnet", smtp = "smtp", submission = "smtp", pop3 = "pop3", imap = "imap" }
local usual_ports = { [21] = "ftp", [23] = "telnet", [25] = "smtp", [110] = "pop3", [143] = "imap", [587] = "smtp" }

local function protocol_of(port)
	return protocols[port.service] or usual_ports[port.number]
end

portrule = function(host, port)
	return port.protocol == "tcp" and port.state == "open" and protocol_of(port) ~= nil and not shortport.ssl(host, port)
end

-- Ways to log in that show the password to who listens.
local plain_mechanisms = { PLAIN = true, LOGIN = true }

local function plain_of(mechanisms)
	for _, name in ipairs(mechanisms or {}) do
		if plain_mechanisms[name:upper()] then
			return name:upper()
		end
	end
	return nil
end

-- Each gives what the server said that makes it so, and whether it can do better; nil if it takes
-- no password in clear.
local ask = {}

function ask.ftp(host, port)
	local socket, code, text, buffer = ftp.connect(host, port, { tls = false })
	if not socket then
		return nil
	end
	local features, user
	if code == 220 then
		features, text = ftp.ask(socket, buffer, "FEAT")
		features = features == 211 and text or ""
		code, text = ftp.ask(socket, buffer, "USER portolan")
		user = code == 331 and string.format("USER: 331 %s", text) or nil
	end
	ftp.close(socket)
	return user, user and features:find "AUTH[ \t]+.*TLS" ~= nil
end

function ask.pop3(host, port)
	local list, apop = pop3.capability_list(host, port, { tls = false })
	if list then
		local seen, tls
		for _, one in ipairs(list) do
			local plain = one.name == "SASL" and plain_of(one.args)
			seen = seen or (one.name == "USER" and "CAPA: USER") or (plain and "CAPA: SASL " .. plain) or nil
			tls = tls or one.name == "STLS"
		end
		return seen, tls
	elseif not (apop or ""):find "^%-ERR" then
		return nil
	end
	local conn = pop3.connect(host, port, { tls = false })
	if not conn then
		return nil
	end
	conn:send "USER portolan\r\n"
	local line = conn:line()
	conn:close()
	return pop3.stat(line) and "USER: " .. line or nil, false
end

function ask.imap(host, port)
	local list = imap.capability_list(host, port, { tls = false })
	if not list or #list == 0 then
		return nil
	end
	local seen, tls, disabled
	for _, name in ipairs(list) do
		seen = seen or (name:upper():match "^AUTH=PLAIN$" or name:upper():match "^AUTH=LOGIN$")
		tls = tls or name:upper() == "STARTTLS"
		disabled = disabled or name:upper() == "LOGINDISABLED"
	end
	if not seen and not disabled then
		seen = "LOGINDISABLED is absent"
	end
	return seen and "CAPABILITY: " .. seen or nil, tls or false
end

function ask.smtp(host, port)
	local socket = smtp.connect(host, port, { tls = false })
	if not socket then
		return nil
	end
	local ok, answer = smtp.ehlo(socket, smtp.get_domain(host))
	smtp.quit(socket)
	local plain = ok and plain_of(smtp.get_auth_mech(answer))
	return plain and "EHLO: AUTH " .. plain or nil, ok and answer:upper():find "\n250[- ]STARTTLS" ~= nil
end

-- Telnet options are negotiated with IAC (255); a prompt for a name comes with them or at once
-- (RFC 854). ENCRYPT is option 38, START_TLS 46.
function ask.telnet(host, port)
	local socket = nmap.new_socket()
	socket:set_timeout(4000)
	if not socket:connect(host, port) then
		socket:close()
		return nil
	end
	local got = ""
	for _ = 1, 4 do
		local ok, data = socket:receive()
		if not ok or #got > 4096 then
			break
		end
		got = got .. data
		-- Every offer is declined, so that the server goes on to its prompt.
		local answer = {}
		for verb, option in data:gmatch "\255([\251\253])(.)" do
			answer[#answer + 1] = "\255" .. (verb == "\253" and "\252" or "\254") .. option
		end
		if #answer > 0 and not socket:send(table.concat(answer)) then
			break
		end
		if got:lower():find "login:" or got:lower():find "user ?name:" or got:lower():find "password:" then
			break
		end
	end
	socket:close()
	local prompt = got:gsub("\255[\251-\254].", ""):match "([%w ]+:)%s*$"
	local negotiates = got:find "^\255[\251-\254]"
	if not prompt and not negotiates then
		return nil
	end
	return prompt and "prompt: " .. prompt or "options of Telnet are negotiated", got:find "\255\253[\38\46]" ~= nil
end

local function report(name, seen, tls)
	finding.report {
		id = "cleartext-login", title = "Passwords are sent in clear text (" .. name:upper() .. ")", severity = "medium",
		seen = seen .. (tls and "; TLS is offered, not required" or "; TLS is not offered"),
		why = "Who listens on the way gets names and passwords.",
		remedy = name == "telnet" and "Use SSH and turn Telnet off." or
			"Require TLS before the login (vsftpd: force_local_logins_ssl=YES; Dovecot: disable_plaintext_auth=yes; "
			.. "Postfix: smtpd_tls_auth_only=yes), or close the port.",
		references = { "CWE-319", "CWE-522" },
	}
end

action = function(host, port)
	local name = protocol_of(port)
	local seen, tls
	if name then
		seen, tls = ask[name](host, port)
	end
	if not seen then
		return nil
	end
	seen = seen:gsub("%s+", " "):sub(1, 120)
	report(name, seen, tls)
	local out = stdnse.output_table()
	out.protocol = name
	out.seen = seen
	out["TLS offered"] = tls or false
	return out
end
