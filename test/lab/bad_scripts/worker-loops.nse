-- has a worker that loops for ever
local stdnse = require "stdnse"

description = "has a worker that loops for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	stdnse.new_thread(function() while true do end end)
	stdnse.sleep(1000000)
end
