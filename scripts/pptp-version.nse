-- Finds out which program a PPTP server is: vendor, firmware, host name.
-- Example: portolan -sV -p1723 192.0.2.1

local comm = require "comm"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"

description = "Begins a control connection (RFC 2637) and sets the port's version by the answer."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "version" }

portrule = shortport.version_port_or_service(1723, "pptp")

local cookie = 0x1a2b3c4d

local function padded(text)
	return text .. string.rep("\0", 64 - #text)
end

local request = string.pack(">I2I2I4I2I2I2BBI4I4I2I2", 156, 1, cookie, 1, 0, 0x0100, 0, 0, 3, 3, 0xffff, 1) ..
	padded "none" .. padded "portolan"

local function text_at(bytes, at)
	local text = bytes:sub(at, at + 63):match "^[^\0]*"
	return text ~= "" and text or nil
end

-- {firmware, hostname, vendor}; nil if it is no Start-Control-Connection-Reply.
local function read_reply(bytes)
	if #bytes < 156 then
		return nil
	end
	local _, kind, magic, control = string.unpack(">I2I2I4I2", bytes)
	if kind ~= 1 or magic ~= cookie or control ~= 2 then
		return nil
	end
	return { firmware = (string.unpack(">I2", bytes, 27)), hostname = text_at(bytes, 29), vendor = text_at(bytes, 93) }
end

action = function(host, port)
	local ok, bytes = comm.exchange(host, port, request, { bytes = 156, timeout = 6000 })
	local reply = ok and read_reply(bytes)
	if not reply then
		return nil
	end
	if port.version.product then
		return nil -- a signature has recognised the server; the reply has only what its maker put in
	end
	port.version.name = "pptp"
	port.version.product = reply.vendor
	port.version.version = string.format("(Firmware: %d)", reply.firmware)
	port.version.hostname = reply.hostname
	nmap.set_port_version(host, port)
	finding.report { id = "pptp-open", title = "A VPN over PPTP", severity = "medium",
		seen = string.format("vendor %s, firmware %d", reply.vendor or "not told", reply.firmware),
		why = "Its logins (MS-CHAPv2) are broken by whoever listens, and with them its encryption.",
		remedy = "Use WireGuard, IPsec (IKEv2) or OpenVPN.", references = { "CWE-327" }, confidence = 0.9 }
	return nil
end
