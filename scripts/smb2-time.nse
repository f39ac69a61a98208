-- Shows an SMB 2 or 3 server's time, and since when it has been up where it tells that.
-- Example: portolan -p445 --script smb2-time 192.0.2.1

local datetime = require "datetime"
local smb = require "smb"
local smb2 = require "smb2"
local stdnse = require "stdnse"

description = "Shows the time and the start time that an SMB 2 or 3 server tells."
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe", "default" }

hostrule = function(host)
	return smb.get_port(host) ~= nil
end

action = function(host)
	local told = smb2.ask(host)
	if not told or not told.system_time then
		return nil
	end
	datetime.record_skew(host, told.system_time)
	local result = stdnse.output_table()
	result.date = datetime.format_timestamp(told.system_time)
	result.start_date = told.start_time and datetime.format_timestamp(told.start_time) or "N/A"
	return result
end
