-- Shows the version and the devices of a GPS daemon, and where it is if it tells.
-- Example: portolan -p2947 --script gpsd-info 192.0.2.1

local bytestream = require "bytestream"
local finding = require "finding"
local json = require "json"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks gpsd for its version, its devices and its last fix (within some seconds)."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(2947, { "gpsd", "gpsd-ng" })

local lines_max = 20

local function read_all(connection)
	local told = {}
	for _ = 1, lines_max do
		local line = connection:line()
		local ok, value = nil, nil
		if line then
			ok, value = json.parse(line)
		end
		if not line then
			break
		elseif ok and type(value) == "table" and type(value.class) == "string" then
			told[value.class] = told[value.class] or value
		end
		if told.TPV and told.TPV.lat then
			break
		end
	end
	return told
end

local function device_lines(told)
	local list = {}
	local devices = told.DEVICES and told.DEVICES.devices
	for _, device in ipairs(type(devices) == "table" and devices or {}) do
		if type(device) == "table" and #list < 20 then
			list[#list + 1] = string.format("%s (%s)", tostring(device.path), tostring(device.driver or "unknown"))
		end
	end
	return #list > 0 and list or nil
end

local function describe(told)
	local result = stdnse.output_table()
	local fix = told.TPV or {}
	result.Version = type(told.VERSION.release) == "string" and told.VERSION.release or nil
	result.Devices = device_lines(told)
	if tonumber(fix.lat) and tonumber(fix.lon) then
		result["Time of fix"] = type(fix.time) == "string" and fix.time or nil
		result.Coordinates = string.format("%f,%f", fix.lat, fix.lon)
		result.Speed = tonumber(fix.speed) and string.format("%s m/s", fix.speed) or nil
	end
	return result
end

local function report(result)
	finding.report { id = "gpsd-open", title = "The GPS daemon answers everybody", severity = "low",
		seen = "gpsd " .. (result.Version or "") .. (result.Coordinates and " at " .. result.Coordinates or ""),
		why = "It tells where the machine is, and lets everybody set its devices.",
		remedy = "Start gpsd without -G, so that it listens on localhost only.", references = { "CWE-306" },
		confidence = 0.9 }
end

action = function(host, port)
	local connection = bytestream.open(host, port, { timeout = 3000 })
	if not connection or not connection:send '?WATCH={"enable":true,"json":true};\n' then
		return nil
	end
	local told = read_all(connection)
	connection:close()
	if not told.VERSION then
		return nil
	end
	local result = describe(told)
	report(result)
	return result
end
