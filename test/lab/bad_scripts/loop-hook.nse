-- takes hooks away, and loops for ever
description = "takes hooks away, and loops for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	if debug and debug.sethook then
		pcall(debug.sethook)
		pcall(debug.sethook, function() end, "", 0)
		pcall(function()
			for _, value in pairs(debug.getregistry()) do
				if type(value) == "thread" then
					debug.sethook(value)
				end
			end
		end)
	end
	while true do end
end
