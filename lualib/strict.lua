--- strict: finds misspelt names at run time.
-- require "strict" gives a function that is called with a table (an
-- environment or a module) and returns it. From then on reading a field that
-- was never assigned raises an error, and so does making a new field from
-- inside a function; main chunks and C code may make fields, and C code (ipairs, say) reads
-- what it likes.
-- A table that already looks elsewhere (__index) still does so first.

local error, getmetatable, rawset, setmetatable = error, getmetatable, rawset, setmetatable
local tostring, type = tostring, type
local getinfo = debug.getinfo

-- Whether the function that made the assignment may declare names.
-- Level 3: this function, __newindex, the assigning function.
local function may_declare()
	local info = getinfo(3, "S")
	return info == nil or info.what == "main" or info.what == "C"
end

-- Level 3: this function, __index, the reading function.
local function reads_from_c()
	local info = getinfo(3, "S")
	return info ~= nil and info.what == "C"
end

local function look(index, env, name)
	if type(index) == "function" then
		return index(env, name)
	end
	if index ~= nil then
		return index[name]
	end
	return nil
end

return function(env)
	local meta = getmetatable(env)
	if meta == nil then
		meta = {}
		setmetatable(env, meta)
	end
	local declared, index = {}, meta.__index

	function meta.__newindex(t, name, value)
		if not declared[name] and not may_declare() then
			error("assign to undeclared variable '" .. tostring(name) .. "'", 2)
		end
		declared[name] = true
		rawset(t, name, value)
	end

	function meta.__index(t, name)
		local value = look(index, t, name)
		if value == nil and not declared[name] and not reads_from_c() then
			error("variable '" .. tostring(name) .. "' is not declared", 2)
		end
		return value
	end

	return env
end
