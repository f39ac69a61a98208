--- fake_socket: sockets that are played from a script, for tests of code that talks to
-- servers.
--
--	local fake = require "fake_socket"
--	fake.listen {		-- one entry per connect(), in order
--		{ fails = "ERROR" },
--		{ proto = "tcp", greeting = "220 hi\r\n", answers = { "250 ok\r\n", { "250-a\r\n", "250 b\r\n" } } },
--	}
--	... call what is tested ...
--	check.equal(fake.connections[2].sent, { "EHLO x\r\n", "QUIT\r\n" })
--
-- An entry: `fails`: what connect() says; `proto`: the only one that connects;
-- `greeting`: what the server sends first; `answers`: one per send(), or a function that
-- gets what was sent, the number of the send() and the connection, and gives one: a text, a list of texts
-- (each arrives on its own), nil (silence); `last`: what receiving gives when all has been
-- read, "EOF" unless given ("TIMEOUT", "ERROR"); `send_fails`: what send() says;
-- `tls_fails`: what reconnect_ssl() says; `certificate`; `from`: the address that get_info()
-- tells. `more`: a function(connection) that gives a text when all has been read; a text false
-- says that the server is gone. `seen`: the table to note in, instead of a new one.
-- fake.listen also takes a function(host, port, proto) that gives an entry.
-- fake.connections: {host, port, proto, sent = {...}, received, closed, tls} of each connect();
-- `received` counts. Other ways to write a script: fake_server.lua.
-- fake.waited: the sum of stdnse.sleep(). Mutexes, condition variables and new_try are
-- there for one thread; a loop that reads for ever ends with an error.

local stub = require "stub"

local fake = { connections = {}, waited = 0 }
local reads_max = 100000
local entries, entry_number, reads

local Socket = {}
Socket.__index = Socket

local function as_list(answer)
	return type(answer) == "table" and answer or { answer }
end

