-- Shows what an IRC server says of itself.
-- Example: portolan -p6667 --script irc-info 192.0.2.1

local ircmessage = require "ircmessage"
local lineclient = require "lineclient"
local nmap = require "nmap"
local rand = require "rand"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs = ipairs

description = [[
Enters an IRC server and asks for its name, version and uptime, how many users, channels and servers there
are, and how it sees us; then it leaves. No channel is joined.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.port_or_service(
	{ 6665, 6666, 6667, 6668, 6669, 6679, 6697, 7000, 8067 }, { "irc", "ircs", "ircu" })

-- Servers look us up before they let us in.
local seconds_max, lines_max = 20, 400

-- Takes lines until last(message) is true, answering pings. false at the connection's end.
local function listen(conn, ends, seen, last)
	for _ = 1, lines_max do
		local line = nmap.clock() < ends and conn:line()
		if not line then
			return false
		end
		local message = ircmessage.parse(line)
		if message then
			ircmessage.note(seen, message)
			if message.command == "PING" then
				conn:send("PONG :" .. (message[#message] or "") .. "\r\n")
			elseif last(message) then
				return message.command ~= "ERROR"
			end
		end
	end
	return false
end

local function is_end(message)
	return message.command == "ERROR"
end

local function ask(conn)
	local seen, nick, ends = {}, rand.random_alpha(9), nmap.clock() + seconds_max
	conn:send("USER nmap 0 * :portolan\r\nNICK " .. nick .. "\r\n")
	if listen(conn, ends, seen, ircmessage.ends_greeting) and seen.server then
		conn:send("LUSERS\r\nVERSION\r\nSTATS u\r\nWHO " .. nick .. "\r\nQUIT\r\n")
		listen(conn, ends, seen, is_end)
	end
	return seen
end

-- What is shown, in this order, by its key in `seen`.
local shown = {
	{ "server", "server" }, { "version", "version" }, { "servers", "servers" }, { "ops", "ops" }, { "chans", "chans" },
	{ "users", "users" }, { "lservers", "lservers" }, { "lusers", "lusers" }, { "uptime", "uptime" },
	{ "source host", "host" }, { "source ident", "ident" }, { "error", "error" },
}

action = function(host, port)
	local conn, err = lineclient.connect(host, port)
	if not conn then
		return stdnse.debug1("%s", err)
	end
	local seen = ask(conn)
	conn:close()
	local out = stdnse.output_table()
	for _, one in ipairs(shown) do
		out[one[1]] = seen[one[2]]
	end
	return #out > 0 and out or nil
end
