local check = require "check"
local unicode = require "unicode"

local T = {}

function T.utf8_of_every_length()
	for _, point in ipairs { 0, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff } do
		local bytes = unicode.utf8_enc(point)
		check.equal({ unicode.utf8_dec(bytes) }, { point, #bytes + 1 })
	end
	check.is_nil(unicode.utf8_enc(0xd800))
	check.is_nil(unicode.utf8_enc(0x110000))
end

function T.utf8_that_is_none()
	for _, bytes in ipairs { "", "\128", "\192\128", "\193\191", "\224\128\128", "\237\160\128", "\244\144\128\128", "\255", "\226\130", "\226a\130" } do
		check.is_nil((unicode.utf8_dec(bytes)), bytes)
	end
end

function T.utf16_in_both_orders()
	check.equal(unicode.utf8to16 "aé€😀", "a\0\xe9\0\xac\x20\x3d\xd8\x00\xde")
	check.equal(unicode.utf8to16("a€", true), "\0a\x20\xac")
	check.equal(unicode.utf16to8 "a\0\xac\x20\x3d\xd8\x00\xde", "a€😀")
	check.equal(unicode.utf16to8("\0a", true), "a")
end

function T.half_pairs_and_odd_bytes_are_shown()
	check.equal(unicode.utf16to8 "\x3d\xd8", "?")
	check.equal(unicode.utf16to8 "a\0b", "a\u{fffd}")
	check.equal(unicode.decode("a\255b", unicode.utf8_dec), { 97, 0xfffd, 98 })
end

function T.latin1_both_ways()
	check.equal(unicode.transcode("\xe9", unicode.latin1_dec, unicode.utf8_enc), "é")
	check.equal(unicode.transcode("é€", unicode.utf8_dec, unicode.latin1_enc), "\xe9?")
end

function T.decoding_undoes_encoding()
	check.seed(10)
	for _ = 1, 100 do
		local points = {}
		for i = 1, math.random(20) do
			points[i] = math.random(0, 0xd7ff)
			points[i] = i % 3 == 0 and math.random(0xe000, 0x10ffff) or points[i]
		end
		check.equal(unicode.decode(unicode.encode(points, unicode.utf8_enc), unicode.utf8_dec), points)
		check.equal(unicode.decode(unicode.encode(points, unicode.utf16_enc, true), unicode.utf16_dec, true), points)
	end
end

function T.any_bytes_decode()
	check.fuzz(function(bytes)
		unicode.utf16to8(bytes)
		unicode.utf8to16(bytes)
	end, { "a\0\xe9\0\x3d\xd8\x00\xde", "aé€😀" })
end

function T.positions_begin_at_one()
	check.equal({ unicode.latin1_dec "ab" }, { 97, 2 })
	check.equal({ unicode.utf16_dec("a\0b\0", 3) }, { 98, 5 })
	check.is_nil((unicode.utf8_dec "\245\128\128\128"))
	check.is_nil((unicode.latin1_dec("a", 2)))
end

return T
