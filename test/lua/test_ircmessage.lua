local check = require "check"
local ircmessage = require "ircmessage"

local T = {}

-- What ircd-hybrid, ngIRCd and InspIRCd say.
local hybrid = {
	":irc.lab.test 004 abc irc.lab.test ircd-hybrid-1:8.2.43+dfsg.1-1 BDFG CIKL Ibehklov",
	":irc.lab.test 251 abc :There are 0 users and 1 invisible on 1 servers",
	":irc.lab.test 252 abc 3 :IRC Operators online",
	":irc.lab.test 254 abc 7 :channels formed",
	":irc.lab.test 255 abc :I have 1 clients and 0 servers",
	":irc.lab.test 351 abc ircd-hybrid-1:8.2.43+dfsg.1-1. irc.lab.test :TSow",
	":irc.lab.test 242 abc :Server Up 0 days, 00:00:05",
	":irc.lab.test 352 abc * nmap 10.91.0.1 irc.lab.test abc H :0 x",
	"ERROR :Closing Link: 10.91.0.1 (Quit: )",
}

local function read(lines)
	local seen = {}
	for _, line in ipairs(lines) do
		local message = ircmessage.parse(line)
		if message then
			ircmessage.note(seen, message)
		end
	end
	return seen
end

function T.a_message_has_parts()
	check.equal(ircmessage.parse ":a.b 352 me * x :0 some one", { prefix = "a.b", command = "352", "me", "*", "x", "0 some one" })
	check.equal(ircmessage.parse "ping :a:b", { command = "PING", "a:b" })
	check.equal(ircmessage.parse "QUIT", { command = "QUIT" })
	check.is_nil(ircmessage.parse "")
	check.is_nil(ircmessage.parse ":only.a.prefix")
	check.is_nil(ircmessage.parse "HTTP/1.1 400 Bad Request")
end

function T.what_a_server_says()
	check.equal(read(hybrid), {
		server = "irc.lab.test", version = "ircd-hybrid-1:8.2.43+dfsg.1-1. irc.lab.test", uptime = "0 days, 00:00:05",
		users = "1", servers = "1", ops = "3", chans = "7", lusers = "1", lservers = "0", ident = "nmap",
		host = "10.91.0.1", error = "Closing Link: 10.91.0.1 (Quit: )",
	})
	check.equal(read { ":x 255 abc :I have 1 users, 0 services and 2 servers" }, { lusers = "1", lservers = "2" })
	check.equal(read { ":x 242 abc :Server up 0 days, 00:00:06" }, { uptime = "0 days, 00:00:06" })
end

function T.the_end_of_a_greeting()
	check.is_true(ircmessage.ends_greeting(ircmessage.parse ":x 422 abc :MOTD File is missing"))
	check.is_true(not ircmessage.ends_greeting(ircmessage.parse ":x 001 abc :Welcome"))
end

function T.broken_lines_do_no_harm()
	check.fuzz(function(bytes) read { bytes } end, hybrid)
end

return T
