--- The tables that end-of-life and known-backdoor look up: their shape.
local check = require "check"
local path = "data/scripts/end_of_life.lua"
local lists = dofile(path)
local backdoors = dofile "data/scripts/known_backdoors.lua"

local T = {}

local days = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

-- A day that is in the calendar, of a year in which programs end.
local function is_day(text)
	local year, month, day = text:match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
	if not year then
		return false
	end
	year, month, day = tonumber(year), tonumber(month), tonumber(day)
	local leap = month == 2 and year % 4 == 0 and 1 or 0
	return year >= 2000 and year < 2040 and days[month] ~= nil and day >= 1 and day <= days[month] + leap
end

local function is_before(version, other)
	local theirs = other:gmatch "%d+"
	for number in version:gmatch "%d+" do
		local limit = theirs()
		if not limit or tonumber(number) ~= tonumber(limit) then
			return limit ~= nil and tonumber(number) < tonumber(limit)
		end
	end
	return theirs() ~= nil
end

local function names_of(row)
	return row.exactly or { row.product }
end

function T.days_are_days()
	for text, expected in pairs {
		["2024-02-29"] = true, ["2023-02-29"] = false, ["2026-11-31"] = false, ["2026-13-01"] = false, ["2026-1-01"] = false,
	} do
		check.equal(is_day(text), expected, text)
	end
end

function T.products_are_in_lower_case_and_there_once()
	local seen = {}
	for _, row in ipairs(lists.products) do
		check.is_true(#names_of(row) > 0 and row.name ~= "" and row.at:find "^https?://%S+$", row.name)
		for _, name in ipairs(names_of(row)) do
			check.is_true(name:find "^%l[%l%d%. ]*$", name)
			check.is_nil(seen[name], name)
			seen[name] = true
		end
	end
end

function T.every_branch_ends_on_a_day()
	for _, row in ipairs(lists.products) do
		check.is_true(row.ends and next(row.ends), row.name)
		for branch, day in pairs(row.ends) do
			check.is_true(branch:find "^%d[%d%.]*$" and not branch:find "%.$" and is_day(day), row.name .. " " .. branch)
		end
	end
end

-- What is older than all branches of a list ended no later than the first of them.
function T.what_is_before_ended_before()
	for _, row in ipairs(lists.products) do
		local version, day = table.unpack(row.below or {})
		check.is_true(not day or is_day(day), row.name)
		for branch, ends in pairs(version and row.ends or {}) do
			check.is_true(not is_before(branch, version) or branch:find "^%d+$", row.name .. " " .. branch)
			check.is_true(branch ~= version or day <= ends, row.name .. " " .. branch)
		end
	end
end

-- Lua takes the last of two equal keys without a word: so the text is looked at.
function T.branches_are_there_once_and_in_order()
	local file = assert(io.open(path))
	local text = file:read "a"
	file:close()
	local lists_seen = 0
	for block in text:gmatch "ends = (%b{})" do
		local before = nil
		for branch in block:gmatch '%["([%d%.]+)"%] =' do
			check.is_true(not before or is_before(before, branch), (before or "") .. " is before " .. branch)
			before = branch
		end
		lists_seen = lists_seen + 1
	end
	check.equal(lists_seen, #lists.products)
end

function T.systems_and_distributions_end_on_a_day()
	local seen = {}
	for _, row in ipairs(lists.systems) do
		check.is_true(row.pattern == row.pattern:lower() and row.name ~= "" and is_day(row.ends), row.name)
		for earlier in pairs(seen) do
			check.is_nil(row.pattern:find(earlier, 1, true), row.pattern .. " is never reached")
		end
		seen[row.pattern] = true
	end
	for release, day in pairs(lists.debian) do
		check.is_true(release:find "^%d+$" and is_day(day), release)
		local next_day = lists.debian[tostring(tonumber(release) + 1)]
		check.is_true(not next_day or day < next_day, release)
	end
	for openssh, release in pairs(lists.ubuntu) do
		check.is_true(openssh:find "^%d[%d%.]*p%d$" and release[1]:find "^%d%d%.%d%d$" and is_day(release[2]), openssh)
	end
end

function T.backdoors_name_versions_and_where_that_is_written()
	local seen = {}
	for _, row in ipairs(backdoors) do
		check.is_true(row.product:find "^%l+$" and row.what ~= "" and row.confidence > 0 and row.confidence < 1, row.product)
		check.is_true(row.reference:find "^CVE%-[12]%d%d%d%-%d%d%d%d+$" or row.reference:find "^https://%S+$", row.product)
		check.is_true(#row.versions > 0, row.product)
		for _, version in ipairs(row.versions) do
			local key = row.product .. " " .. version
			check.is_true(version:find "^%S+$" and version:find "%d", key)
			check.is_nil(seen[key], key)
			seen[key] = true
		end
	end
end

return T
