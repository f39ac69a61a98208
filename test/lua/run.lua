--- lua5.4 run.lua LUALIB TESTS [NAME...]: runs test_NAME.lua of the folder TESTS
-- (all that are named) over the library in the folder LUALIB.
-- A test file gives a table from what it proves to a function.

local lualib, tests = arg[1], arg[2]
package.path = lualib .. "/?.lua;" .. tests .. "/?.lua"

local stub = require "stub"
package.loaded.nmap, _G.nmap = stub.nmap, stub.nmap
-- The engine does the same: a misspelt global is an error.
local strict = require "strict"
strict(_G)

local passed, failed = 0, 0

local function run(name, title, test)
	stub.reset()
	local ok, message = xpcall(test, debug.traceback)
	if ok then
		passed = passed + 1
	else
		failed = failed + 1
		print(string.format("%s: %s: %s", name, title, message))
	end
end

local function sorted_names(cases)
	local names = {}
	for title in pairs(cases) do
		names[#names + 1] = title
	end
	table.sort(names)
	return names
end

for i = 3, #arg do
	local cases = require("test_" .. arg[i])
	for _, title in ipairs(sorted_names(cases)) do
		run(arg[i], title, cases[title])
	end
end
print(string.format("%d passed, %d failed", passed, failed))
os.exit(failed == 0 and passed > 0)
