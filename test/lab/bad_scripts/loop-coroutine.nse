-- loops for ever in coroutines of its own
description = "loops for ever in coroutines of its own"
categories = {}
portrule = function() return true end

action = function(host, port)
	while true do
		local inner = coroutine.create(function()
			coroutine.wrap(function() while true do end end)()
		end)
		coroutine.resume(inner)
	end
end
