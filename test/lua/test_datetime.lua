local check = require "check"
local datetime = require "datetime"

local T = {}

function T.timestamps_with_and_without_zone()
	check.equal(datetime.format_timestamp(0), "1970-01-01T00:00:00")
	check.equal(datetime.format_timestamp(1347060222, 3 * 3600), "2012-09-08T02:23:42+03:00")
	check.equal(datetime.format_timestamp(1347060222, 0), "2012-09-07T23:23:42+00:00")
	check.equal(datetime.format_timestamp(1347060222, -5400), "2012-09-07T21:53:42-01:30")
	check.equal(datetime.format_timestamp({ year = 2020, month = 2, day = 29, hour = 1, min = 2, sec = 3 }),
		"2020-02-29T01:02:03")
end

function T.times_out_of_the_calendar_are_empty()
	check.equal(datetime.format_timestamp(1e18), "")
	check.equal(datetime.format_timestamp(0 / 0), "")
	check.equal(datetime.format_timestamp("x"), "")
	check.equal(datetime.format_timestamp({}), "")
end

function T.dates_become_seconds_by_offset()
	local date = { year = 2000, month = 3, day = 1, hour = 0, min = 0, sec = 0 }
	check.equal(datetime.date_to_timestamp(date, 0), 951868800)
	check.equal(datetime.date_to_timestamp(date, 3600), 951865200)
	check.is_nil(datetime.date_to_timestamp({ year = 2000 }, 0))
end

function T.utc_dates_agree_with_the_system()
	check.seed(8)
	for _ = 1, 300 do
		local t = math.random(-2000000000, 4000000000)
		check.equal(datetime.date_to_timestamp(os.date("!*t", t), 0), t)
	end
end

function T.lengths_of_time()
	check.equal(datetime.format_time(0), "0s")
	check.equal(datetime.format_time(4, 400000), "4s")
	check.equal(datetime.format_time(158), "2m38s")
	check.equal(datetime.format_time(9 * 3600 + 12 * 60 + 34), "9h12m34s")
	check.equal(datetime.format_time(5 * 86400 + 17 * 3600 + 5 * 60 + 6), "5d17h05m06s")
	check.equal(datetime.format_time(2 * 365 * 86400 + 177 * 86400 + 10 * 3600 + 13 * 60 + 20), "2y177d10h13m20s")
end

function T.differences_have_a_sign()
	check.equal(datetime.format_difftime(10, 10), "0s")
	check.equal(datetime.format_difftime(6, 10), "-4s")
	check.equal(datetime.format_difftime(168, 10), "+2m38s")
	check.equal(datetime.format_difftime({ year = 2020, month = 1, day = 2 }, { year = 2020, month = 1, day = 1 }), "+1d00h00m00s")
end

function T.skews_are_noted_for_the_host()
	local host = { registry = {} }
	datetime.record_skew(host, 1000, 990)
	datetime.record_skew(host, 1000, 1001)
	check.equal(host.registry.datetime_skew, { 10.0, -1.0 })
end

function T.fields_that_are_not_numbers()
	check.is_nil(datetime.date_to_timestamp({ year = 2000, month = "x", day = 1 }, 0))
	check.is_nil(datetime.date_to_timestamp("2000", 0))
end

return T
