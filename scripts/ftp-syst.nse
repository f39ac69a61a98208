-- portolan --script ftp-syst -p 21 TARGET

local ftp = require "ftp"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Asks an FTP server for its system (SYST) and its state (STAT), after an anonymous login where it
wants one. The system is left out where it is the one that nearly all name.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 21, 990 }, { "ftp", "ftps" })

-- The reply with that code, before a login or after it. A server that refuses the login is not
-- asked again.
local function ask(session, command, expected)
	local code, text = ftp.ask(session.socket, session.buffer, command)
	if code == 530 and session.logged_in == nil then
		session.logged_in = ftp.auth(session.socket, session.buffer, "anonymous", "anonymous@portolan.test") or false
		if session.logged_in then
			code, text = ftp.ask(session.socket, session.buffer, command)
		end
	end
	return expected[code] and text or nil
end

action = function(host, port)
	local socket, code, _, buffer = ftp.connect(host, port)
	if not socket then
		return stdnse.debug1("%s", code)
	end
	local session = { socket = socket, buffer = buffer }
	local out = stdnse.output_table()
	local system = code == 220 and ask(session, "SYST", { [215] = true })
	if system and not system:find "^UNIX Type: L8%s*$" then
		out.SYST = system
	end
	local state = code == 220 and ask(session, "STAT", { [211] = true, [212] = true, [213] = true })
	-- One line of it says no more than that the server is there.
	if state and state:find("\n", 1, true) then
		out.STAT = "\n" .. state
	end
	ftp.close(socket)
	return #out > 0 and out or nil
end
