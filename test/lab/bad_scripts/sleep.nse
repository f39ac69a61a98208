-- sleeps for ever
local stdnse = require "stdnse"

description = "sleeps for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	stdnse.sleep(1000000)
	return "never"
end
