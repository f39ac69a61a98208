--- target: targets that scripts find. They are scanned in the same run when the
-- user asked for it: --script-args newtargets, at most max-newtargets of them.

local nmap = require "nmap"
local stdnse = require "stdnse"
local strict = require "strict"
local math, select, tonumber, tostring, type = math, select, tonumber, tostring, type

local M = {}

local function wanted()
	return stdnse.get_script_args("newtargets") ~= nil
end

--- Whether scripts may add targets.
M.ALLOW_NEW_TARGETS = wanted()

-- How many more may be added.
local function room_left()
	local most = tonumber((stdnse.get_script_args("max-newtargets")))
	if not most or most <= 0 then
		return math.huge
	end
	return most - nmap.new_targets_num()
end

local function add_one(spec)
	local host = type(spec) == "table" and (spec.targetname or spec.ip) or spec
	if type(host) ~= "string" or host == "" then
		return 0, "target: not a target: " .. tostring(spec)
	end
	return nmap.add_targets(host)
end

--- Adds targets (addresses, names, networks). true and how many were accepted, or
-- false and why none was. Without targets: how many wait to be scanned.
function M.add(...)
	if not wanted() then
		return false, "to add targets run with --script-args newtargets"
	elseif select("#", ...) == 0 then
		return true, nmap.add_targets()
	end
	local added, why = 0, nil
	for i = 1, select("#", ...) do
		if room_left() < 1 then
			why = "max-newtargets is reached"
			break
		end
		local count, err = add_one((select(i, ...)))
		added, why = added + count, why or err
	end
	if added == 0 then
		return false, why or "failed to add new targets."
	end
	return true, added
end

return strict(M)
