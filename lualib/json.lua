--- json: RFC 8259. parse(text) gives true and the value, or false and why not;
-- generate(value) the text. null is json.NULL; arrays and objects that were
-- parsed know what they are (typeof), empty or not.

local strict = require "strict"
local unicode = require "unicode"
local getmetatable, ipairs, pairs, setmetatable = getmetatable, ipairs, pairs, setmetatable
local error, pcall, tonumber, tostring, type = error, pcall, tonumber, tostring, type
local math, string, table, utf8 = math, string, table, utf8

local M = {}

-- Deeper texts are refused, however long they are.
local depth_max = 256

local array_meta, object_meta = {}, {}

--- null. It is not nil, since tables cannot hold that.
M.NULL = setmetatable({}, {
	__tostring = function() return "null" end,
})

--- Marks a table as an array or as an object, for generate().
function M.make_array(t)
	return setmetatable(t or {}, array_meta)
end

function M.make_object(t)
	return setmetatable(t or {}, object_meta)
end

local function plain_table_type(t)
	local count = 0
	for key in pairs(t) do
		if math.type(key) ~= "integer" then
			return "object"
		end
		count = count + 1
	end
	return count == #t and count > 0 and "array" or "object"
end

--- "array", "object", "null", or the name of the Lua type.
function M.typeof(value)
	if value == M.NULL then
		return "null"
	elseif type(value) ~= "table" then
		return type(value)
	end
	local meta = getmetatable(value)
	if meta == array_meta then
		return "array"
	elseif meta == object_meta then
		return "object"
	end
	return plain_table_type(value)
end

-- Reading. `at` is the position of the next byte; failures are raised as
-- tables and caught in parse().
local parse_value

local function fail(at, what)
	error({ message = string.format("%s at byte %d", what, at) }, 0)
end

local function skip_blanks(text, at)
	return text:match("^[ \t\r\n]*()", at)
end

local escapes = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

-- The code point of \uXXXX or of a pair of them, and the position behind it.
local function parse_unicode(text, at)
	local digits = text:match("^u(%x%x%x%x)", at) or fail(at, "bad \\u escape")
	local high = tonumber(digits, 16)
	local low = high & 0xfc00 == 0xd800 and tonumber(text:match("^\\u(%x%x%x%x)", at + 5) or "0", 16)
	if low and low & 0xfc00 == 0xdc00 then
		return 0x10000 + ((high & 0x3ff) << 10 | low & 0x3ff), at + 11
	end
	return high, at + 5
end

local function parse_escape(text, at)
	local c = text:sub(at, at)
	if c == "u" then
		local point, after = parse_unicode(text, at)
		return unicode.utf8_enc(point) or "\xef\xbf\xbd", after
	end
	return escapes[c] or fail(at, "bad escape"), at + 1
end

