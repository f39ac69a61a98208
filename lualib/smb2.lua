--- smb2: SMB 2 and 3 over a connection of the module smb: smb2.negotiate_v2(state), what a
-- server says of itself, smb2.start_session_v2(state). No login.

local rand = require "rand"
local smb = require "smb"
local smb2message = require "smb2message"
local strict = require "strict"
local pairs, string, table = pairs, string, table

local M = {}

local capabilities = {
	{ 0x01, "Distributed File System" }, { 0x02, "Leasing" }, { 0x04, "Multi-credit operations" },
	{ 0x08, "Multiple Channel support" }, { 0x10, "Persistent handles" }, { 0x20, "Directory Leasing" },
	{ 0x40, "Encryption support" },
}

--- The numbers of all dialects, old ones first.
function M.dialects()
	local list = {}
	for number in pairs(smb2message.DIALECTS) do
		list[#list + 1] = number
	end
	table.sort(list)
	return list
end

--- 0x0311 as "311".
function M.dialect_name(number)
	return string.format("%x", number)
end

--- The names of capability bits, as a list.
function M.capability_names(bits)
	local list = {}
	for i = 1, #capabilities do
		if bits & capabilities[i][1] ~= 0 then
			list[#list + 1] = capabilities[i][2]
		end
	end
	return list
end

--- Agrees on a dialect of overrides.Dialects (all): true and its number; false and why not. What
-- the server said (smb2message.parse_negotiate) is kept as state.negotiated.
function M.negotiate_v2(state, overrides)
	local dialects = overrides and overrides.Dialects or M.dialects()
	local request = smb2message.build_negotiate(dialects, rand.random_string(16), rand.random_string(32))
	local answer = smb.send(state, request) and smb.receive(state)
	local reply = answer and smb2message.parse_negotiate(answer)
	if not reply or not smb2message.DIALECTS[reply.dialect] then
		return false, "SMB: the dialects were not accepted"
	end
	state.negotiated = reply
	return true, reply.dialect
end

--- Begins a session as far as the server tells its names: true and
-- smb2message.parse_session_setup(); false and why not.
function M.start_session_v2(state)
	return smb.begin_session(state, smb2message)
end

--- One connection of its own: what the server says of itself for the newest dialect that it
-- speaks (or for `dialects`); nil when it speaks none. Second: its session's answer, if wanted.
function M.ask(host, dialects, with_session)
	return smb.once(host, function(state)
		return M.negotiate_v2(state, { Dialects = dialects })
	end, with_session and M.start_session_v2)
end

return strict(M)
