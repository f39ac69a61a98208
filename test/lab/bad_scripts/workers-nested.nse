-- its workers start workers, for ever
local stdnse = require "stdnse"

description = "its workers start workers, for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	local function work()
		stdnse.new_thread(work)
		stdnse.new_thread(work)
		stdnse.sleep(0.01)
	end
	work()
	stdnse.sleep(1000000)
end