local function arrive(self, answer)
	for _, piece in ipairs(as_list(answer)) do
		self.queue[#self.queue + 1] = piece
	end
end

local function next_entry(host, port, proto)
	if type(entries) == "function" then
		return entries(host, port, proto)
	end
	entry_number = entry_number + 1
	return entries[entry_number]
end

local function note_connection(seen, host, port, proto)
	seen.host, seen.port, seen.proto = host, type(port) == "table" and port.number or port, proto
	seen.tls = proto == "ssl"
	fake.connections[#fake.connections + 1] = seen
	return seen
end

function Socket:connect(host, port, proto)
	proto = proto or type(port) == "table" and port.protocol or self.kind
	local entry = next_entry(host, port, proto) or { fails = "ERROR" }
	self.seen = note_connection(entry.seen or { sent = {}, received = 0 }, host, port, proto)
	if entry.fails or entry.proto and entry.proto ~= proto then
		return nil, entry.fails or "ERROR"
	end
	self.entry, self.queue, self.buffer = entry, {}, ""
	arrive(self, entry.greeting)
	return true
end

function Socket:reconnect_ssl()
	if not self.entry then
		return false, "socket must be connected"
	elseif self.entry.tls_fails then
		return nil, self.entry.tls_fails
	end
	self.seen.tls, self.buffer = true, ""
	return true
end

function Socket:send(data)
	assert(type(data) == "string" or type(data) == "number", "send() takes a text")
	if not self.entry then
		return false, "socket must be connected"
	elseif self.entry.send_fails then
		return nil, self.entry.send_fails
	end
	local sent, answers = self.seen.sent, self.entry.answers
	sent[#sent + 1] = tostring(data)
	if type(answers) == "function" then
		arrive(self, answers(data, #sent, self.seen))
	elseif answers then
		arrive(self, answers[#sent])
	end
	return true
end

-- A datagram socket is connected by its first datagram.
function Socket:sendto(host, port, data)
	if not self.entry then
		local ok, why = self:connect(host, port, "udp")
		if not ok then
			return ok, why
		end
	end
	return self:send(data)
end

local function next_piece(self)
	local piece = table.remove(self.queue, 1)
	if piece == nil and self.entry.more then
		return self.entry.more(self.seen)
	end
	return piece
end

-- What is there until `enough` says so; what there was, when no more comes.
local function gather(self, enough)
	local got, piece = "", nil
	if not self.entry then
		return false, "socket must be connected"
	end
	self.seen.received = self.seen.received + 1
	while got == "" or not enough(got) do
		reads = reads + 1
		assert(reads < reads_max, "the tested code reads for ever")
		piece = next_piece(self)
		if not piece then
			break
		end
		got = got .. piece
	end
	if got == "" then
		return nil, piece ~= false and self.entry.last or "EOF"
	end
	return true, got
end

function Socket:receive()
	return gather(self, function() return true end)
end

function Socket:receive_bytes(count)
	return gather(self, function(got) return #got >= count end)
end

function Socket:receive_lines(count)
	return gather(self, function(got) return select(2, got:gsub("\n", "")) >= count end)
end

local function find_end(delimiter, buffer)
	if type(delimiter) == "function" then
		return delimiter(buffer)
	end
	return buffer:find(delimiter)
end

function Socket:receive_buf(delimiter, keep)
	assert(type(keep) == "boolean", "receive_buf: keep is a boolean")
	assert(type(delimiter) == "string" or type(delimiter) == "function", "receive_buf: delimiter")
	if not self.entry then
		return false, "socket must be connected"
	end
	local first, last = find_end(delimiter, self.buffer)
	while not first do
		local ok, piece = self:receive()
		if not ok then
			return ok, piece
		end
		self.buffer = self.buffer .. piece
		first, last = find_end(delimiter, self.buffer)
	end
	assert(first <= last and last <= #self.buffer, "invalid indices for match")
	local line = self.buffer:sub(1, keep and last or first - 1)
	self.buffer = self.buffer:sub(last + 1)
	return true, line
end

function Socket:close()
	if self.seen then
		self.seen.closed = true
	end
	if not self.entry then
		return false, "socket already closed"
	end
	self.entry = nil
	return true
end

function Socket:set_timeout(ms)
	assert(math.type(ms), "set_timeout takes a number")
	self.timeout = ms
	return true
end

function Socket:bind(_, port)
	assert(math.type(port), "bind takes a number")
	return true
end

function Socket:get_info()
	local host = self.seen and self.seen.host
	host = self.entry and self.entry.from or type(host) == "table" and (host.ip or host.targetname) or host
	return true, "192.0.2.1", 40000, host, self.seen and self.seen.port
end

function Socket:get_ssl_certificate()
	return self.entry and self.entry.certificate
end

local function new_socket(kind, family)
	return setmetatable({ kind = kind or "tcp", family = family }, Socket)
end

-- nmap.mutex and nmap.condvar where there is one thread.
local function mutex()
	local held = false
	return function(what)
		if what == "done" then
			assert(held, "do not have a lock on this mutex")
			held = false
		elseif what == "running" then
			return held and coroutine.running() or nil
		else
			assert(not held, "the only thread would wait for itself")
			held = true
			return what == "trylock" or nil
		end
	end
end

local mutexes

local function mutex_of(object)
	mutexes[object] = mutexes[object] or mutex()
	return mutexes[object]
end

local function new_try(handler)
	return function(ok, ...)
		if ok then
			return ...
		end
		if handler then
			handler()
		end
		error({ errtype = "nmap.new_try", message = (...) })
	end
end

--- Whether a mutex that was taken was not given back.
function fake.mutex_held()
	for _, one in pairs(mutexes) do
		if one "running" then
			return true
		end
	end
	return false
end

--- From now on sockets are these.
function fake.listen(script)
	entries, entry_number, reads, mutexes = script, 0, 0, {}
	fake.connections, fake.waited = {}, 0
	local nmap = stub.nmap
	nmap.new_socket, nmap.mutex, nmap.new_try = new_socket, mutex_of, new_try
	nmap.condvar = function() return function() end end
	nmap.socket.sleep = function(seconds) fake.waited = fake.waited + seconds end
	nmap.resolve = function(name)
		local list = stub.state.addresses and stub.state.addresses[name]
		return list ~= nil, list or "Failed to resolve"
	end
end

return fake
