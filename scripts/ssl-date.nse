-- portolan --script ssl-date -p 443 TARGET

local datetime = require "datetime"
local nmap = require "nmap"
local sslcert = require "sslcert"
local stdnse = require "stdnse"
local ipairs, math, string = ipairs, math, string

description = [[
Reads a TLS server's clock from its hello: up to TLS 1.2 the random number in it begins with the
time (RFC 5246, 7.4.1.2), where the server does not fill all of it with random bytes.
]]
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe", "default" }

portrule = sslcert.port_rule

local samples_max = 3
-- A clock's seconds in two answers differ by no more than the answers do, and this.
local slack = 2

local function sample(host, port)
	local answer
	for _, protocol in ipairs { "TLSv1.2", "TLSv1.0" } do
		answer = sslcert.ask(host, port, { protocol = protocol })
		if answer and answer.server_hello and answer.server_hello.time then
			return answer.server_hello.time - nmap.clock(), answer.server_hello.time
		end
	end
	return nil
end

action = function(host, port)
	local first, delta, time
	for i = 1, samples_max do
		local offset, shown = sample(host, port)
		if not offset then
			return nil
		elseif i > 1 and math.abs(offset - first) > slack then
			return nil, "TLS randomness does not represent time"
		end
		first = first or offset
		delta, time = offset, shown
	end
	-- The server's seconds are cut off, so that its clock is half a second ahead of them.
	local whole = math.floor(delta + 1)
	local now = math.floor(nmap.clock())
	datetime.record_skew(host, time, now)
	local out = stdnse.output_table()
	out.date = datetime.format_timestamp(time, 0)
	out.delta = whole + 0.0
	return out, string.format("%s; %s from scanner time.", out.date,
		datetime.format_difftime(now + whole, now))
end
