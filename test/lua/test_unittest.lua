local check = require "check"
local nmap = require "nmap"
local unittest = require "unittest"

local T = {}

local function holds(test)
	return (test {})
end

function T.assertions_hold_or_not()
	for _, case in ipairs {
		{ unittest.is_nil(nil), unittest.is_nil(1) }, { unittest.not_nil(1), unittest.not_nil(nil) },
		{ unittest.is_true(1), unittest.is_true(false) }, { unittest.is_false(nil), unittest.is_false(1) },
		{ unittest.equal(1, 1), unittest.equal(1, 2) }, { unittest.not_equal(1, 2), unittest.not_equal(1, 1) },
		{ unittest.lt(1, 2), unittest.lt(2, 2) }, { unittest.lte(2, 2), unittest.lte(3, 2) },
		{ unittest.gt(2, 1), unittest.gt(1, 1) }, { unittest.gte(1, 1), unittest.gte(0, 1) },
		{ unittest.length_is("ab", 2), unittest.length_is({ 1 }, 2) },
		{ unittest.type_is("string", "x"), unittest.type_is("table", 1) },
		{ unittest.identical({ 1, { a = 2 } }, { 1, { a = 2 } }), unittest.identical({ 1 }, { 1, 2 }) },
		{ unittest.keys_equal({ a = 1 }, { a = 2 }), unittest.keys_equal({ a = 1 }, { b = 1 }) },
		{ unittest.table_equal({ 1, 2 }, { 1, 2 }), unittest.table_equal({ 1 }, { 1, 2 }) },
		{ unittest.expected_failure(unittest.equal(1, 2)), unittest.expected_failure(unittest.equal(1, 1)) },
	} do
		check.equal(holds(case[1]), true)
		check.equal(holds(case[2]), false)
	end
	check.equal(select(2, unittest.equal(1, 2) {}), "1 not equal to 2")
end

function T.suites_count_failures_and_errors()
	local suite = unittest.TestSuite:new()
	suite:add_test(unittest.equal(1, 1), "fine")
	suite:add_test(unittest.equal(1, 2), "different")
	suite:add_test(function() error("broken") end)
	local count, failures = suite:run()
	check.equal({ suite() }, { false, 2 })
	check.equal({ count, failures[1].description, failures[2].description }, { 2, "different", "test 3" })
end

function T.libraries_are_run_by_name()
	local suite = unittest.TestSuite:new()
	suite:add_test(unittest.is_true(false), "never")
	package.loaded.made_up = { test_suite = suite }
	local failed = unittest.run_tests { "json", "made_up", "no_such_library" }
	package.loaded.made_up = nil
	check.equal(failed[1], "made_up: 1 failed")
	check.is_true(failed[2]:find("no_such_library: cannot be loaded", 1, true))
	check.equal(#failed, 2)
	check.equal(unittest.run_tests "json", {})
	check.equal(unittest.run_tests(), {})
end

function T.tests_are_brought_on_demand()
	check.equal(unittest.testing(), false)
	nmap.registry.args = { "unittest.run" }
	check.equal(unittest.testing(), true)
end

return T
