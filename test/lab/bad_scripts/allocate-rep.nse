-- asks for strings of ten gigabytes, and catches the refusal
description = "asks for strings of ten gigabytes, and catches the refusal"
categories = {}
portrule = function() return true end

action = function(host, port)
	local refused = 0
	for _ = 1, 20 do
		if not pcall(string.rep, "x", 10000000000) then
			refused = refused + 1
		end
		pcall(string.format, "%099999d", 1)
		pcall(table.concat, setmetatable({}, { __len = function() return 1 << 40 end }))
		pcall(table.unpack, {}, 1, 1 << 30)
	end
	return "refused " .. refused
end
