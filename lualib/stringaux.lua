--- stringaux: small functions over strings.

local strict = require "strict"
local string, table = string, table
local ipairs, tostring = ipairs, tostring

local M = {}

--- Joins the elements of a list with a delimiter.
function M.strjoin(delimiter, list)
	local words = {}
	for i, word in ipairs(list) do
		words[i] = tostring(word)
	end
	return table.concat(words, delimiter or "")
end

--- Cuts a string at every match of a Lua pattern; "" between two neighbours.
-- A pattern that matches the empty string cuts nowhere there.
function M.strsplit(pattern, text)
	local parts, from, search = {}, 1, 1
	while search <= #text do
		local first, last = string.find(text, pattern, search)
		if not first then
			break
		end
		if last < first then
			search = search + 1
		else
			parts[#parts + 1] = string.sub(text, from, first - 1)
			from, search = last + 1, last + 1
		end
	end
	parts[#parts + 1] = string.sub(text, from)
	return parts
end

local function unsafe_byte(c)
	return string.format("=%02x", string.byte(c))
end

--- A text as a file name of one component: every byte that is not a letter,
-- digit, "-", "_" or "." as =hh, and no name is "." or "..".
function M.filename_escape(text)
	if text == "." then
		return "=2e"
	elseif text == ".." then
		return "=2e=2e"
	end
	return (string.gsub(text, "[^%w._-]", unsafe_byte))
end

local function letter_class(c)
	return "[" .. string.lower(c) .. string.upper(c) .. "]"
end

-- In brackets both cases of a letter are added to the set.
local function both_cases(c)
	return string.lower(c) .. string.upper(c)
end

-- What follows "%" at position i: its length. %bxy takes two more, whose case
-- counts.
local function escape_length(pattern, i)
	return string.sub(pattern, i + 1, i + 1) == "b" and 4 or 2
end

-- A [set] from position i on: the rewritten text and the position behind it.
local function set_ignoring_case(pattern, i)
	local out, from = { "[" }, i + 1
	if string.sub(pattern, from, from) == "^" then
		out[2], from = "^", from + 1
	end
	local first = from
	while from <= #pattern do
		local c = string.sub(pattern, from, from)
		local low, high = string.match(pattern, "^(%a)%-(%a)", from)
		if c == "]" and from > first then
			break
		elseif c == "%" then
			out[#out + 1] = string.sub(pattern, from, from + 1)
			from = from + 2
		elseif low then
			out[#out + 1] = string.format("%s-%s%s-%s", low:lower(), high:lower(), low:upper(), high:upper())
			from = from + 3
		else
			out[#out + 1] = string.match(c, "%a") and both_cases(c) or c
			from = from + 1
		end
	end
	out[#out + 1] = string.sub(pattern, from, from)
	return table.concat(out), from + 1
end

--- A Lua pattern that matches as the given one, whatever the case of letters.
function M.ipattern(pattern)
	local out, i = {}, 1
	while i <= #pattern do
		local c = string.sub(pattern, i, i)
		if c == "%" then
			local length = escape_length(pattern, i)
			out[#out + 1] = string.sub(pattern, i, i + length - 1)
			i = i + length
		elseif c == "[" then
			out[#out + 1], i = set_ignoring_case(pattern, i)
		else
			out[#out + 1] = string.match(c, "%a") and letter_class(c) or c
			i = i + 1
		end
	end
	return table.concat(out)
end

--- The text itself; the second argument (or "<blank>") for nil and "".
function M.string_or_blank(text, blank)
	if text == nil or text == "" then
		return blank or "<blank>"
	end
	return text
end

return strict(M)
