local bytestream = require "bytestream"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows what a Tarantool database greets with: version, protocol, instance.
]]

-- @usage portolan --script tarantool-info -p 3301 TARGET
-- @output
-- | tarantool-info:
-- |   Version: 2.6.0
-- |   Protocol: Binary
-- |_  Instance: 5c2b1b9e-4e2f-4f0a-9d5a-0d6a1d5f2f6e

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 3301, 3303 }, { "tarantool" })

local greeting_bytes = 128

local function greeting_of(host, port)
	local stream = bytestream.open(host, port, { most = 4096 })
	if not stream then
		return nil
	end
	local text = stream:line()
	stream:close()
	return text and #text < greeting_bytes and text or nil
end

local function report_console(seen)
	finding.report {
		id = "tarantool-console-open", title = "Tarantool's console open to anybody", severity = "critical", seen = seen,
		why = "Whoever reaches the port types Lua that the server runs: he owns its data and its user.",
		remedy = "Use a Unix socket for console.listen(), or none.",
		references = { "CWE-306" },
	}
end

function action(host, port)
	local text = greeting_of(host, port)
	local version, protocol, rest = (text or ""):match "^Tarantool (%S+) %((.-)%)(.*)$"
	if not version then
		return nil
	end
	local out = stdnse.output_table()
	out["Version"] = version
	out["Protocol"] = protocol
	out["Instance"] = rest:match "%x+%-%x+%-%x+%-%x+%-%x+"
	port.version = port.version or {}
	port.version.name, port.version.product, port.version.version = "tarantool", "Tarantool", version:match "^[%d%.]*%d"
	nmap.set_port_version(host, port)
	if protocol == "Lua console" then
		report_console(text)
	end
	return out
end
