local check = require "check"
local rand = require "rand"

local T = {}

function T.strings_have_their_length_and_characters()
	check.seed(5)
	check.equal(#rand.random_string(33), 33)
	check.is_true(rand.random_string(500, "abc"):match("^[abc]+$"))
	check.is_true(rand.random_alpha(500):match("^%l+$"))
	check.equal(#rand.random_string(20, rand.charset("0", "9")), 20)
	check.equal(rand.random_string(0, "a"), "")
end

function T.every_character_comes()
	check.seed(6)
	local seen = {}
	for c in rand.random_string(2000, rand.charset("a", "z")):gmatch(".") do
		seen[c] = true
	end
	for code = ("a"):byte(), ("z"):byte() do
		check.is_true(seen[string.char(code)], string.char(code))
	end
end

function T.an_empty_set_is_refused()
	check.raises("empty", rand.random_string, 3, "")
end

function T.indices_are_within_bounds()
	check.seed(7)
	for _ = 1, 200 do
		local i = rand.random_index(3)
		check.is_true(i >= 1 and i <= 3)
	end
end

return T
