--- unittest: tests inside libraries. A library ends with
--   if not unittest.testing() then return _ENV end
--   test_suite = unittest.TestSuite:new()
--   test_suite:add_test(unittest.equal(f(1), 2), "one is doubled")
-- The script that runs them gives --script-args unittest.run.

local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, pairs, pcall, require, setmetatable, tostring, type =
	ipairs, pairs, pcall, require, setmetatable, tostring, type
local string = string

local M = {}

--- Whether libraries are to bring their tests.
function M.testing()
	return stdnse.get_script_args("unittest.run") ~= nil
end

local suite = {}
M.TestSuite = suite

--- A suite; tests are functions of the suite that give true, or false and why.
function suite.new(class, name)
	return setmetatable({ name = name, tests = {} }, { __index = class })
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

--- Runs the suites of libraries by name: {[name] = why it failed or could not be
-- loaded}, nothing when all passed.
function M.run_tests(names)
	local failed, any = stdnse.output_table(), false
	for _, name in ipairs(names) do
		local ok, library = pcall(require, name)
		local why = nil
		if not ok then
			why = "cannot be loaded: " .. tostring(library)
		else
			local has, tests = pcall(function() return library.test_suite end)
			local count = has and tests and tests:run() or 0
			why = count > 0 and count .. " failed" or nil
		end
		if why then
			failed[name], any = why, true
		end
	end
	return any and failed or nil
end

-- An assertion about values is a test that looks when it runs.
local function assertion(holds, describe)
	return function(...)
		local one, other = ...
		return function()
			if holds(one, other) then
				return true
			end
			return false, string.format(describe, tostring(one), tostring(other))
		end
	end
end

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
M.table_equal = M.identical

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
