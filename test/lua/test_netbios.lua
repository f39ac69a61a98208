local check = require "check"
local fake = require "fake_server"
local netbios = require "netbios"

local T = {}

-- RFC 1001, 14.1.
function T.the_name_of_the_rfc()
	check.equal(netbios.name_encode("The NetBIOS name", "SCOPE.ID.COM"),
		"\32FEEIEFCAEOEFFEECEJEPFDCAEOEBENEF\5SCOPE\2ID\3COM\0")
	check.equal({ netbios.name_decode("\32FEEIEFCAEOEFFEECEJEPFDCAEOEBENEF\5SCOPE\2ID\3COM\0") },
		{ "THE NETBIOS NAME", "SCOPE.ID.COM" })
	check.equal(netbios.name_encode "*", "\32CK" .. ("A"):rep(30) .. "\0")
end

function T.decoding_undoes_encoding()
	for _, name in ipairs { "A", "WORKGROUP", "EXACTLY15CHARSX", "A B" } do
		check.equal({ netbios.name_decode(netbios.name_encode(name)) }, { name, "" })
	end
end

function T.what_is_no_name_is_nil()
	check.is_nil((netbios.name_decode "\32FEEIEF"))
	check.is_nil((netbios.name_decode("\32" .. ("Z"):rep(32) .. "\0")))
	check.is_nil((netbios.name_decode("\31" .. ("A"):rep(32) .. "\0")))
end

function T.flags_in_words()
	check.equal(netbios.flags_to_string(0x0400), "<unique><active>")
	check.equal(netbios.flags_to_string(0x8600), "<group><active><permanent>")
end

local function response()
	return "\0\1\x84\0\0\0\0\1\0\0\0\0" .. netbios.name_encode "*" .. "\0\x21\0\1\0\0\0\0\0\x2b\2" ..
		"HOST           \0\4\0" .. "GROUP          \0\x84\0" .. "\0\17\34\51\68\85"
end

function T.names_of_a_node_status()
	local names, statistics = netbios.nbstat_response(response())
	check.equal(names, { { name = "HOST", suffix = 0, flags = 0x0400 }, { name = "GROUP", suffix = 0, flags = 0x8400 } })
	check.equal(statistics, "\0\17\34\51\68\85")
	check.is_nil(netbios.nbstat_response(response():sub(1, 80)))
	check.is_nil(netbios.nbstat_response(netbios.nbstat_request(1)))
	check.equal(#netbios.nbstat_request(1), 50)
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(function(bytes)
		netbios.nbstat_response(bytes)
		netbios.name_decode(bytes)
	end, { response(), netbios.name_encode("A", "B.C") })
end

function T.responses_end_where_they_say()
	local bare = response():sub(1, -7)
	local names, statistics = netbios.nbstat_response(bare)
	check.equal({ #names, statistics }, { 2, "" })
	check.is_nil(netbios.nbstat_response(bare:sub(1, -2)))
	check.is_nil(netbios.nbstat_response(response():gsub("\x84", "\4", 1)))
	check.equal(netbios.nbstat_response(bare:sub(1, 56) .. "\0"), {})
end

function T.scopes_that_are_cut_off_are_none()
	local name = netbios.name_encode "A"
	check.equal({ netbios.name_decode(name:sub(1, 33)) }, { "A", "" })
	check.equal({ netbios.name_decode(name:sub(1, 33) .. "\5ab") }, { "A", "" })
	local label = ("x"):rep(63)
	check.equal({ netbios.name_decode(name:sub(1, 33) .. "\63" .. label .. "\0") }, { "A", label })
	check.equal({ netbios.name_decode(name:sub(1, 33) .. "\64" .. label .. "x\0") }, { "A", "" })
end

function T.a_host_is_asked_once()
	fake.answer(function(bytes)
		return #bytes > 0 and { "\0\0" .. response():sub(3), bytes:sub(1, 2) .. response():sub(3) }
	end)
	local host = { ip = "10.0.0.1", registry = {} }
	local ok, names, statistics = netbios.do_nbstat(host)
	check.equal({ ok, #names, statistics }, { true, 2, "\0\17\34\51\68\85" })
	check.equal({ netbios.get_workstation_name(host) }, { true, "HOST" })
	check.equal(#fake.sent, 1)
end

function T.who_does_not_answer_has_no_names()
	fake.answer(function() return {} end)
	check.equal({ netbios.get_server_name { ip = "10.0.0.1", registry = {} } }, { false, "NetBIOS: no answer" })
end

function T.the_user_is_who_is_not_the_server()
	local names = { { name = "HOST", suffix = 3, flags = 0x400 }, { name = "HOST", suffix = 32, flags = 0x400 },
		{ name = "GROUP", suffix = 0, flags = 0x8400 }, { name = "ANNA", suffix = 3, flags = 0x400 } }
	check.equal({ netbios.get_user_name(nil, names) }, { true, "ANNA" })
	check.equal({ netbios.get_server_name(nil, names) }, { true, "HOST" })
	check.equal({ netbios.get_workstation_name(nil, names) }, { true, nil })
end

return T
