local check = require "check"
local lpeg = require "lpeg"
local U = require "lpeg-utility"

local T = {}

function T.anywhere_finds_within()
	check.equal(U.anywhere(lpeg.C(lpeg.R "09" ^ 1)):match("abc 123 x"), "123")
	check.is_nil(U.anywhere("zz"):match("abc"))
end

function T.caseless_matches_both_cases()
	check.equal(U.caseless("Ab-1"):match("aB-1"), 5)
	check.is_nil(U.caseless("ab"):match("ac"))
end

function T.words_begin_at_boundaries()
	check.is_true(U.atwordboundary("cat"):match("a cat"))
	check.is_nil(U.atwordboundary("cat"):match("concat"))
end

function T.quotes_are_taken_off()
	check.equal(U.escaped_quote():match('"a\\"b\\\\c\\n" rest'), 'a"b\\c\\n')
	check.equal(U.escaped_quote("'", "^"):match("'a^'b'"), "a'b")
	check.is_nil(U.escaped_quote():match('"open'))
end

function T.split_and_localize()
	check.equal(U.split("a,,b", ","), { "a", "", "b" })
	check.is_true(lpeg.match(U.localize {}.digit, "5"))
end

function T.edges()
	check.equal(U.escaped_quote():match '""', "")
	check.equal(U.split("abc", ","), { "abc" })
	check.equal(U.split("", ","), { "" })
	check.equal(U.anywhere(lpeg.C "x"):match "ax", "x")
	check.equal(U.anywhere(lpeg.C "x"):match "aax", "x")
end

return T
