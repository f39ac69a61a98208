local finding = require "finding"
local ipp = require "ipp"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Lists the printers of a CUPS print server that shows them to anybody.
]]

-- @usage portolan --script cups-info -p 631 TARGET
-- @output
-- | cups-info:
-- |   laser
-- |     DNS-SD Name: Laser @ lab
-- |     Location: Room 4
-- |     Model: HP LaserJet 4
-- |     State: Idle
-- |_    Queue: 2 print jobs

author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(631, "ipp", "tcp", "open")

local printers_max = 100
local states = { [3] = "Idle", [4] = "Processing", [5] = "Stopped" }

local function text(value)
	return type(value) == "string" and value or ""
end

local function lines_of(printer)
	return {
		name = text(printer.name), "DNS-SD Name: " .. text(printer.dns_sd_name), "Location: " .. text(printer.location),
		"Model: " .. text(printer.model), "State: " .. (states[printer.state] or ""),
		string.format("Queue: %s print jobs", math.type(printer.queue_count) and printer.queue_count or 0),
	}
end

local function report(printers)
	finding.report {
		id = "cups-open", title = "CUPS open to anybody", severity = "low",
		seen = string.format("CUPS-Get-Printers listed %d printers, the first: %s", #printers, text(printers[1].name)),
		why = "Anybody who reaches the port sees printers and jobs, and may print; cups-browsed had holes (CVE-2024-47176).",
		remedy = "Give <Location /> in cupsd.conf an Allow for those who print, or Listen localhost:631.",
		references = { "CWE-306" },
	}
end

function action(host, port)
	local helper = ipp.Helper:new(host, port)
	local status, printers = helper:getPrinters()
	if not status or #printers == 0 then
		return nil
	end
	local out = {}
	for i, printer in ipairs(printers) do
		if i <= printers_max then
			out[i] = lines_of(printer)
		end
	end
	report(printers)
	return stdnse.format_output(true, out)
end
