local check = require "check"
local json = require "json"

local T = {}

local function parsed(text)
	local ok, value = json.parse(text)
	check.is_true(ok, value)
	return value
end

local function refused(text)
	local ok, why = json.parse(text)
	check.equal(ok, false, text)
	check.equal(type(why), "string")
end

function T.values_of_every_type()
	check.equal(parsed '{"a": [1, -2.5e1, "x", true, false], "b": {}}', { a = { 1, -25.0, "x", true, false }, b = {} })
	check.is_true(parsed "null" == json.NULL)
	check.equal(parsed " 5 ", 5)
	check.equal(parsed '""', "")
end

function T.empty_containers_know_what_they_are()
	check.equal(json.typeof(parsed "[]"), "array")
	check.equal(json.typeof(parsed "{}"), "object")
	check.equal(json.generate(parsed '{"a": [], "b": {}}'), '{"a": [], "b": {}}')
	check.equal(json.typeof(json.NULL), "null")
	check.equal(json.typeof { 1 }, "array")
	check.equal(json.typeof { a = 1 }, "object")
	check.equal(json.generate(json.make_array()), "[]")
	check.equal(json.generate(json.make_object()), "{}")
end

function T.escapes()
	check.equal(parsed [["\"\\\/\b\f\n\r\t\u0041\u20ac\ud83d\ude00"]], "\"\\/\b\f\n\r\tA€😀")
	check.equal(parsed [["\ud83d"]], "\u{fffd}")
	check.equal(parsed [["\ud83d\u0041"]], "\u{fffd}A")
	check.equal(json.generate('a"\\\n\1'), [["a\"\\\n\u0001"]])
	check.equal(json.generate("\xe9"), '"é"')
end

function T.what_is_not_json_is_refused()
	for _, text in ipairs { "", "{", "[1,", "[1 2]", '{"a"}', '{"a":}', "{a:1}", "tru", "nul", "01", "-", "1.", "1e", "+1",
		'"a', '"\\x"', '"\\u12"', '"\1"', "[1],", "'a'", "[,]", '{"a":1,}', "NaN" } do
		refused(text)
	end
	refused(nil)
	refused(5)
end

function T.deep_nesting_is_refused()
	refused(("["):rep(100000))
	refused(('{"a":'):rep(100000))
	parsed(("["):rep(200) .. ("]"):rep(200))
	local deep = {}
	deep[1] = deep
	local text, why = json.generate(deep)
	check.is_nil(text)
	check.equal(why, "nested too deep")
end

function T.numbers_json_does_not_have()
	check.is_nil(json.generate(0 / 0))
	check.is_nil(json.generate(math.huge))
	check.is_nil(json.generate(print))
	check.equal(json.generate(2 ^ 53), "9.007199254741e+15")
	check.equal(json.generate { 1, 2.5, json.NULL }, "[1, 2.5, null]")
end

local function random_value(depth)
	local kind = math.random(depth > 3 and 4 or 6)
	if kind == 1 then
		return math.random(-1000, 1000)
	elseif kind == 2 then
		return math.random(2) == 1
	elseif kind == 3 then
		return ("aé\n\"\\"):rep(math.random(0, 3))
	elseif kind == 4 then
		return math.random(-8, 8) / 4
	end
	local t = kind == 5 and json.make_array {} or json.make_object {}
	for i = 1, math.random(0, 4) do
		t[kind == 5 and i or "k" .. i] = random_value(depth + 1)
	end
	return t
end

function T.parsing_undoes_generating()
	check.seed(11)
	for _ = 1, 300 do
		local value = json.make_array { random_value(1) }
		local text = json.generate(value)
		check.equal(json.generate(parsed(text)), text)
	end
end

function T.any_bytes_parse_or_are_refused()
	check.fuzz(json.parse, { '{"a": [1, -2.5e1, "x\\u0041\\ud83d\\ude00", true, null], "b": {}}' })
end

function T.depth_is_counted_exactly()
	parsed(("["):rep(255) .. "1" .. ("]"):rep(255))
	parsed(("["):rep(255) .. ("]"):rep(255))
	refused(("["):rep(256) .. "1" .. ("]"):rep(256))
	check.equal(json.typeof {}, "object")
	check.equal(json.typeof { 1, nil, 3 }, "object")
	check.equal(select(2, json.parse "[1"), "syntax error: expected , or ] at byte 3")
	check.equal(select(2, json.parse '"a'), "syntax error: string without an end at byte 3")
end

return T
