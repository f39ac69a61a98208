local check = require "check"
local match = require "match"
local stub = require "stub"

local T = {}

function T.numbytes_waits_for_all_of_them()
	local four = match.numbytes(4)
	check.is_nil(four("abc"))
	check.equal({ four("abcdef") }, { 4, 4 })
	check.raises("positive", match.numbytes, 0)
end

function T.pattern_limit_gives_up_at_the_limit()
	local line = match.pattern_limit("\r?\n", 5)
	check.equal({ line("ab\r\n") }, { 3, 4 })
	check.is_nil(line("abcd"))
	check.equal({ line("abcdef") }, { 5, 5 })
end

function T.limits_are_exact()
	check.equal({ match.numbytes(1)("a") }, { 1, 1 })
	check.equal({ match.numbytes(4)("abcd") }, { 4, 4 })
	check.equal({ match.pattern_limit("\n", 4)("abcd") }, { 4, 4 })
end

function T.a_deadline_takes_what_there_is()
	local now, clock = 5, stub.nmap.clock
	stub.nmap.clock = function() return now end
	local four = match.within(match.numbytes(4), 10)
	check.is_nil(four("abc"))
	check.equal({ four("abcdef") }, { 4, 4 })
	now = 11
	check.is_nil(four(""))
	check.equal({ four("abc") }, { 3, 3 })
	check.equal({ four("abcdef") }, { 4, 4 })
	stub.nmap.clock = clock
end

return T
