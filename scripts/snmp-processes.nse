-- Lists the processes that a host's SNMP agent tells of.
-- Example: portolan -sU -p161 --script snmp-processes --script-args snmpcommunity=public 192.0.2.1

local nmap = require "nmap"
local shortport = require "shortport"
local snmp = require "snmp"
local stdnse = require "stdnse"

description = "Lists a host's processes over SNMP (hrSWRunTable of RFC 2790): name, path, parameters."
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.portnumber(161, "udp", { "open", "open|filtered" })

local columns = { { "1.3.6.1.2.1.25.4.2.1.2", "Name" }, { "1.3.6.1.2.1.25.4.2.1.4", "Path" },
	{ "1.3.6.1.2.1.25.4.2.1.5", "Params" } }

-- The rows in the order of the first column, and by number.
local function collect(agent)
	local rows, by_number = {}, {}
	for _, column in ipairs(columns) do
		local ok, values = agent:walk(column[1])
		for _, one in ipairs(ok and values or {}) do
			local number = one.oid:match "%d+$"
			if column[2] == "Name" and not by_number[number] then
				by_number[number] = { number = number }
				rows[#rows + 1] = by_number[number]
			end
			if by_number[number] and type(one.value) == "string" then
				by_number[number][column[2]] = one.value
			end
		end
	end
	return rows
end

local function describe(rows)
	local result = stdnse.output_table()
	for _, row in ipairs(rows) do
		local entry = stdnse.output_table()
		for _, column in ipairs(columns) do
			entry[column[2]] = row[column[2]] ~= "" and row[column[2]] or nil
		end
		result[row.number] = entry
	end
	return result
end

action = function(host, port)
	local agent = snmp.Helper:new(host, port)
	local rows = agent:connect() and collect(agent) or {}
	agent:close()
	if #rows == 0 then
		return nil
	end
	nmap.set_port_state(host, port, "open")
	return describe(rows)
end
