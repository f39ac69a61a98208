--- ircmessage: what an IRC server says of itself (RFC 1459 and 2812: lines with numbers).
--   local message = ircmessage.parse(":irc.example 251 me :There are 3 users and 2 invisible on 1 servers")
--   ircmessage.note(seen, message)

local strict = require "strict"
local ipairs, string, tonumber = ipairs, string, tonumber

local M = {}

local parameters_max = 15

--- A line as a table: prefix (the server's name), command ("251", "PING") and its parameters (an array). nil
-- if it is no message.
function M.parse(line)
	local prefix, rest = line:match "^:(%S+) +(.*)$"
	local command, behind = (rest or line):match "^(%w+)(.*)$"
	if not command or behind:find "^[^ ]" or not (command:find "^%d%d%d$" or command:find "^%a+$") then
		return nil
	end
	local out = { prefix = prefix, command = command:upper() }
	local middle, last = (" " .. behind):match "^(.-) :(.*)$"
	for word in (middle or behind):gmatch "%S+" do
		if #out >= parameters_max - 1 then
			break
		end
		out[#out + 1] = word
	end
	out[#out + 1] = last
	return out
end

-- The numbers of a sentence: "There are 3 users and 2 invisible on 1 servers".
local function count(text, pattern)
	return text and tonumber((text:lower():match(pattern)))
end

-- Readers by number: what they take from a message's parameters; the first one is our name.
local read = {}

read["004"] = function(seen, message)
	seen.server, seen.version = message[2], seen.version or message[3]
end

read["351"] = function(seen, message)
	seen.version = message[2] and message[3] and message[2] .. " " .. message[3] or message[2]
end

read["242"] = function(seen, message)
	seen.uptime = (message[#message] or ""):match "[Uu][Pp]:? *(%d.*)$" or seen.uptime
end

read["251"] = function(seen, message)
	local text = message[#message]
	local seen_ones, others = count(text, "(%d+) users"), count(text, "(%d+) invisible")
	seen.users = seen_ones and string.format("%.0f", seen_ones + (others or 0)) or seen.users
	seen.servers = (text or ""):match "(%d+) servers?" or seen.servers
end

read["252"] = function(seen, message)
	seen.ops = (message[2] or ""):match "^%d+$"
end

read["254"] = function(seen, message)
	seen.chans = (message[2] or ""):match "^%d+$"
end

read["255"] = function(seen, message)
	local text = (message[#message] or ""):lower()
	seen.lusers = text:match "(%d+) clients" or text:match "(%d+) users"
	seen.lservers = text:match "(%d+) servers?"
end

read["352"] = function(seen, message)
	seen.ident, seen.host = message[3], message[4]
end

function read.ERROR(seen, message)
	seen.error = message[#message]
end

--- Takes what a message says into `seen`: server, version, uptime, users, servers, ops, chans, lusers, lservers,
-- ident and host (of ours), error; texts.
function M.note(seen, message)
	local reader = read[message.command]
	if reader and (message.command == "ERROR" or #message > 1) then
		reader(seen, message)
	end
end

--- Whether a message says that we are in (the last of its greeting), or that we will not be.
function M.ends_greeting(message)
	for _, command in ipairs { "376", "422", "ERROR", "465", "433", "451" } do
		if message.command == command then
			return true
		end
	end
	return false
end

return strict(M)
