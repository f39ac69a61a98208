-- Tells whether a telnet server could encrypt (RFC 2946), and that it is there at all.
-- Example: portolan -p23 --script telnet-encryption 192.0.2.1

local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Asks a telnet server for its option ENCRYPT."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(23, "telnet")

local iac, will, wont, doing, dont = "\xff", 0xfb, 0xfc, 0xfd, 0xfe
local encrypt = 38
local answers_max, bytes_max = 6, 16384

-- What a server says of an option: true, false; nil if it has not said anything (yet).
local function said(bytes, option)
	local at = 1
	while true do
		at = bytes:find(iac, at, true)
		local command, which = bytes:byte((at or #bytes) + 1, (at or #bytes) + 2)
		if not at or not which then
			return nil
		elseif which == option and (command == will or command == doing) then
			return true
		elseif which == option and (command == wont or command == dont) then
			return false
		end
		at = at + (command == 0xff and 2 or 3)
	end
end

local request = iac .. string.char(doing, encrypt) .. iac .. string.char(will, encrypt)

local function ask(host, port)
	local socket, seen = nmap.new_socket(), ""
	socket:set_timeout(stdnse.get_timeout(host, 6000, 3000))
	if socket:connect(host, port, "tcp") and socket:send(request) then
		for _ = 1, answers_max do
			local ok, bytes = socket:receive()
			seen = seen .. (ok and bytes or "")
			if not ok or said(seen, encrypt) ~= nil or #seen > bytes_max then
				break
			end
		end
	end
	socket:close()
	return seen
end

local function report(seen)
	finding.report { id = "telnet-open", title = "Logins over telnet", severity = "medium",
		seen = "options " .. stdnse.tohex(seen:sub(1, 12), { separator = " " }),
		why = "Names and passwords go over the network in clear text.",
		remedy = "Use SSH; switch telnetd off.", references = { "CWE-319" }, confidence = 0.9 }
end

action = function(host, port)
	local seen = ask(host, port)
	local answer = said(seen, encrypt)
	-- Who begins with options or answers ours speaks telnet.
	if seen == request or answer == nil and not seen:find "^\xff[\xfb-\xfe]" then
		return nil
	end
	report(seen)
	local text = answer and "Telnet server supports encryption" or "Telnet server does not support encryption"
	return "\n  " .. text
end
