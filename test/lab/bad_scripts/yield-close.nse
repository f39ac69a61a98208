-- closes the coroutine that it runs in
description = "closes the coroutine that it runs in"
categories = {}
portrule = function() return true end

action = function(host, port)
	local me = coroutine.running()
	pcall(coroutine.close, me)
	pcall(coroutine.resume, me)
	pcall(coroutine.wrap(function() coroutine.close(me) end))
	pcall(coroutine.wrap(function() coroutine.resume(me) end))
	return "still here"
end
