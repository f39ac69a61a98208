-- Shows what an XMPP server offers, before and after TLS.
-- Example: portolan -p5222 --script xmpp-info --script-args xmpp-info.server_name=example.org 192.0.2.1

local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local tls = require "tls"
local xmppstream = require "xmppstream"
local ipairs, table = ipairs, table

description = [[
Begins a stream with an XMPP server and lists the features, ways to log in and errors it tells; if it offers
TLS, after STARTTLS once more. Servers answer for their own names only: the target's name is asked for, or that
of --script-args xmpp-info.server_name. With xmpp-info.no_starttls TLS is not tried.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 5222, 5269 }, { "jabber", "xmpp-client", "xmpp-server" })

local answer_bytes_max, receives_max, seconds_max = 32768, 64, 10

-- Begins a stream; what the server says, and as XML. nil if it says nothing.
local function begin(socket, header)
	socket:send(header)
	local got, ends = "", nmap.clock() + seconds_max
	for _ = 1, receives_max do
		local ok, data = socket:receive()
		if not ok then
			break
		end
		got = got .. data
		if #got > answer_bytes_max or nmap.clock() > ends or xmppstream.is_whole(got) then
			break
		end
	end
	local seen = xmppstream.parse(got:sub(1, answer_bytes_max))
	return seen.version and seen or nil
end

local function connect(host, port)
	local socket = nmap.new_socket()
	socket:set_timeout(5000)
	local ok, err = socket:connect(host, port, "tcp")
	if not ok then
		socket:close()
		stdnse.debug1("%s", err)
		return nil
	end
	return socket
end

local function offers_tls(seen)
	return table.concat(seen.features, "\n"):find "TLS" ~= nil
end

-- Goes on in TLS on the stream's connection; what the server says then.
local function begin_again(socket, header)
	socket:send "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
	local ok, data = socket:receive()
	if not ok or not xmppstream.parse(data).proceed or not socket:reconnect_ssl() then
		return nil
	end
	return begin(socket, header)
end

-- Both answers: without TLS, and with it.
local function ask(host, port, header)
	local socket = connect(host, port)
	if not socket then
		return nil
	end
	local seen, secret = begin(socket, header), nil
	if seen and offers_tls(seen) and not stdnse.get_script_args "xmpp-info.no_starttls" then
		secret = begin_again(socket, header)
	end
	socket:close()
	return seen, secret
end

-- Whether a server says nothing against a name that cannot be its own.
local function takes_any_name(host, port, namespace)
	local socket = connect(host, port)
	local name = stdnse.get_script_args "xmpp-info.alt_server_name" or "."
	local seen = socket and begin(socket, xmppstream.header(namespace, name))
	if socket then
		socket:close()
	end
	return seen and #seen.errors == 0
end

local function error_text(seen)
	return #seen.errors > 0 and seen.reason and { seen.errors[1] .. ": " .. seen.reason } or seen.errors
end

-- As a table; lists without items only if `all` is to be shown.
local function show(seen, all)
	local out = stdnse.output_table()
	out.xmpp = { version = seen.version, lang = seen.lang }
	out.stream_id = seen.id
	out.capabilities = { node = seen.node, ver = seen.ver }
	for _, one in ipairs {
		{ "features", seen.features }, { "auth_mechanisms", seen.mechanisms }, { "compression_methods", seen.methods },
		{ "unknown", seen.unknown }, { "errors", error_text(seen) },
	} do
		out[one[1]] = (all or #one[2] > 0) and one[2] or nil
	end
	return out
end

local function report_plain(seen)
	if not (" " .. table.concat(seen.mechanisms, " ") .. " "):find(" PLAIN ", 1, true) then
		return
	end
	finding.report { id = "cleartext-login", title = "Passwords are taken in clear text (XMPP)", severity = "medium",
		seen = "without TLS: SASL " .. table.concat(seen.mechanisms, " "):sub(1, 100),
		why = "Whoever listens on the way reads names and passwords.",
		remedy = "Require TLS before a login (Prosody: c2s_require_encryption = true; ejabberd: starttls_required: true).",
		references = { "CWE-319", "CWE-523" } }
end

action = function(host, port)
	local is_server = port.number == 5269 or port.service == "xmpp-server"
	local namespace = is_server and "jabber:server" or "jabber:client"
	local name = stdnse.get_script_args "xmpp-info.server_name" or tls.servername(host) or host.ip
	local seen, secret = ask(host, port, xmppstream.header(namespace, name))
	if not seen then
		return nil
	end
	local out = stdnse.output_table()
	if #seen.errors == 0 then
		out[1] = takes_any_name(host, port, namespace) and "Ignores server name" or "Respects server name"
	end
	if secret then
		local both, first, second = xmppstream.compare(seen, secret)
		out.info, out.pre_tls, out.post_tls = show(both), show(first), show(second)
	else
		out[#out + 1] = "STARTTLS Failed"
		out.info = show(seen, true)
	end
	report_plain(seen)
	return out
end
