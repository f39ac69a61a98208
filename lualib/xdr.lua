--- xdr: RFC 4506, and the call and reply headers of ONC RPC (RFC 5531) that are
-- written in it. Encoders give bytes; decoders take bytes and a position, and
-- give the value and the position behind it, nil where the bytes are cut off.

local strict = require "strict"
local ipairs, string, table = ipairs, string, table

local M = {}

local function padding(length)
	return -length % 4
end

--- Four bytes, unsigned or signed; eight bytes (hyper).
function M.uint(value)
	return string.pack(">I4", value & 0xffffffff)
end

function M.int(value)
	return string.pack(">i4", value)
end

function M.uhyper(value)
	return string.pack(">i8", value)
end

function M.bool(value)
	return M.uint(value and 1 or 0)
end

--- Bytes of a length both sides know.
function M.fixed_opaque(bytes)
	return bytes .. string.rep("\0", padding(#bytes))
end

--- Bytes (or a text) with their length.
function M.opaque(bytes)
	return M.uint(#bytes) .. M.fixed_opaque(bytes)
end

--- A counted array; `encode` makes the bytes of one element.
function M.array(list, encode)
	local out = { M.uint(#list) }
	for i, item in ipairs(list) do
		out[i + 1] = encode(item)
	end
	return table.concat(out)
end

local function unpacker(format, size)
	return function(bytes, at)
		if at < 1 or at + size - 1 > #bytes then
			return nil, at
		end
		return string.unpack(format, bytes, at)
	end
end

M.read_uint = unpacker(">I4", 4)
M.read_int = unpacker(">i4", 4)
M.read_uhyper = unpacker(">i8", 8)

function M.read_bool(bytes, at)
	local value, after = M.read_uint(bytes, at)
	if value ~= 0 and value ~= 1 then
		return nil, at
	end
	return value == 1, after
end

function M.read_fixed_opaque(bytes, at, length)
	local after = at + length + padding(length)
	if after - 1 > #bytes then
		return nil, at
	end
	return bytes:sub(at, at + length - 1), after
end

--- Counted bytes, at most `most` of them (any number without).
function M.read_opaque(bytes, at, most)
	local length, after = M.read_uint(bytes, at)
	if not length or most and length > most then
		return nil, at
	end
	return M.read_fixed_opaque(bytes, after, length)
end

--- A counted array, each element by `read`. Every element takes at least one
-- word, so that a count alone cannot keep us busy.
function M.read_array(bytes, at, read)
	local count, after = M.read_uint(bytes, at)
	if not count or count * 4 > #bytes - after + 1 then
		return nil, at
	end
	local list, value = {}, nil
	for i = 1, count do
		value, after = read(bytes, after)
		if value == nil then
			return nil, at
		end
		list[i] = value
	end
	return list, after
end

--- A chain as portmap and mount use it: a word 1 before each element, 0 at the end.
function M.read_chain(bytes, at, read)
	local list = {}
	while true do
		local more, after = M.read_bool(bytes, at)
		if more == nil then
			return nil, at
		elseif not more then
			return list, after
		end
		local value, behind = read(bytes, after)
		if value == nil or behind <= after then
			return nil, at
		end
		list[#list + 1], at = value, behind
	end
end

-- RPC ------------------------------------------------------------------------------

local call_type, reply_type, rpc_version = 0, 1, 2

--- Credentials of AUTH_SYS (1) for a user on a machine.
function M.auth_sys(stamp, machine, uid, gid, gids)
	local body = M.uint(stamp) .. M.opaque(machine) .. M.uint(uid) .. M.uint(gid) .. M.array(gids or {}, M.uint)
	return M.uint(1) .. M.opaque(body)
end

--- AUTH_NONE.
M.auth_none = M.uint(0) .. M.opaque("")

--- A call: its number, program, version, procedure, arguments already encoded.
function M.rpc_call(call, arguments)
	return M.uint(call.xid) .. M.uint(call_type) .. M.uint(rpc_version) .. M.uint(call.program) ..
		M.uint(call.version) .. M.uint(call.procedure) .. (call.credentials or M.auth_none) ..
		(call.verifier or M.auth_none) .. (arguments or "")
end

-- accepted: verifier, then how the call went. On 2 (program mismatch) the
-- versions that there are follow.
local function read_accepted(bytes, at, reply)
	local status, low, high
	reply.verifier_flavor, at = M.read_uint(bytes, at)
	if not reply.verifier_flavor then
		return nil
	end
	reply.verifier, at = M.read_opaque(bytes, at, 400)
	if not reply.verifier then
		return nil
	end
	status, at = M.read_uint(bytes, at)
	if status == 2 then
		low, at = M.read_uint(bytes, at)
		high, at = M.read_uint(bytes, at)
		if not low or not high then
			return nil
		end
		reply.low, reply.high = low, high
	end
	reply.accept_status = status
	return status and at
end

local function read_denied(bytes, at, reply)
	reply.reject_status, at = M.read_uint(bytes, at)
	if reply.reject_status == 0 then
		reply.low, at = M.read_uint(bytes, at)
		reply.high, at = M.read_uint(bytes, at)
		return reply.high and at
	end
	if reply.reject_status then
		reply.auth_status, at = M.read_uint(bytes, at)
	end
	return reply.auth_status and at
end

--- A reply: {xid, accepted, accept_status, reject_status, ...} and the position of
-- the results; nil when it is none.
function M.read_rpc_reply(bytes, at)
	local reply, kind, state = {}, nil, nil
	reply.xid, at = M.read_uint(bytes, at or 1)
	kind, at = M.read_uint(bytes, at)
	state, at = M.read_uint(bytes, at)
	if kind ~= reply_type or not state or state > 1 then
		return nil
	end
	reply.accepted = state == 0
	at = (reply.accepted and read_accepted or read_denied)(bytes, at, reply)
	if not at then
		return nil
	end
	return reply, at
end

--- A record mark before a message on a stream: it is the last fragment.
function M.record(message)
	return M.uint(0x80000000 | #message) .. message
end

--- The length of the fragment that a mark announces, and whether it is the last.
function M.read_record_mark(bytes, at)
	local mark = M.read_uint(bytes, at or 1)
	if not mark then
		return nil
	end
	return mark & 0x7fffffff, mark & 0x80000000 ~= 0
end

return strict(M)
