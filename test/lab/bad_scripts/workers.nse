-- starts workers for ever
local stdnse = require "stdnse"

description = "starts workers for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	while true do
		stdnse.new_thread(function() stdnse.sleep(1000) end)
	end
end