-- `at` is behind the opening quote.
local function parse_string(text, at)
	local out = {}
	while true do
		local run, mark, after = text:match('^([^"\\%c]*)()(.?)', at)
		out[#out + 1] = run
		if after == '"' then
			return table.concat(out), mark + 1
		elseif after ~= "\\" then
			fail(mark, after == "" and "string without an end" or "control character in a string")
		end
		out[#out + 1], at = parse_escape(text, mark + 1)
	end
end

local function parse_number(text, at)
	local whole, after = text:match("^(-?%d+)()", at)
	if not whole or whole:match("^-?0%d") then
		fail(at, "unexpected character")
	end
	local fraction, behind = text:match("^(%.%d+)()", after)
	after = behind or after
	local exponent, last = text:match("^([eE][+-]?%d+)()", after)
	return tonumber(whole .. (fraction or "") .. (exponent or "")), last or after
end

local function parse_array(text, at, depth)
	local array = M.make_array {}
	at = skip_blanks(text, at)
	if text:sub(at, at) == "]" then
		return array, at + 1
	end
	while true do
		array[#array + 1], at = parse_value(text, at, depth)
		at = skip_blanks(text, at)
		local c = text:sub(at, at)
		if c == "]" then
			return array, at + 1
		elseif c ~= "," then
			fail(at, "expected , or ]")
		end
		at = at + 1
	end
end

local function parse_member(text, at, depth, object)
	local name, value
	at = skip_blanks(text, at)
	if text:sub(at, at) ~= '"' then
		fail(at, "expected a name")
	end
	name, at = parse_string(text, at + 1)
	at = skip_blanks(text, at)
	if text:sub(at, at) ~= ":" then
		fail(at, "expected :")
	end
	value, at = parse_value(text, at + 1, depth)
	object[name] = value
	return skip_blanks(text, at)
end

local function parse_object(text, at, depth)
	local object = M.make_object {}
	at = skip_blanks(text, at)
	if text:sub(at, at) == "}" then
		return object, at + 1
	end
	while true do
		at = parse_member(text, at, depth, object)
		local c = text:sub(at, at)
		if c == "}" then
			return object, at + 1
		elseif c ~= "," then
			fail(at, "expected , or }")
		end
		at = at + 1
	end
end

local words = { ["true"] = true, ["false"] = false, null = M.NULL }

function parse_value(text, at, depth)
	at = skip_blanks(text, at)
	local c = text:sub(at, at)
	if depth > depth_max then
		fail(at, "nested too deep")
	elseif c == "{" then
		return parse_object(text, at + 1, depth + 1)
	elseif c == "[" then
		return parse_array(text, at + 1, depth + 1)
	elseif c == '"' then
		return parse_string(text, at + 1)
	end
	local word = text:match("^%a+", at)
	if word and words[word] ~= nil then
		return words[word], at + #word
	end
	return parse_number(text, at)
end

local function parse_text(text)
	local value, at = parse_value(text, 1, 1)
	at = skip_blanks(text, at)
	if at <= #text then
		fail(at, "something behind the value")
	end
	return value
end

--- true and the value of a JSON text; false and what is wrong with it.
function M.parse(text)
	if type(text) ~= "string" then
		return false, "not a string"
	end
	local ok, value = pcall(parse_text, text)
	if ok then
		return true, value
	end
	return false, "syntax error: " .. tostring(type(value) == "table" and value.message or value)
end

-- Writing.
local generate

local escaped = { ['"'] = '\\"', ["\\"] = "\\\\", ["\b"] = "\\b", ["\f"] = "\\f", ["\n"] = "\\n", ["\r"] = "\\r", ["\t"] = "\\t" }

local function escape_control(c)
	return escaped[c] or string.format("\\u%04x", string.byte(c))
end

-- Bytes that are not UTF-8 are written as if they were Latin 1, so that the
-- text is JSON whatever a host sent.
local function valid_utf8(text)
	if utf8.len(text) then
		return text
	end
	return unicode.transcode(text, unicode.latin1_dec, unicode.utf8_enc)
end

local function generate_string(text)
	return '"' .. valid_utf8(text):gsub('[%c"\\]', escape_control) .. '"'
end

local function generate_number(number)
	if number ~= number or number == math.huge or number == -math.huge then
		error({ message = "a number that JSON does not have" }, 0)
	end
	return math.type(number) == "integer" and string.format("%d", number) or string.format("%.14g", number)
end

local function generate_array(array, depth)
	local out = {}
	for i, value in ipairs(array) do
		out[i] = generate(value, depth)
	end
	return "[" .. table.concat(out, ", ") .. "]"
end

local function generate_object(object, depth)
	local out = {}
	for name, value in pairs(object) do
		out[#out + 1] = generate_string(tostring(name)) .. ": " .. generate(value, depth)
	end
	table.sort(out)
	return "{" .. table.concat(out, ", ") .. "}"
end

local writers = {
	null = function() return "null" end,
	["nil"] = function() return "null" end,
	boolean = tostring,
	string = generate_string,
	number = generate_number,
	array = generate_array,
	object = generate_object,
}

function generate(value, depth)
	local writer = writers[M.typeof(value)]
	if depth > depth_max then
		error({ message = "nested too deep" }, 0)
	elseif not writer then
		error({ message = "no JSON for a " .. type(value) }, 0)
	end
	return writer(value, depth + 1)
end

--- The JSON text of a value; nil and why not. Names are sorted.
function M.generate(value)
	local ok, text = pcall(generate, value, 1)
	if ok then
		return text
	end
	return nil, tostring(type(text) == "table" and text.message or text)
end

return strict(M)
