local check = require "check"
local strict = require "strict"

local T = {}

function T.reading_an_unknown_name_raises()
	local env = strict {}
	check.raises("variable 'nosuch' is not declared", function() return env.nosuch end)
end

function T.c_code_may_look()
	local env, seen = strict { "a", "b" }, {}
	for at, value in ipairs(env) do
		seen[at] = value
	end
	check.equal(seen, { "a", "b" })
	check.raises("variable '3' is not declared", function() return env[3] end)
end

function T.a_function_cannot_declare()
	local env = strict {}
	check.raises("assign to undeclared variable 'x'", function() env.x = 1 end)
end

function T.a_chunk_declares_even_nil()
	local env = strict {}
	load("local env = ...; env.x = nil; env.y = 2")(env)
	check.is_nil(env.x)
	env.x = 5
	check.equal(env.x, 5)
	check.equal(env.y, 2)
end

function T.an_index_that_was_there_is_asked_first()
	local env = strict(setmetatable({}, { __index = { inherited = 1 } }))
	check.equal(env.inherited, 1)
	check.raises("variable 'other'", function() return env.other end)
	local byname = strict(setmetatable({}, { __index = function(_, name) return name == "a" and 1 or nil end }))
	check.equal(byname.a, 1)
	check.raises("'b'", function() return byname.b end)
end

function T.every_module_is_strict_and_adds_no_global()
	local before = {}
	for name in next, _G do
		before[name] = true
	end
	for file in io.popen("ls " .. arg[1]):lines() do
		local module = require((file:gsub("%.lua$", "")))
		if file ~= "strict.lua" then
			check.raises("variable 'no_such_function' is not declared", function() return module.no_such_function end)
		end
	end
	for name in next, _G do
		check.is_true(before[name], "global " .. tostring(name))
	end
end

return T
