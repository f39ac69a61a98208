-- looks into a table that looks into itself
description = "looks into a table that looks into itself"
categories = {}
portrule = function() return true end

action = function(host, port)
	local t = setmetatable({}, { __index = function(t, k) return t[k .. "x"] end })
	return t.a
end
