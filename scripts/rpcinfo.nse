-- Lists the programs that a portmapper knows, with their versions and ports.
-- Example: portolan -p111 --script rpcinfo 192.0.2.1

local datafiles = require "datafiles"
local finding = require "finding"
local rpc = require "rpc"
local shortport = require "shortport"

description = "Asks the portmapper for the RPC programs of a host: number, versions, protocol and port."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe", "version" }

portrule = shortport.port_or_service(111, "rpcbind", { "tcp", "udp" })

local function row(program, protocol, entry, names)
	return { program = program, text = string.format("  %-7d %-10s %5d/%-4s  %s\n", program,
		table.concat(entry.version, ","), entry.port, protocol, names[program] or "") }
end

-- Programs in the order of their numbers; what has no port (local sockets) is left out.
local function rows_of(programs)
	local known, names = datafiles.parse_rpc()
	local rows = {}
	for program, protocols in pairs(programs) do
		for protocol, entry in pairs(protocols) do
			if entry.port then
				rows[#rows + 1] = row(program, protocol, entry, known and names or {})
			end
		end
	end
	table.sort(rows, function(one, other)
		return one.program < other.program or one.program == other.program and one.text < other.text
	end)
	return rows
end

local function as_text(programs)
	local out = { "\n  program version    port/proto  service\n" }
	for _, line in ipairs(rows_of(programs)) do
		out[#out + 1] = line.text
	end
	return table.concat(out)
end

local function report(port, programs)
	local numbers = {}
	for program in pairs(programs) do
		numbers[#numbers + 1] = program
	end
	table.sort(numbers)
	finding.report { id = "portmapper-open", title = "The portmapper answers everybody", severity = "low",
		seen = port.protocol .. "/" .. port.number .. " lists programs " .. table.concat(numbers, ", ", 1,
			math.min(#numbers, 10)),
		why = "It tells which RPC services there are and where, and over UDP it can be used to flood others.",
		remedy = "Close port 111 to other networks; stop rpcbind where NFS 4 alone is used.",
		references = { "CWE-200", "CWE-406" }, confidence = 1 }
end

action = function(host, port)
	local ok, programs = rpc.Helper.RpcInfo(host, port)
	if not ok or next(programs) == nil then
		return nil
	end
	report(port, programs)
	local keyed = {}
	for program, protocols in pairs(programs) do
		keyed[tostring(program)] = protocols
	end
	return keyed, as_text(programs)
end
