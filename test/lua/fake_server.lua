--- fake_server: three ways to write what fake_socket's sockets play.
--	fake.serve { "answer", "more" }			-- what comes, whatever is sent
--	fake.play { { nil, "220 hi\r\n" }, { "^QUIT", "221 bye\r\n" } }	-- what comes after what
--	fake.answer(function(sent) return { "one", "two" } end)	-- a server as a function

local fake_socket = require "fake_socket"
local stub = require "stub"

local fake = {}

fake.host = { ip = "127.0.0.1", times = { timeout = 1.0 }, registry = {} }

function fake.port(number, protocol)
	return { number = number, protocol = protocol or "tcp", state = "open", version = {} }
end

-- The next of the texts; a function's is asked with all that was sent.
local function next_answer(log, answers, endless)
	local answer = answers[log.at]
	if log.at < #answers or not endless then
		log.at = log.at + 1
	end
	if type(answer) == "function" then
		answer = answer(table.concat(log.sent))
	end
	return answer
end

--- Each receive() of any connection gives the next text (or what a function gives); after the
-- last comes `ending` ("TIMEOUT"), or with `endless` the last one for ever. Gives the log of all
-- connections: see fake_socket.connections. log.refused (true or a protocol): who does not get in.
function fake.serve(answers, ending, endless)
	local log = { sent = {}, received = 0, at = 1 }
	fake_socket.listen(function(_, _, proto)
		local refused = log.refused == true or log.refused == proto
		return { seen = log, fails = refused and "ERROR" or nil, last = ending or "TIMEOUT",
			more = function() return next_answer(log, answers, endless) end }
	end)
	return log
end

-- A function that gives what comes of exchanges { pattern or nil, answer } when a text is sent,
-- and with nil what comes before.
local function player(exchanges)
	local at = 1
	return function(text)
		local out = {}
		while exchanges[at] do
			local expected = exchanges[at][1]
			if expected and not (text and text:find(expected)) then
				break
			end
			out[#out + 1] = exchanges[at][2]
			at, text = at + 1, expected and nil or text
		end
		return table.concat(out)
	end
end

--- The connections, which play these scripts, one after the other.
function fake.play(...)
	local entries = {}
	for i, exchanges in ipairs { ... } do
		local play = player(exchanges)
		entries[i] = { greeting = play(nil), answers = play }
	end
	fake_socket.listen(entries)
	return fake_socket.connections
end

--- A connected socket that plays a script.
function fake.connected(exchanges)
	fake.play(exchanges)
	local socket = stub.nmap.new_socket()
	socket:connect(fake.host, fake.port(1))
	return socket
end

--- answer(sent, connection) is called for each thing that is sent, "" for a connection, and gives
-- a list of the texts that come; after them comes "TIMEOUT", for a text false "EOF".
-- fake.sent: all that was sent. Set fake.refuses, and fake.from: the address that answers.
function fake.answer(answer)
	fake.sent, fake.refuses = {}, false
	fake_socket.listen(function(_, _, proto)
		return { seen = { sent = fake.sent, received = 0 }, fails = fake.refuses and "ERROR" or nil, last = "TIMEOUT",
			from = fake.from or "10.0.0.1", greeting = answer("", { proto = proto }) or nil,
			answers = function(sent, _, connection) return answer(sent, connection) or nil end }
	end)
	stub.nmap.timing_level = function() return 3 end
	stub.nmap.get_dns_servers = function() return { "10.0.0.1" } end
	-- Time goes on, so that what waits for its end gets there.
	local now = 0
	stub.nmap.clock_ms = function()
		now = now + 5
		return now
	end
end

return fake
