local asn1 = require "asn1"
local check = require "check"
local ntlm = require "ntlm"
local unicode = require "unicode"

local T = {}

local function pair(id, value)
	return string.pack("<I2s2", id, value)
end

local function challenge(info, flags)
	local target = unicode.utf8to16 "DOM"
	info = info or pair(2, unicode.utf8to16 "DOM") .. pair(1, unicode.utf8to16 "HOST") .. pair(4, unicode.utf8to16 "d.example") ..
		pair(3, unicode.utf8to16 "host.d.example") .. pair(7, string.pack("<i8", (1700000000 + 11644473600) * 10000000)) .. pair(0, "")
	return "NTLMSSP\0" .. string.pack("<I4I2I2I4I4", 2, #target, #target, 56, flags or 0xe2898215) .. "12345678" ..
		("\0"):rep(8) .. string.pack("<I2I2I4", #info, #info, 56 + #target) .. "\10\0\x63\x45\0\0\0\15" .. target .. info
end

function T.negotiate_has_its_layout()
	local message = ntlm.build_negotiate(0xe0088297)
	check.equal(message, "NTLMSSP\0\1\0\0\0\x97\x82\8\xe0" .. ("\0\0\0\0\32\0\0\0"):rep(2))
	message = ntlm.build_negotiate(0xe2088297)
	check.equal(message:sub(17), ("\0\0\0\0\40\0\0\0"):rep(2) .. "\10\0\x61\x4a\0\0\0\15")
	check.equal(#ntlm.build_negotiate(), 32)
end

function T.names_of_a_challenge()
	local seen = ntlm.parse_challenge(challenge())
	check.equal({ seen.netbios_domain_name, seen.netbios_computer_name, seen.dns_domain_name, seen.dns_computer_name },
		{ "DOM", "HOST", "d.example", "host.d.example" })
	check.equal({ seen.target_name, seen.challenge, seen.version, seen.timestamp, seen.flags },
		{ "DOM", "12345678", "10.0.17763", 1700000000, 0xe2898215 })
end

function T.what_the_flags_do_not_announce_is_absent()
	local seen = ntlm.parse_challenge(challenge(nil, ntlm.FLAGS.UNICODE))
	check.is_nil(seen.version)
	check.is_nil(seen.netbios_computer_name)
	check.equal(seen.target_name, "DOM")
	check.equal(ntlm.parse_challenge(challenge(nil, 0)).target_name, "D\0O\0M\0")
end

function T.cut_off_information_ends_there()
	local seen = ntlm.parse_challenge(challenge(pair(1, "A\0") .. "\2\0\255\0B\0"))
	check.equal(seen.netbios_computer_name, "A")
	check.is_nil(seen.netbios_domain_name)
	seen = ntlm.parse_challenge(challenge(pair(0, "") .. pair(1, "A\0")))
	check.is_nil(seen.netbios_computer_name)
	for length = 0, 31 do
		check.is_nil(ntlm.parse_challenge(challenge():sub(1, length)))
	end
	check.is_nil(ntlm.parse_challenge(challenge():sub(1, 40)).netbios_computer_name)
	check.is_nil(ntlm.parse_challenge(ntlm.build_negotiate()))
end

function T.times_since_1601()
	check.equal(ntlm.filetime(string.pack("<i8", 116444736000000000)), 0)
	check.is_nil(ntlm.filetime(("\0"):rep(8)))
	check.is_nil(ntlm.filetime(("\255"):rep(8)))
	check.is_nil(ntlm.filetime "short")
end

function T.spnego_is_ber()
	local token = ntlm.wrap_negotiate(ntlm.build_negotiate())
	local decoder = asn1.ASN1Decoder:new()
	local function inner(self, text, length, at)
		return self:decodeSeq(text, length, at)
	end
	decoder:registerTagDecoders { ["\x60"] = inner, ["\xa0"] = inner, ["\xa2"] = inner }
	check.equal(decoder:decode(token), { "1.3.6.1.5.5.2", { { { { "1.3.6.1.4.1.311.2.2.10" } }, { ntlm.build_negotiate() } } } })
	check.equal(ntlm.find(token), ntlm.build_negotiate())
	check.is_nil(ntlm.find "nothing")
end

function T.any_bytes_parse_or_give_nil()
	check.fuzz(ntlm.parse_challenge, { challenge() }, 2000)
end

return T
