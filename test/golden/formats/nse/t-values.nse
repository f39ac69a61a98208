description = "values of every kind"
categories = {"safe"}
author = "portolan"
portrule = function(host, port) return true end
local list = {"a", "b", 3, true}
local V = {
 [7001] = function() return "line1\nline2" end,
 [7002] = function() return "\n  a\n  b" end,
 [7003] = function() return "a\nb\n" end,
 [7004] = function() return false end,
 [7005] = function() return 1.5 end,
 [7006] = function() return list end,
 [7007] = function() return {a=1}, "custom" end,
 [7008] = function() return nil, "x" end,
 [7009] = function() return false, "x" end,
 [7010] = function() return {a=1}, 5 end,
 [7011] = function() return setmetatable({a=1}, {__tostring=function() return "by tostring" end}) end,
 [7012] = function() return {{{"x"}}, {k={{y="z"}}}} end,
 [7013] = function() return {1, 2, [5]="five", [true]="t", [1.5]="f", s="str"} end,
 [7014] = function() return {k="l1\nl2"} end,
 [7015] = function() return "caf\xc3\xa9 <b> & \"q\" 'p' --x ---- \r\t\0\x7f\x80 end" end,
 [7016] = function() local t = setmetatable({}, {__pairs=function() local i = 0; local names = {"z", "a", "m"}; return function() i = i + 1; if names[i] then return names[i], {i, deep=i} end end end}); return t end,
 [7017] = function() return {n={-0.0}, i={2^53|0}, f={2^53}} , nil end,
 [7018] = function() return {{sub=setmetatable({q=1}, {__tostring=function() return "inner" end})}} end,
 [7019] = function() return {} end,
 [7020] = function() return "" end,
 [7021] = function() return {["k<&-->\r\n\x01"]="v<&-->\r\n\t\x01\xff"} end,
 [7024] = function() return "\n" end,
 [7025] = function() return "\n\n" end,
 [7022] = function() return 42 end,
 [7023] = function() return {{"one"}, "two", {}, {k={}}} end,
}
action = function(host, port) local f = V[port.number]; if f then return f() end end
