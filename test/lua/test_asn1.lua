local asn1 = require "asn1"
local check = require "check"

local T = {}
local encoder, decoder = asn1.ASN1Encoder:new(), asn1.ASN1Decoder:new()

-- Octets as X.690 and RFC 1157 print them.
function T.octets_of_simple_values()
	check.equal(encoder:encode(true), "\1\1\255")
	check.equal(encoder:encode(0), "\2\1\0")
	check.equal(encoder:encode(127), "\2\1\127")
	check.equal(encoder:encode(128), "\2\2\0\128")
	check.equal(encoder:encode(-128), "\2\1\128")
	check.equal(encoder:encode(-129), "\2\2\255\127")
	check.equal(encoder:encode "ab", "\4\2ab")
	check.equal(encoder:encode(nil), "\5\0")
	check.equal(encoder:encodeOid { 1, 3, 6, 1, 4, 1, 311 }, "\x2b\6\1\4\1\x82\x37")
	check.equal(encoder:encodeSeq(encoder:encode(1)), "\x30\3\2\1\1")
	check.is_nil(encoder:encode(1.5))
	check.is_nil(encoder:encode(print))
	check.is_nil(encoder:encodeOid { 3, 1 })
end

function T.some_functions_need_no_object()
	check.equal(encoder.encodeLength(128), "\129\128")
	check.equal(encoder.encodeInt(-1), "\255")
	check.equal({ decoder.decodeLength("\5", 1) }, { 5, 2 })
	check.equal({ decoder.decodeInt("\1\0", 2, 1) }, { 256, 3 })
end

function T.lengths_of_one_and_more_bytes()
	check.equal(encoder:encodeLength(127), "\127")
	check.equal(encoder:encodeLength(128), "\129\128")
	check.equal(encoder:encodeLength(0x12345), "\131\1\x23\x45")
	for _, length in ipairs { 0, 1, 127, 128, 255, 256, 65535, 65536, 0xffffff } do
		local bytes = encoder:encodeLength(length)
		check.equal({ decoder:decodeLength(bytes, 1) }, { length, #bytes + 1 })
	end
	for _, bytes in ipairs { "", "\128", "\129", "\130\1", "\133\0\0\0\0\1" } do
		check.is_nil((decoder:decodeLength(bytes, 1)))
	end
end

function T.decoding_undoes_encoding()
	check.seed(13)
	for _ = 1, 300 do
		local number = math.random(0) >> math.random(0, 63)
		number = math.random(2) == 1 and number or ~number
		check.equal(decoder:decode(encoder:encode(number)), number)
		local text = check.bytes(300)
		check.equal(decoder:decode(encoder:encode(text)), text)
	end
	check.equal({ decoder:decode("\1\1\0\1\1\9", 4) }, { true, 7 })
	check.equal(decoder:decode "\5\0", false)
end

function T.oids_of_the_three_arcs()
	for _, oid in ipairs { { 0, 39 }, { 1, 3, 6, 1 }, { 2, 999, 3 }, { 1, 0, 0xffffffff, 128, 127 } } do
		local bytes = encoder:encodeTagged(6, encoder:encodeOid(oid))
		check.equal(decoder:decode(bytes), table.concat(oid, "."))
	end
	check.is_nil((decoder:decode "\6\1\128"))
	check.is_nil((decoder:decode "\6\0"))
end

function T.sequences_nest()
	local inner = encoder:encodeSeq(encoder:encode(1) .. encoder:encode "x")
	check.equal(decoder:decode(encoder:encodeSeq(inner .. encoder:encode(false))), { { 1, "x" }, false })
	check.equal(decoder:decode "\x30\0", {})
end

function T.cut_off_elements_are_nil()
	local bytes = encoder:encodeSeq(encoder:encode(300) .. encoder:encode "text")
	for length = 0, #bytes - 1 do
		check.is_nil((decoder:decode(bytes:sub(1, length))))
	end
	check.is_nil((decoder:decode "\2\0"))
	check.is_nil((decoder:decode("\2\9" .. ("\1"):rep(9))))
end

function T.an_element_does_not_reach_out_of_its_sequence()
	local strict_decoder = asn1.ASN1Decoder:new()
	strict_decoder:setStopOnError(true)
	check.is_nil((strict_decoder:decode "\x30\3\4\5abcde"))
end

function T.deep_nesting_ends()
	local bytes = ""
	for _ = 1, 3000 do
		bytes = encoder:encodeSeq(bytes)
	end
	local value = decoder:decode(bytes)
	check.equal(type(value), "table")
	check.equal(decoder.depth, 0)
end

function T.tags_of_others_can_be_registered()
	local own = asn1.ASN1Decoder:new()
	own:registerTagDecoders { ["\x80"] = function(_, text, length, at) return text:sub(at, at + length - 1), at + length end }
	check.equal(own:decode "\x80\2hi", "hi")
	check.equal({ decoder:decode "\x80\2hi" }, { nil, 5 })
	local writer = asn1.ASN1Encoder:new()
	writer:registerTagEncoders { enum = function(e, value) return e:encodeTagged(10, e:encodeInt(value[1])) end }
	check.equal(writer:encode { _type = "enum", 3 }, "\10\1\3")
	check.is_nil(writer:encode { 3 })
	writer:registerTagEncoders { table = function(e, value) return e:encodeSeq(e:encode(value[1])) end }
	check.equal(writer:encode { 3 }, "\x30\3\2\1\3")
	check.equal(asn1.BERtoInt(asn1.BERCLASS.Application, true, 3), 0x63)
	check.equal(asn1.intToBER(0x63), { class = 64, constructed = true, number = 3 })
end

function T.any_bytes_decode_or_give_nil()
	local seq = encoder:encodeSeq(encoder:encode(300) .. encoder:encodeSeq(encoder:encode "text" .. "\6\3\x2b\6\1"))
	check.fuzz(function(bytes) return decoder:decode(bytes) end, { seq, "\1\1\255", "\3\2\0\255" }, 2000)
end

-- Minutes, if each element cost the length of what is before it.
function T.wide_sequences_take_no_time()
	local bytes = encoder:encodeSeq(("\x30\0"):rep(1000000))
	check.equal(#decoder:decode(bytes), 1000000)
	check.equal({ decoder:decode("xx" .. encoder:encodeSeq "\2\1\5" .. "\2\1\6", 3) }, { { 5 }, 8 })
end

return T
