-- Finds the units behind a Modbus/TCP port and shows who they say they are. It only reads.
-- portolan sends nothing to port 502 unless told: --allports.
-- Example: portolan --allports -p502 --script modbus-discover --script-args modbus-discover.aggressive=1 192.0.2.1

local bytestream = require "bytestream"
local finding = require "finding"
local modbus = require "modbus"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks the units of a Modbus/TCP device for their identity: the first that answers, or all (aggressive)."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "intrusive" }

portrule = shortport.port_or_service(502, { "modbus", "mbap" })

local last_unit, silent_max = 246, 3

-- One question on a connection of its own: a device that dislikes one closes it.
local function ask(host, port, request)
	local connection = bytestream.open(host, port)
	if not connection then
		return nil
	end
	local head, rest = connection:ask(request, 6, modbus.rest_length)
	connection:close()
	return head and modbus.parse(head .. rest) or nil
end

local function describe(host, port, unit)
	local answer = ask(host, port, modbus.build_report_id(1, unit))
	if not answer then
		return nil
	end
	local result = stdnse.output_table()
	if answer.exception and answer.exception ~= 1 then
		result.error = answer.error
		return result, false
	end
	result["Slave ID data"] = modbus.report_id(answer)
	local objects = ask(host, port, modbus.build_identification(2, unit))
	objects = objects and modbus.identification(objects)
	result["Device identification"] = objects and modbus.joined(objects)
	if #result == 0 then
		result.error = answer.error
	end
	if #result > 0 then
		return result, true
	end
end

local function report(seen)
	finding.report { id = "modbus-reachable", title = "A Modbus device answers everybody", severity = "high",
		seen = seen, why = "The protocol has no login: whoever reaches the port reads and writes coils and registers.",
		remedy = "Put the device into a network of its own, behind a firewall that lets in the controllers only.",
		references = { "CWE-306" }, confidence = 1 }
end

local function quoted(unit, told)
	return string.format("unit %d: %s", unit, told["Device identification"] or told["Slave ID data"] or told.error)
end

action = function(host, port)
	local aggressive = stdnse.get_script_args "modbus-discover.aggressive"
	local result, silent, seen = stdnse.output_table(), 0, nil
	for unit = 1, last_unit do
		local told, is_there = describe(host, port, unit)
		silent = told and 0 or silent + 1
		if told then
			result[string.format("sid 0x%x", unit)] = told
			seen = seen or quoted(unit, told)
		end
		if silent >= silent_max or is_there and not aggressive then
			break
		end
	end
	if seen then
		report(seen:sub(1, 120))
	end
	return #result > 0 and result or nil
end
