-- Shows how far a host's clock is off, by all scripts that saw a time of it.
-- Example: portolan --script clock-skew,http-date,smb2-time,ntp-info 192.0.2.1

local datetime = require "datetime"
local stdnse = require "stdnse"

description = "Sums up the differences between our clock and those that a host's services tell."
author = "portolan"
license = "same as portolan's"
categories = { "default", "safe" }

dependencies = { "bitcoin-info", "http-date", "http-ntlm-info", "imap-ntlm-info", "memcached-info", "ms-sql-ntlm-info",
	"nntp-ntlm-info", "ntp-info", "openwebnet-discovery", "pop3-ntlm-info", "rdp-ntlm-info", "rfc868-time",
	"smb-os-discovery", "smb-security-mode", "smb2-time", "smtp-ntlm-info", "ssl-date", "telnet-ntlm-info" }

hostrule = function() return true end

-- Whole seconds towards zero.
local function whole(value)
	return value < 0 and math.ceil(value) or math.floor(value)
end

local function statistics(list)
	local sorted, sum, squares = table.move(list, 1, #list, 1, {}), 0, 0
	table.sort(sorted)
	for _, value in ipairs(sorted) do
		sum = sum + value
	end
	local mean = sum / #sorted
	for _, value in ipairs(sorted) do
		squares = squares + (value - mean) ^ 2
	end
	local middle = #sorted // 2
	local median = #sorted % 2 == 1 and sorted[middle + 1] or (sorted[middle] + sorted[middle + 1]) / 2
	return mean, #sorted > 1 and math.sqrt(squares / (#sorted - 1)) or 0, median
end

local function signed(seconds)
	return (seconds < 0 and "-" or "") .. datetime.format_time(math.abs(seconds))
end

action = function(host)
	local list = host.registry.datetime_skew
	if not list or #list == 0 then
		return nil
	end
	local mean, deviation, median = statistics(list)
	local result = stdnse.output_table()
	result.mean = whole(mean)
	result.stddev = whole(deviation)
	result.median = whole(median)
	result.count = #list
	if #list == 1 then
		return mean ~= 0 and result or nil, mean ~= 0 and signed(result.mean) or nil
	end
	return result, string.format("mean: %s, deviation: %s, median: %s", signed(result.mean), signed(result.stddev),
		signed(result.median))
end
