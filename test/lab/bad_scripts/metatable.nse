-- changes what strings are
description = "changes what strings are"
categories = {}
portrule = function() return true end

action = function(host, port)
	local strings = getmetatable("")
	pcall(function() strings.__index = function() while true do end end end)
	pcall(function() string.find = nil end)
	pcall(setmetatable, _G, { __index = function() while true do end end })
	pcall(function() debug.setmetatable(1, { __index = function() while true do end end }) end)
	return "changed"
end
