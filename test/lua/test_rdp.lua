local check = require "check"
local rdp = require "rdp"

local T = {}

local confirm = "\3\0\0\19\14\xd0\0\0\18\52\0\2\31\8\0\2\0\0\0"
local refusal = "\3\0\0\19\14\xd0\0\0\18\52\0\3\0\8\0\5\0\0\0"
-- As MS-RDPBCGR 4.1.4 has it: a GCC answer with core, security and network data.
local response = "\3\0\0\x60\2\xf0\x80\x7f\x66\x57\x0a\1\0\2\1\0\x30\x1a" .. ("\2\1\0"):rep(8) .. "\4\x36\0\5\0\20\x7c\0\1" ..
	"\x2a\20\x76\x0a\1\1\0\1\xc0\0McDn\x1e\1\x0c\8\0\4\0\8\0\2\x0c\12\0\2\0\0\0\3\0\0\0\3\x0c\8\0\xeb\3\0\0"

function T.requests_have_their_length()
	local request = rdp.build_request(rdp.PROTOCOLS.SSL)
	check.equal(rdp.packet_length(request), #request)
	check.equal({ request:byte(5) + 5, request:byte(6) }, { #request, 0xe0 })
	check.equal(request:sub(-8), "\1\0\8\0\1\0\0\0")
	check.equal(rdp.build_request():sub(-2), "\r\n")
	request = rdp.build_connect_initial(2)
	check.equal(rdp.packet_length(request), #request)
	check.equal(request:sub(8, 10), "\x7f\x65\x82")
	check.equal((string.unpack(">I2", request, 11)), #request - 12)
	local at = request:find("Duca", 1, true)
	check.equal((string.unpack(">I2", request, at + 4)) & 0x7fff, #request - at - 5)
end

function T.confirms_and_refusals()
	check.equal(rdp.parse_confirm(confirm), { protocol = 2, flags = 31 })
	check.equal(rdp.parse_confirm(refusal), { failure = 5, why = "HYBRID_REQUIRED_BY_SERVER" })
	check.equal(rdp.parse_confirm "\3\0\0\11\6\xd0\0\0\18\52\0", { protocol = 0 })
	check.is_nil(rdp.parse_confirm("SSH-2.0-OpenSSH\r\n"))
end

function T.what_a_server_could_do()
	check.equal(rdp.parse_connect_response(response), { version = 0x00080004, method = 2, level = 3 })
	check.is_nil(rdp.parse_connect_response(confirm))
end

function T.credssp_is_nested()
	local message = rdp.build_credssp "tok"
	check.equal({ message:byte(2) + 2, message:sub(-3) }, { #message, "tok" })
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(function(bytes)
		rdp.packet_length(bytes)
		rdp.parse_confirm(bytes)
		rdp.parse_connect_response(bytes)
	end, { confirm, refusal, response })
end

function T.what_a_client_says_of_itself()
	check.equal(rdp.build_request(2), "\3\0\0\x2e\x29\xe0\0\0\0\0\0Cookie: mstshash=portolan\r\n\1\0\8\0\2\0\0\0")
	local request = rdp.build_connect_initial(16)
	check.equal(request:sub(13, 41), "\4\1\1\4\1\1\1\1\xff\x30\x1a\2\1\x22\2\1\2\2\1\0\2\1\1\2\1\0\2\1\1")
	check.is_true(request:find("\x30\x19\2\1\1\2\1\1\2\1\1\2\1\1\2\1\0\2\1\1\2\2\4\x20\2\1\2", 1, true))
	local core = request:find("\1\xc0\xd8", 1, true)
	local length, version, width = string.unpack("<I2I4I2", request, core + 2)
	check.equal({ length, version, width }, { 216, 0x00080004, 800 })
	check.equal(request:sub(core + 216), "\2\xc0\12\0\16\0\0\0\0\0\0\0\3\xc0\8\0\0\0\0\0")
end

function T.a_server_may_tell_less()
	check.equal(rdp.parse_connect_response("McDn\8\1\x0c\8\0\1\0\8\0"), { version = 0x00080001 })
	check.equal(rdp.parse_connect_response("xxMcDn\x80\12\2\x0c\12\0\1\0\0\0\1\0\0\0"), { method = 1, level = 1 })
	check.is_nil(rdp.packet_length "\3\0\0\6")
	check.equal(rdp.packet_length "\3\0\0\7", 7)
end

return T
