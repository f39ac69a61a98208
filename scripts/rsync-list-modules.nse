-- Lists the modules of an rsync server, and finds those that need no login.
-- Example: portolan -p873 --script rsync-list-modules 192.0.2.1

local bytestream = require "bytestream"
local finding = require "finding"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Lists the modules that an rsync server tells, and asks for each whether it wants a password."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(873, "rsync")

local modules_max, asked_max, lines_max = 500, 20, 200

-- A connection behind the exchange of versions. A version of 29 is understood by all: newer ones want
-- to agree on checksums.
local function open(host, port)
	local connection = bytestream.open(host, port)
	local greeting = connection and connection:line()
	if greeting and greeting:find "^@RSYNCD: %d" and connection:send "@RSYNCD: 29\n" then
		return connection
	elseif connection then
		connection:close()
	end
end

local function list(host, port)
	local connection, lines = open(host, port), {}
	if not connection then
		return nil
	end
	if connection:send "#list\n" then
		for _ = 1, modules_max do
			local line = connection:line()
			if not line or line:find "^@RSYNCD: EXIT" or line:find "^@ERROR" then
				break
			elseif line ~= "" then
				lines[#lines + 1] = line
			end
		end
	end
	connection:close()
	return lines
end

-- The server answers the module's name: lines of a greeting, then what it wants. Nothing is read of
-- the module itself.
local function is_open(host, port, name)
	local connection, verdict = open(host, port), false
	if not connection then
		return false
	end
	if connection:send(name .. "\n") then
		for _ = 1, lines_max do
			local line = connection:line()
			if not line or line:find "^@" then
				verdict = line == "@RSYNCD: OK"
				break
			end
		end
	end
	connection:close()
	return verdict
end

local function report(open_modules)
	finding.report { id = "rsync-module-without-login", title = "rsync modules can be used without a password",
		severity = "medium", seen = table.concat(open_modules, ", ") .. ": @RSYNCD: OK",
		why = "Whoever reaches the port copies the files, and changes them where the module is not read only.",
		remedy = "Set `auth users` and `secrets file` (or `hosts allow`) in rsyncd.conf, or use rsync over SSH.",
		references = { "CWE-306" }, confidence = 1 }
end

action = function(host, port)
	local lines = list(host, port)
	if not lines or #lines == 0 then
		return nil
	end
	local open_modules = {}
	for i = 1, math.min(#lines, asked_max) do
		local name = lines[i]:match "^(.-)%s*\t" or lines[i]:match "^%S+"
		if name and is_open(host, port, name) then
			open_modules[#open_modules + 1] = name
		end
	end
	if #open_modules > 0 then
		report(open_modules)
	end
	return stdnse.format_output(true, lines)
end
