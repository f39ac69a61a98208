--- unittest: tests inside libraries. A library ends with
--   if not unittest.testing() then return _ENV end
--   test_suite = unittest.TestSuite:new()
--   test_suite:add_test(unittest.equal(f(1), 2), "one is doubled")
-- The script that runs them gives --script-args unittest.run.

local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, pairs, pcall, require, setmetatable, tostring, type =
	ipairs, pairs, pcall, require, setmetatable, tostring, type
local math, package, string, table = math, package, string, table

local M = {}

--- Whether libraries are to bring their tests.
function M.testing()
	return stdnse.get_script_args("unittest.run") ~= nil
end

local suite = {}
M.TestSuite = suite

--- A suite; tests are functions of the suite that give true, or false and why.
-- Called, it runs: true or false, and how many failed.
function suite.new(class, name)
	return setmetatable({ name = name, tests = {} }, {
		__index = class,
		__call = function(self)
			local count = self:run()
			return count == 0, count
		end,
	})
end

--- Done before the tests; may be replaced.
function suite.setup() return true end

--- Done behind them.
function suite.teardown() return true end

function suite:add_test(test, description)
	self.tests[#self.tests + 1] = { test, description }
end

local function run_one(self, test)
	local ok, passed, why = pcall(test, self)
	if not ok then
		return false, tostring(passed)
	end
	return passed, why
end

--- Runs them: how many failed, and a list of {description, why}.
function suite:run()
	local failures = {}
	self:setup()
	for i, test in ipairs(self.tests) do
		local passed, why = run_one(self, test[1])
		if not passed then
			local description = test[2] or "test " .. i
			failures[#failures + 1] = { description = description, why = why }
			stdnse.debug1("failed: %s: %s", description, tostring(why))
		end
	end
	self:teardown()
	return #failures, failures
end

local function loaded_names()
	local names = {}
	for name in pairs(package.loaded) do
		names[#names + 1] = name
	end
	table.sort(names)
	return names
end

-- nil, or what is wrong with a library.
local function library_fault(name)
	local ok, library = pcall(require, name)
	if not ok then
		return name .. ": cannot be loaded: " .. tostring(library)
	end
	-- Strict modules raise when they have none.
	local has, tests = pcall(function() return library.test_suite end)
	if not has or not tests then
		return nil
	end
	local passed, count = tests()
	return not passed and string.format("%s: %d failed", name, count) or nil
end

--- Runs the suites of libraries by name (one or a list; without, those that are
-- loaded): a list of what failed, empty when all passed.
function M.run_tests(names)
	local faults = {}
	if type(names) == "string" then
		names = { names }
	end
	for _, name in ipairs(names or loaded_names()) do
		faults[#faults + 1] = library_fault(name)
	end
	return faults
end

--- An assertion out of a function that tells whether it holds: called with values it
-- gives a test of them. `describe` is a format for two values.
function M.make_test(holds, describe)
	return function(one, other)
		return function()
			if holds(one, other) then
				return true
			end
			return false, string.format(describe, tostring(one), tostring(other))
		end
	end
end
local assertion = M.make_test

M.is_nil = assertion(function(a) return a == nil end, "Value is not nil: %s")
M.not_nil = assertion(function(a) return a ~= nil end, "Value is nil: %s")
M.is_true = assertion(function(a) return a and true end, "Value is not true: %s")
M.is_false = assertion(function(a) return not a end, "Value is not false: %s")
M.equal = assertion(function(a, b) return a == b end, "%s not equal to %s")
M.not_equal = assertion(function(a, b) return a ~= b end, "%s equal to %s")
M.lt = assertion(function(a, b) return a < b end, "%s not less than %s")
M.lte = assertion(function(a, b) return a <= b end, "%s not less than or equal to %s")
M.gt = assertion(function(a, b) return a > b end, "%s not greater than %s")
M.gte = assertion(function(a, b) return a >= b end, "%s not greater than or equal to %s")
M.length_is = assertion(function(a, b) return #a == b end, "Length of %s is not %s")
M.type_is = assertion(function(a, b) return a == type(b) end, "Type %s expected for %s")

local function same_keys(one, other)
	for key in pairs(one) do
		if other[key] == nil then
			return false
		end
	end
	return true
end

local function identical(one, other)
	if type(one) ~= "table" or type(other) ~= "table" then
		return one == other
	elseif not same_keys(one, other) or not same_keys(other, one) then
		return false
	end
	for key, value in pairs(one) do
		if not identical(value, other[key]) then
			return false
		end
	end
	return true
end

--- The same, tables by what they hold.
M.identical = assertion(identical, "%s not identical to %s")

local function equal_lists(one, other)
	for i = 1, math.max(#one, #other) do
		if one[i] ~= other[i] then
			return false
		end
	end
	return true
end

--- Two lists with the same elements, one level deep.
M.table_equal = assertion(equal_lists, "%s not equal to %s")

--- The same keys, whatever the values.
M.keys_equal = assertion(function(a, b) return same_keys(a, b) and same_keys(b, a) end, "Keys of %s are not those of %s")

--- A test that is known to fail: it passes as long as it does.
function M.expected_failure(test)
	return function(self)
		local passed = run_one(self, test)
		if passed then
			return false, "Passed, but was expected to fail"
		end
		return true
	end
end

return strict(M)
