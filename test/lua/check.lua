--- Assertions for test/lua/test_*.lua, and random bytes for decoders.

local check = {}

local function show(value, depth)
	if type(value) ~= "table" or (depth or 0) > 4 then
		return type(value) == "string" and string.format("%q", value) or tostring(value)
	end
	local out = {}
	for key, item in pairs(value) do
		out[#out + 1] = "[" .. tostring(key) .. "]=" .. show(item, (depth or 0) + 1)
	end
	table.sort(out)
	return "{" .. table.concat(out, ", ") .. "}"
end

local function same(one, other)
	if type(one) ~= "table" or type(other) ~= "table" then
		return one == other and math.type(one) == math.type(other)
	end
	for key, value in pairs(one) do
		if not same(value, rawget(other, key)) then
			return false
		end
	end
	for key in pairs(other) do
		if rawget(one, key) == nil then
			return false
		end
	end
	return true
end

--- Equal, tables by what they hold.
function check.equal(got, expected, what)
	if not same(got, expected) then
		error(string.format("%sgot %s, expected %s", what and what .. ": " or "", show(got), show(expected)), 2)
	end
end

function check.is_true(value, what)
	if not value then
		error((what or "not true") .. ": " .. show(value), 2)
	end
end

function check.is_nil(value, what)
	if value ~= nil then
		error((what or "expected nil") .. ": got " .. show(value), 2)
	end
end

--- The function raises an error whose text contains `text`.
function check.raises(text, f, ...)
	local ok, message = pcall(f, ...)
	if ok then
		error("nothing was raised", 2)
	elseif not tostring(message):find(text, 1, true) then
		error("raised " .. show(tostring(message)) .. ", not " .. show(text), 2)
	end
end

--- The same random numbers in every run.
function check.seed(number)
	math.randomseed(number)
end

function check.bytes(most)
	local out = {}
	for i = 1, math.random(0, most) do
		out[i] = string.char(math.random(0, 255))
	end
	return table.concat(out)
end

-- One random change of a recorded text.
local function mutated(text)
	local at, kind = math.random(1, #text + 1), math.random(1, 5)
	if kind == 1 then
		return text:sub(1, at - 1)
	elseif kind == 2 then
		return text:sub(1, at - 1) .. check.bytes(4) .. text:sub(at)
	elseif kind == 3 then
		return text:sub(1, at - 1) .. text:sub(at + math.random(1, 4))
	elseif kind == 4 then
		return text:sub(1, at - 1) .. ("\0\1\127\128\192\255"):sub(math.random(1, 6)):sub(1, 1) .. text:sub(at + 1)
	end
	return text:sub(1, at - 1) .. string.char(math.random(0, 255)) .. text:sub(at + 1)
end

local instructions_max = 3000000

-- Calls a decoder; it may neither raise nor take for ever.
local function guarded(decoder, bytes)
	-- A decoder may catch the error itself: it was late all the same.
	local late = nil
	debug.sethook(function()
		late = "took more than " .. instructions_max .. " instructions"
		error(late)
	end, "", instructions_max)
	local ok, message = pcall(decoder, bytes)
	debug.sethook()
	if not ok or late then
		message = late or message
		error(string.format("%s for %q", tostring(message), bytes), 3)
	end
end

--- Gives a decoder random bytes, every beginning of the recorded texts, and
-- these texts with random changes.
function check.fuzz(decoder, recorded, rounds)
	check.seed(20240229)
	for _, text in ipairs(recorded) do
		for length = 0, math.min(#text, 600) do
			guarded(decoder, text:sub(1, length))
		end
	end
	for _ = 1, rounds or 600 do
		guarded(decoder, check.bytes(80))
		local text = #recorded > 0 and recorded[math.random(#recorded)] or ""
		for _ = 1, math.random(1, 4) do
			text = mutated(text)
		end
		guarded(decoder, text)
	end
end

return check
