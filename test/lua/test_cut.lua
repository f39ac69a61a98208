local check = require "check"
local cut = require "cut"

local T = {}

function T.whole_values_come_with_the_position_behind_them()
	check.equal({ cut.unpack(">s2", "x\0\2abc", 2) }, { "ab", 6 })
	check.equal({ cut.unpack(">BI2", "\1\0\2", 1) }, { 1, 2, 4 })
	check.equal({ cut.unpack(">s4", "\0\0\0\0", 1) }, { "", 5 })
end

function T.what_is_cut_off_is_nil()
	for _, format in ipairs { ">s1", ">s2", ">s4", ">s8", ">I4", "<d", "c9" } do
		check.equal({ cut.unpack(format, "\xff\xff\xff", 1) }, {})
		check.equal({ cut.unpack(format, "\xff\xff\xff", 4) }, {})
		check.equal({ cut.unpack(format, "\xff\xff\xff", 99) }, {})
	end
	check.equal({ cut.unpack("B", "abc", nil) }, {})
end

return T
