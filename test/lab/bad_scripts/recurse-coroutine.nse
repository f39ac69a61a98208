-- starts a coroutine in a coroutine, for ever
description = "starts a coroutine in a coroutine, for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	local function again()
		return coroutine.wrap(again)()
	end
	return again()
end
