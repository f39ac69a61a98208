local check = require "check"
local stringaux = require "stringaux"

local T = {}

function T.strjoin_puts_the_delimiter_between()
	check.equal(stringaux.strjoin(", ", { "a", 1, true }), "a, 1, true")
	check.equal(stringaux.strjoin("-", {}), "")
end

function T.strsplit_keeps_empty_parts()
	check.equal(stringaux.strsplit(",", "a,,b,"), { "a", "", "b", "" })
	check.equal(stringaux.strsplit(",%s*", "a, b,c"), { "a", "b", "c" })
	check.equal(stringaux.strsplit(",", ""), { "" })
	check.equal(stringaux.strsplit(",", "abc"), { "abc" })
end

function T.strsplit_ends_with_a_pattern_that_matches_nothing()
	check.equal(stringaux.strsplit("x*", "axxb"), { "a", "b" })
end

function T.join_undoes_split()
	check.seed(1)
	for _ = 1, 200 do
		local text = check.bytes(30):gsub("%c", ",")
		check.equal(stringaux.strjoin(",", stringaux.strsplit(",", text)), text)
	end
end

function T.a_file_name_has_one_component()
	check.equal(stringaux.filename_escape("a/b\\c\0.txt"), "a=2fb=5cc=00.txt")
	check.equal(stringaux.filename_escape(".."), "=2e=2e")
	check.equal(stringaux.filename_escape("."), "=2e")
	check.equal(stringaux.filename_escape("a=b"), "a=3db")
end

function T.ipattern_ignores_case_of_letters_only()
	check.is_true(("SeRvEr: x"):find(stringaux.ipattern("^server:%s")))
	check.is_true(not ("aD"):find(stringaux.ipattern("^A%d")))
	check.is_true(("K"):find(stringaux.ipattern("[a-k]")))
	check.is_true(not ("L"):find(stringaux.ipattern("[a-k]")))
	check.is_true(("x]"):find(stringaux.ipattern("^X[]]$")))
	check.is_true(("(a)"):find(stringaux.ipattern("%b()")))
	check.is_true(not ("B"):find(stringaux.ipattern("^[^b]")))
end

function T.blank_strings_are_named()
	check.equal(stringaux.string_or_blank(""), "<blank>")
	check.equal(stringaux.string_or_blank(nil, "none"), "none")
	check.equal(stringaux.string_or_blank("x"), "x")
end

function T.ipattern_keeps_what_is_no_letter_to_match()
	check.equal(stringaux.ipattern "%bAB", "%bAB")
	check.equal(stringaux.ipattern "%ax", "%a[xX]")
	check.equal(stringaux.ipattern "[]a]", "[]aA]")
	check.equal(stringaux.ipattern "[^]%a]b", "[^]%a][bB]")
	check.equal(stringaux.ipattern "[a-f0-9]", "[a-fA-F0-9]")
	check.equal(stringaux.ipattern "[a", "[aA")
	check.equal(stringaux.ipattern "x", "[xX]")
end

return T
