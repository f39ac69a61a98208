--- sshauth: which ways to log in an SSH server offers (RFC 4252), over the encryption that it wants
-- before it says so.
--   local methods, err = sshauth.methods(host, port, "root")    -- { "publickey", "password" }
-- No password is tried: "none" is asked for (RFC 4252, 5.2). Our keys are not secret (see ssh2.exchanges),
-- nothing worth hiding goes over the connection.

local match = require "match"
local nmap = require "nmap"
local openssl = require "openssl"
local ssh2 = require "ssh2"
local sshkey = require "sshkey"
local strict = require "strict"
local math, pairs, setmetatable, string, table = math, pairs, setmetatable, string, table

local M = {}

local messages, transport = ssh2.messages, ssh2.transport
local packet_bytes_max, packet_seconds_max = 65536, 10
-- Messages that may come before an answer: banners, extensions, debugging.
local messages_max = 20

-- SSH's names to OpenSSL's, and the bytes of key and block.
local ciphers = {
	["aes128-ctr"] = { "aes-128-ctr", 16, 16 }, ["aes192-ctr"] = { "aes-192-ctr", 24, 16 },
	["aes256-ctr"] = { "aes-256-ctr", 32, 16 }, ["aes128-cbc"] = { "aes-128-cbc", 16, 16 },
	["aes192-cbc"] = { "aes-192-cbc", 24, 16 }, ["aes256-cbc"] = { "aes-256-cbc", 32, 16 },
	["3des-cbc"] = { "des-ede3-cbc", 24, 8 },
}
local cipher_list = "aes128-ctr,aes256-ctr,aes192-ctr,aes128-cbc,aes256-cbc,aes192-cbc,3des-cbc"

-- The hash, and the bytes of key and tag.
local macs = {
	["hmac-sha2-256"] = { "sha256", 32 }, ["hmac-sha2-512"] = { "sha512", 64 }, ["hmac-sha1"] = { "sha1", 20 },
	["hmac-md5"] = { "md5", 16 },
}
local mac_list = "hmac-sha2-256,hmac-sha2-512,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
	.. "hmac-sha1,hmac-sha1-etm@openssh.com,hmac-md5,hmac-md5-etm@openssh.com"

-- One direction ------------------------------------------------------------------------

local Direction = {}
Direction.__index = Direction

local function new_direction(cipher, mac, derive, letters)
	local name, key_bytes, block = table.unpack(ciphers[cipher])
	local plain_mac, etm = mac:gsub("%-etm@openssh%.com$", "")
	local hash, tag_bytes = table.unpack(macs[plain_mac])
	return setmetatable({
		cipher = name, block = block, hash = hash, tag_bytes = tag_bytes, after = etm > 0, sequence = 0,
		counts = name:find "ctr$" ~= nil, iv = derive(letters[1], block), key = derive(letters[2], key_bytes),
		mac_key = derive(letters[3], tag_bytes),
	}, Direction)
end

-- A big-endian counter of 16 bytes, some steps on.
local function advance(iv, steps)
	local high, low = string.unpack(">i8i8", iv)
	local sum = low + steps
	if math.ult(sum, low) then
		high = high + 1
	end
	return string.pack(">i8i8", high, sum)
end
M.advance = advance

