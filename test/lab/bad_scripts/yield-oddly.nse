-- yields odd things from odd places
local nmap = require "nmap"

description = "yields odd things from odd places"
categories = {}
portrule = function() return true end

action = function(host, port)
	coroutine.wrap(function() coroutine.yield(nil, 1, {}) end)()
	table.sort({ 3, 1, 2 }, function(a, b) return a < b end)
	string.gsub("abc", ".", function() coroutine.yield("gsub") end)
	coroutine.yield("a", nmap.new_socket(), coroutine.running())
	return "yielded"
end
