--- datetime: times as text, and what hosts think the time is.
-- Texts follow ISO 8601; differences read "2m38s", "5d17h05m06s".

local strict = require "strict"
local ipairs, math, os, string, tonumber, type = ipairs, math, os, string, tonumber, type

local M = {}

-- Days from 1970-01-01 to a date of the Gregorian calendar; the year begins in
-- March so that the leap day is its last.
local function days_of(year, month, day)
	if month <= 2 then
		year, month = year - 1, month + 12
	end
	local era = year // 400
	local of_era = year - era * 400
	local of_year = (153 * (month - 3) + 2) // 5 + day - 1
	return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

local function whole(value, default)
	return math.floor(tonumber(value) or default)
end

--- Seconds since 1970 of a date table (as os.date "*t" makes them) that is in
-- the zone `offset` seconds east of UTC; without an offset, in our own zone.
-- nil if the table is not a date.
function M.date_to_timestamp(date, offset)
	if type(date) ~= "table" or not tonumber(date.year) or not tonumber(date.month) or
		not tonumber(date.day) then
		return nil
	end
	if not offset then
		return os.time(date)
	end
	local days = days_of(whole(date.year), whole(date.month), whole(date.day))
	return days * 86400 + whole(date.hour, 0) * 3600 + whole(date.min, 0) * 60 + whole(date.sec, 0) - offset
end

local function zone_text(offset)
	local minutes = math.abs(offset) // 60
	return string.format("%s%02d:%02d", offset < 0 and "-" or "+",
		math.floor(minutes // 60), math.floor(minutes % 60))
end

-- os.date raises for what no calendar has.
local largest = 253402300799 -- the end of year 9999
local function utc_text(t)
	if t ~= t or t < -62135596800 or t > largest then
		return nil
	end
	return os.date("!%Y-%m-%dT%H:%M:%S", math.floor(t))
end

--- "2012-09-07T23:37:42", with "+03:00" behind it where the offset (seconds
-- east of UTC) is known. The time may be a number or a date table; of a table
-- the fields are shown as they are. Times out of the calendar: "" .
function M.format_timestamp(t, offset)
	if type(t) == "table" then
		t = M.date_to_timestamp(t, 0)
	else
		t = tonumber(t)
		t = t and t + (offset or 0)
	end
	local text = t and utc_text(t)
	if not text then
		return ""
	end
	return offset and text .. zone_text(offset) or text
end

local units = { { "y", 365 * 86400 }, { "d", 86400 }, { "h", 3600 }, { "m", 60 }, { "s", 1 } }

--- A length of time, "0s" to "2y177d10h13m20s". `microseconds` are rounded in.
function M.format_time(seconds, microseconds)
	local rest = math.floor(seconds + (microseconds or 0) / 1000000 + 0.5)
	local out, begun = "", false
	for _, unit in ipairs(units) do
		local count = rest // unit[2]
		rest = rest % unit[2]
		if count > 0 or begun or unit[1] == "s" then
			local digits = begun and unit[1] ~= "d" and "%02d" or "%d"
			out, begun = out .. string.format(digits, count) .. unit[1], true
		end
	end
	return out
end

local function seconds_of(t)
	return type(t) == "table" and M.date_to_timestamp(t, 0) or t
end

--- How much later t2 is than t1 (numbers or date tables): "+2m38s", "-4s", "0s".
function M.format_difftime(t2, t1)
	local difference = math.floor(seconds_of(t2) - seconds_of(t1) + 0.5)
	local sign = difference > 0 and "+" or difference < 0 and "-" or ""
	return sign .. M.format_time(math.abs(difference))
end

--- Notes in host.registry.datetime_skew that a host's clock showed a time
-- (number, date table in UTC) when ours showed `received` (now).
function M.record_skew(host, timestamp, received)
	local skew = os.difftime(seconds_of(timestamp), received or os.time())
	host.registry.datetime_skew = host.registry.datetime_skew or {}
	local list = host.registry.datetime_skew
	list[#list + 1] = skew
end

return strict(M)
