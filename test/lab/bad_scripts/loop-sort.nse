-- sorts by a rule that no order follows, for ever
description = "sorts by a rule that no order follows, for ever"
categories = {}
portrule = function() return true end

action = function(host, port)
	while true do
		local list = {}
		for i = 1, 5000 do
			list[i] = i
		end
		pcall(table.sort, list, function() return math.random() > 0.5 end)
	end
end
