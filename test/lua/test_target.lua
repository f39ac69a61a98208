local check = require "check"
local nmap = require "nmap"
local stub = require "stub"
local target = require "target"

local T = {}

function T.nothing_is_added_unless_asked_for()
	local ok, why = target.add "10.0.0.1"
	check.equal(ok, false)
	check.is_true(why:find("newtargets", 1, true))
	check.equal(#stub.state.targets, 0)
end

function T.targets_are_texts_or_hosts()
	nmap.registry.args = { "newtargets" }
	check.equal({ target.add("10.0.0.1", { ip = "10.0.0.2" }, { ip = "10.0.0.3", targetname = "n.example" }) }, { true, 3 })
	check.equal(stub.state.targets, { "10.0.0.1", "10.0.0.2", "n.example" })
	check.equal((target.add "" ), false)
	check.equal((target.add {} ), false)
	check.equal({ target.add() }, { true, 0 })
end

function T.at_most_as_many_as_allowed()
	nmap.registry.args = { "newtargets", ["max-newtargets"] = "2" }
	check.equal({ target.add("a", "b", "c") }, { true, 2 })
	local ok, why = target.add "d"
	check.equal(ok, false)
	check.is_true(why:find("max-newtargets", 1, true))
	check.equal(#stub.state.targets, 2)
end

function T.zero_means_without_bound()
	nmap.registry.args = { "newtargets", ["max-newtargets"] = "0" }
	check.equal({ target.add("a", "b") }, { true, 2 })
	nmap.registry.args = { "newtargets", ["max-newtargets"] = "3" }
	check.equal({ target.add("c", "d") }, { true, 1 })
end

return T
