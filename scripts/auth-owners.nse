-- Asks the host's ident server whose each open port is.
-- Example: portolan -p1-1024 --script auth-owners 192.0.2.1

local bytestream = require "bytestream"
local finding = require "finding"
local nmap = require "nmap"
local stdnse = require "stdnse"

description = "Asks an ident server (RFC 1413) for the user behind each open TCP port."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "safe" }

portrule = function(host, port)
	local ident = nmap.get_port_state(host, { number = 113, protocol = "tcp" })
	return port.protocol == "tcp" and port.state == "open" and ident ~= nil and ident.state == "open"
end

local function report(owner)
	finding.report { id = "ident-tells-owners", title = "The ident server names users", severity = "low",
		seen = "USERID " .. owner, why = "It tells which user runs which service: names to try passwords for.",
		remedy = "Switch identd off, or let it answer with random names.", references = { "CWE-200" },
		confidence = 0.9 }
end

-- Our connection to the port must be there while the server is asked for it.
local function ask(host, port, socket)
	local known, _, ours = socket:get_info()
	local ident = known and bytestream.open(host, { number = 113, protocol = "tcp" })
	if not ident then
		return nil
	end
	local line = ident:send(string.format("%d, %d\r\n", port.number, ours)) and ident:line()
	ident:close()
	return line and line:match "USERID%s*:[^:]*:%s*(.-)%s*$" or nil
end

action = function(host, port)
	local socket = nmap.new_socket()
	socket:set_timeout(stdnse.get_timeout(host, 6000, 3000))
	local owner = socket:connect(host, port, "tcp") and ask(host, port, socket) or nil
	socket:close()
	if owner and owner ~= "" then
		report(owner:sub(1, 64))
		return owner:sub(1, 512)
	end
end
