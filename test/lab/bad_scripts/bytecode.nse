-- loads bytes that are no program
description = "loads bytes that are no program"
categories = {}
portrule = function() return true end

action = function(host, port)
	local chunk = string.dump and string.dump(function() return 1 end) or "\27Lua"
	local broken = chunk:sub(1, #chunk // 2) .. string.rep("\255", 500)
	local loaded = load(broken, "lab", "b")
	if loaded then
		loaded()
	end
	return "loaded: " .. tostring(loaded ~= nil)
end
