--- smb: who an SMB server is, over connections of its own: dialects, signing, names, versions,
-- time. smb.get_port(host), smb.start(host), smb.negotiate_protocol(state), smb.get_os(host),
-- smb.list_dialects(host), smb.stop(state). No login; SMB 2 and 3 are in the module smb2.

local bytestream = require "bytestream"
local netbios = require "netbios"
local nmap = require "nmap"
local ntlm = require "ntlm"
local smb1message = require "smb1message"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, require, string = ipairs, require, string

local M = {}

local message_max = 1 << 17

local function is_open(host, number)
	local port = nmap.get_port_state(host, { number = number, protocol = "tcp" })
	return port and port.state == "open"
end

--- The port to talk to: 445, else 139 where one is open; nil.
function M.get_port(host)
	for _, number in ipairs { 445, 139 } do
		if is_open(host, number) then
			return number
		end
	end
	return nil
end

-- Frames -----------------------------------------------------------------------------

--- Sends a message; whether that went well.
function M.send(state, message)
	return state.stream:send(string.pack(">I4", #message) .. message)
end

--- The next message; nil when none comes. Keep-alives are passed over.
function M.receive(state)
	for _ = 1, 8 do
		local head = state.stream:read(4)
		local kind, length = 0, nil
		if head then
			kind, length = string.unpack(">BI3", head)
		end
		local bytes = length and length <= message_max and state.stream:read(length)
		if not bytes or kind == 0 then
			return bytes or nil
		elseif kind ~= 0x85 then
			return nil
		end
	end
	return nil
end

-- On port 139 a session is asked for first (RFC 1002, 4.3.2), by a name that all servers take.
local function open_session(state, port)
	if port ~= 139 then
		return true
	end
	local names = netbios.name_encode("*SMBSERVER      \32") .. netbios.name_encode("PORTOLAN       \0")
	local answer = state.stream:send(string.pack(">BI3", 0x81, #names) .. names) and state.stream:read(4)
	return answer ~= nil and answer ~= false and answer:byte(1) == 0x82
end

--- A connection: true and its state; false and why not. `port`: a number (get_port()'s).
function M.start(host, port)
	local number = port or M.get_port(host)
	if not number then
		return false, "SMB: no open port"
	end
	local connection, why = bytestream.open(host, { number = number, protocol = "tcp" },
		{ timeout = stdnse.get_timeout(host, 8000, 3000) })
	if not connection then
		return false, why
	end
	local state = { stream = connection, host = host, port = number, message_id = 0 }
	if not open_session(state, number) then
		connection:close()
		return false, "SMB: no NetBIOS session"
	end
	return true, state
end

--- The end of a connection.
function M.stop(state)
	state.stream:close()
	return true
end

-- SMB 1 -------------------------------------------------------------------------------

--- Agrees on NT LM 0.12: true and what the server said (smb1message.parse_negotiate), which is
-- also kept as state.negotiated; false and why not. `overrides.extended == false`: without SPNEGO.
function M.negotiate_protocol(state, overrides)
	local extended = not overrides or overrides.extended ~= false
	local answer = M.send(state, smb1message.build_negotiate(extended)) and M.receive(state)
	local reply = answer and smb1message.parse_negotiate(answer)
	if not reply or reply.index == 0xffff then
		return false, "SMB: the server does not speak NT LM 0.12"
	end
	state.negotiated = reply
	return true, reply
end

--- Begins a session as far as the server tells its names, by the messages of a version
-- (smb1message, smb2message): true and parse_session_setup(); false and why not.
function M.begin_session(state, messages)
	local token = ntlm.wrap_negotiate(ntlm.build_negotiate())
	local answer = M.send(state, messages.build_session_setup(token)) and M.receive(state)
	local reply = answer and messages.parse_session_setup(answer)
	if not reply then
		return false, "SMB: the session was refused"
	end
	return true, reply
end

--- The same of SMB 1.
function M.start_session(state)
	return M.begin_session(state, smb1message)
end

--- One connection of its own: what negotiate(state) left in state.negotiated; nil when it did not
-- agree. Second: the answer of start_session(state), if that is wanted.
function M.once(host, negotiate, start_session)
	local ok, state = M.start(host)
	if not ok then
		return nil
	end
	local session, began = nil, nil
	local agreed = negotiate(state)
	if agreed and start_session then
		began, session = start_session(state)
		session = began and session or nil
	end
	M.stop(state)
	return agreed and state.negotiated or nil, session
end

local function without_spnego(state)
	return M.negotiate_protocol(state, { extended = false })
end

--- What SMB 1 tells of a server: true and {os, lanmanager, server, domain, workgroup, fqdn,
-- domain_dns, forest_dns, time, timezone, security (of the NEGOTIATE)}; false and why not.
function M.get_os(host)
	local with_session, session = M.once(host, M.negotiate_protocol, M.start_session)
	if not with_session then
		return false, "SMB: no answer in SMB 1"
	end
	local names = M.once(host, without_spnego) or {}
	local challenge = session and session.challenge or {}
	local in_domain = challenge.flags and challenge.flags & 0x10000 ~= 0
	return true, {
		os = session and session.os, lanmanager = session and session.lanmanager,
		server = names.server or challenge.netbios_computer_name,
		domain = in_domain and (names.domain or challenge.netbios_domain_name) or nil,
		workgroup = not in_domain and (names.domain or challenge.netbios_domain_name) or nil,
		fqdn = challenge.dns_computer_name, domain_dns = challenge.dns_domain_name,
		forest_dns = challenge.dns_tree_name,
		time = with_session.time, timezone = with_session.timezone, security = with_session,
	}
end

--- The dialects that a server speaks, old ones first: true and a list of "NT LM 0.12", 0x0202 ...;
-- false and why not.
function M.list_dialects(host)
	local smb2 = require "smb2"
	local list = {}
	if M.once(host, M.negotiate_protocol) then
		list[1] = smb1message.DIALECT
	end
	for _, dialect in ipairs(smb2.dialects()) do
		local ok, state = M.start(host)
		if not ok then
			break
		end
		if smb2.negotiate_v2(state, { Dialects = { dialect } }) then
			list[#list + 1] = dialect
		end
		M.stop(state)
	end
	return #list > 0, #list > 0 and list or "SMB: no dialect was accepted"
end

return strict(M)