function Direction:next_iv(encrypted)
	if self.counts then
		self.iv = advance(self.iv, #encrypted // self.block)
	elseif #encrypted > 0 then
		self.iv = encrypted:sub(-self.block)
	end
end

function Direction:encrypt(bytes)
	local out = openssl.encrypt(self.cipher, self.key, self.iv, bytes)
	self:next_iv(out)
	return out
end

-- A counter encrypts and decrypts alike.
function Direction:peek(bytes)
	local turn = self.counts and openssl.encrypt or openssl.decrypt
	return turn(self.cipher, self.key, self.iv, bytes)
end

function Direction:decrypt(bytes)
	local out = self:peek(bytes)
	self:next_iv(bytes)
	return out
end

function Direction:tag(bytes)
	local out = openssl.hmac(self.hash, self.mac_key, string.pack(">I4", self.sequence) .. bytes)
	return out:sub(1, self.tag_bytes)
end

--- The bytes on the wire of a message.
function Direction:seal(payload)
	local packet = transport.build(payload, self.block, not self.after)
	local out, tag
	if self.after then
		out = packet:sub(1, 4) .. self:encrypt(packet:sub(5))
		tag = self:tag(out)
	else
		tag = self:tag(packet)
		out = self:encrypt(packet)
	end
	self.sequence = self.sequence + 1
	return out .. tag
end

-- The bytes of the packet that begins in the buffer, tag included; nil if more are needed, 0 if it
-- is none.
function Direction:length_in(buffer)
	local first = self.after and 4 or self.block
	if #buffer < first then
		return nil
	end
	local head = self.after and buffer or self:peek(buffer:sub(1, first))
	local length = string.unpack(">I4", head)
	local encrypted = self.after and length or length + 4
	if length < 5 or length > packet_bytes_max or encrypted % self.block ~= 0 then
		return 0
	end
	return 4 + length + self.tag_bytes
end

--- The message in a sealed packet; nil if its tag is wrong.
function Direction:open(bytes)
	local body, tag = bytes:sub(1, -1 - self.tag_bytes), bytes:sub(-self.tag_bytes)
	local packet
	if self.after then
		local good = self:tag(body) == tag
		packet = good and body:sub(1, 4) .. self:decrypt(body:sub(5))
	else
		packet = self:decrypt(body)
		packet = self:tag(packet) == tag and packet
	end
	self.sequence = self.sequence + 1
	return packet and transport.payload(packet) or nil
end

-- Sessions -------------------------------------------------------------------------------

local Session = {}
Session.__index = Session

function Session:send(payload)
	return self.socket:send(self.there:seal(payload))
end

function Session:receive()
	local function packet_end(buffer)
		local length = self.back:length_in(buffer)
		if length == 0 then
			return 1, #buffer
		elseif length and #buffer >= length then
			return length, length
		end
		return nil
	end
	local ok, bytes = self.socket:receive_buf(match.within(packet_end, nmap.clock() + packet_seconds_max), true)
	if not ok then
		return nil, bytes
	elseif self.back:length_in(bytes) ~= #bytes then
		return nil, "no SSH packet"
	end
	local payload = self.back:open(bytes)
	if not payload or payload == "" then
		return nil, "wrong tag"
	end
	return payload
end

--- The next message of one of these kinds; nil and the error.
function Session:receive_one_of(kinds)
	for _ = 1, messages_max do
		local payload, err = self:receive()
		if not payload then
			return nil, err
		elseif payload:byte() == messages.DISCONNECT then
			return nil, "disconnected"
		elseif kinds[payload:byte()] then
			return payload
		end
	end
	return nil, "no answer"
end

function Session:close()
	self.socket:close()
end

-- The shared secret; on curves what the server sent (our own secret is 1), of a point its first coordinate.
local function shared_secret(reply)
	local public = reply.public
	if reply.secret_of then
		return reply.secret_of(public)
	elseif reply.exchange.name:find "^ecdh" then
		return public:byte() == 4 and #public % 2 == 1 and public:sub(2, 1 + #public // 2) or nil
	end
	return #public == 32 and public or nil
end

-- RFC 4253, 7.2 and 8.
local function key_maker(session, reply)
	local hash, secret = reply.exchange.hash, shared_secret(reply)
	if not secret then
		return nil
	end
	local packed = transport.pack_mpint(secret)
	local digest = openssl.digest(hash, string.pack(">s4s4s4s4s4s4s4", ssh2.version, session.banner, session.ours,
		session.theirs, reply.key, reply.own, reply.public) .. packed)
	return function(letter, bytes)
		local out = openssl.digest(hash, packed .. digest .. letter .. digest)
		while #out < bytes do
			out = out .. openssl.digest(hash, packed .. digest .. out)
		end
		return out:sub(1, bytes)
	end
end

local function directions(session, derive)
	local ours, server = transport.parse_kex_init(session.ours), session.server
	local out = {}
	for name, letters in pairs { client_to_server = { "A", "C", "E" }, server_to_client = { "B", "D", "F" } } do
		local cipher = ssh2.agree(ours["encryption_algorithms_" .. name], server["encryption_algorithms_" .. name])
		local mac = ssh2.agree(ours["mac_algorithms_" .. name], server["mac_algorithms_" .. name])
		if not cipher or not mac then
			return nil
		end
		out[name] = new_direction(cipher, mac, derive, letters)
		-- Sequence numbers go on from the packets in clear: KEXINIT, key exchange, NEWKEYS.
		out[name].sequence = 3
	end
	return out.client_to_server, out.server_to_client
end

local function go_on_encrypted(session)
	local reply, err = ssh2.exchange_keys(session)
	local derive = reply and key_maker(session, reply)
	if not derive then
		return nil, err or "no key"
	end
	local there, back = directions(session, derive)
	if not there then
		return nil, "nothing in common"
	end
	local ok, reason = session.socket:send(transport.build(string.char(messages.NEWKEYS)))
	local payload
	if ok then
		payload, reason = transport.receive(session.socket)
	end
	if not payload or payload:byte() ~= messages.NEWKEYS then
		return nil, reason or "no NEWKEYS"
	end
	return setmetatable({ socket = session.socket, banner = session.banner, there = there, back = back }, Session)
end

--- An encrypted session; nil and the error.
function M.open(host, port)
	local session, err = ssh2.begin(host, port, {
		only_known = true,
		encryption_algorithms_client_to_server = cipher_list, encryption_algorithms_server_to_client = cipher_list,
		mac_algorithms_client_to_server = mac_list, mac_algorithms_server_to_client = mac_list,
		compression_algorithms_client_to_server = "none", compression_algorithms_server_to_client = "none",
	})
	if not session then
		return nil, err
	end
	local encrypted, reason = go_on_encrypted(session)
	if not encrypted then
		session.socket:close()
	end
	return encrypted, reason
end

local function ask_methods(session, user)
	session:send(string.pack(">Bs4", messages.SERVICE_REQUEST, "ssh-userauth"))
	local accepted, err = session:receive_one_of { [messages.SERVICE_ACCEPT] = true }
	if not accepted then
		return nil, err
	end
	session:send(string.pack(">Bs4s4s4", messages.USERAUTH_REQUEST, user, "ssh-connection", "none"))
	local answer, reason = session:receive_one_of {
		[messages.USERAUTH_FAILURE] = true, [messages.USERAUTH_SUCCESS] = true,
	}
	if not answer then
		return nil, reason
	elseif answer:byte() == messages.USERAUTH_SUCCESS then
		return {}, nil, true
	end
	local list = sshkey.read_string(answer, 2)
	if not list then
		return nil, "no list"
	end
	return ssh2.names(list)
end

--- The ways to log in that the server offers that user: an array, then (third) whether it let us in
-- without any. nil and the error.
function M.methods(host, port, user)
	local session, err = M.open(host, port)
	if not session then
		return nil, err
	end
	local methods, reason, inside = ask_methods(session, user)
	session:close()
	return methods, reason, inside
end

return strict(M)
