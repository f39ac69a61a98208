local check = require "check"
local xdr = require "xdr"

local T = {}

function T.words_and_opaque_data()
	check.equal(xdr.uint(1), "\0\0\0\1")
	check.equal(xdr.int(-1), "\255\255\255\255")
	check.equal(xdr.opaque "abcde", "\0\0\0\5abcde\0\0\0")
	check.equal(xdr.array({ 1, 2 }, xdr.uint), "\0\0\0\2\0\0\0\1\0\0\0\2")
	check.equal(xdr.bool(true), "\0\0\0\1")
end

function T.reading_undoes_writing()
	check.seed(14)
	for _ = 1, 200 do
		local text, number = check.bytes(40), math.random(0, 0xffffffff)
		local bytes = xdr.uint(number) .. xdr.opaque(text) .. xdr.uhyper(number << 16)
		local value, at = xdr.read_uint(bytes, 1)
		check.equal(value, number)
		value, at = xdr.read_opaque(bytes, at)
		check.equal(value, text)
		value, at = xdr.read_uhyper(bytes, at)
		check.equal({ value, at }, { number << 16, #bytes + 1 })
	end
end

function T.what_is_cut_off_or_too_long_is_nil()
	check.is_nil((xdr.read_uint("\0\0\0", 1)))
	check.is_nil((xdr.read_opaque("\0\0\0\5abcde", 1)))
	check.is_nil((xdr.read_opaque("\255\255\255\255abcde", 1)))
	check.is_nil((xdr.read_opaque("\0\0\0\8abcdefgh", 1, 4)))
	check.is_nil((xdr.read_array("\255\255\255\255\0\0\0\1", 1, xdr.read_uint)))
	check.is_nil((xdr.read_bool("\0\0\0\2", 1)))
	check.is_nil((xdr.read_chain("\0\0\0\1", 1, xdr.read_uint)))
end

function T.chains_end_at_a_zero()
	local bytes = "\0\0\0\1\0\0\0\5\0\0\0\1\0\0\0\6\0\0\0\0"
	check.equal({ xdr.read_chain(bytes, 1, xdr.read_uint) }, { { 5, 6 }, 21 })
	check.is_nil((xdr.read_chain(("\0\0\0\1"):rep(9), 1, function(_, at) return 0, at - 4 end)))
end

-- A call of portmap's DUMP, as RFC 5531 lays it out.
function T.a_call_of_portmap()
	local call = xdr.rpc_call { xid = 0x01020304, program = 100000, version = 2, procedure = 4 }
	check.equal(call, "\1\2\3\4\0\0\0\0\0\0\0\2\0\1\x86\xa0\0\0\0\2\0\0\0\4" .. ("\0"):rep(16))
	local sys = xdr.auth_sys(1, "host", 0, 0, { 1 })
	check.equal(sys, "\0\0\0\1\0\0\0\x1c\0\0\0\1\0\0\0\4host\0\0\0\0\0\0\0\0\0\0\0\1\0\0\0\1")
	check.equal({ xdr.read_record_mark(xdr.record(call)) }, { #call, true })
end

local accepted = "\1\2\3\4\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"

function T.replies()
	local reply, at = xdr.read_rpc_reply(accepted .. "rest")
	check.equal({ reply.xid, reply.accepted, reply.accept_status, at }, { 0x01020304, true, 0, 25 })
	reply = xdr.read_rpc_reply(accepted:sub(1, 20) .. "\0\0\0\2\0\0\0\2\0\0\0\4")
	check.equal({ reply.accept_status, reply.low, reply.high }, { 2, 2, 4 })
	reply = xdr.read_rpc_reply "\1\2\3\4\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\5"
	check.equal({ reply.accepted, reply.reject_status, reply.auth_status }, { false, 1, 5 })
	check.is_nil(xdr.read_rpc_reply("\1\2\3\4\0\0\0\0"))
end

function T.cut_off_replies_are_nil()
	for length = 0, #accepted - 1 do
		check.is_nil((xdr.read_rpc_reply(accepted:sub(1, length))))
	end
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(function(bytes)
		xdr.read_rpc_reply(bytes)
		xdr.read_chain(bytes, 1, xdr.read_opaque)
		xdr.read_array(bytes, 1, xdr.read_opaque)
		xdr.read_record_mark(bytes)
	end, { accepted, "\0\0\0\1\0\0\0\5abcde\0\0\0\0\0\0\0" })
end

function T.reading_ends_exactly_at_the_end()
	check.equal(xdr.bool(false), "\0\0\0\0")
	check.equal({ xdr.read_opaque("\0\0\0\4abcd", 1) }, { "abcd", 9 })
	check.equal({ xdr.read_array("\0\0\0\2\0\0\0\7\0\0\0\9", 1, xdr.read_uint) }, { { 7, 9 }, 13 })
	check.equal({ xdr.read_bool("\0\0\0\0", 1) }, { false, 5 })
	check.equal({ xdr.read_int("\255\255\255\254", 1) }, { -2, 5 })
	check.is_nil((xdr.read_uint("\0\0\0\1", 0)))
	check.is_nil((xdr.read_chain(("\0\0\0\1"):rep(9), 1, function(_, at) return 0, at end)))
end

function T.cut_off_denials_are_nil()
	for _, reply in ipairs { "\1\2\3\4\0\0\0\1\0\0\0\1\0\0\0\1\0\0\0\5", "\1\2\3\4\0\0\0\1\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\2" } do
		check.is_true(xdr.read_rpc_reply(reply))
		for length = 0, #reply - 1 do
			check.is_nil((xdr.read_rpc_reply(reply:sub(1, length))))
		end
	end
	local mismatch = accepted:sub(1, 20) .. "\0\0\0\2\0\0\0\2\0\0\0\4"
	for length = 0, #mismatch - 1 do
		check.is_nil((xdr.read_rpc_reply(mismatch:sub(1, length))))
	end
end

return T
