-- portolan --script http-date -p 80 TARGET

local datetime = require "datetime"
local http = require "http"
local os, string = os, string
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows the clock of a web server, as its Date header tells it, and how far it is from ours. A clock
that is far off troubles logins, certificates and logs.
]]
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe" }

portrule = shortport.http

action = function(host, port)
	local response = http.get(host, port, "/", { redirect_ok = false, bypass_cache = true })
	local now = os.time()
	local header = response.status and response.header.date
	local date = header and http.parse_date(header)
	local there = date and datetime.date_to_timestamp(date)
	if not there then
		return nil
	end
	local output = stdnse.output_table()
	output.date = datetime.format_timestamp(there, 0)
	output.delta = (there - now) + 0.0
	return output, string.format("%s; %s from local time.", header, datetime.format_difftime(date, os.date("!*t", now)))
end
