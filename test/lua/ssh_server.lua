--- A socket behind which an SSH server sits, as much of one as its clients here need: it exchanges keys by
-- curve25519 with test/lua/openssl.lua and answers a question for ways to log in.
--   local socket = ssh_server.new { methods = "publickey,password" }

local openssl = require "openssl"
local ssh2 = require "ssh2"

local M = {}
local Server = {}
Server.__index = Server

local messages, transport = ssh2.messages, ssh2.transport

function M.new(options)
	local defaults = {
		banner = "SSH-2.0-test", key = string.pack(">s4s4", "ssh-ed25519", ("k"):rep(32)), cipher = "aes128-ctr",
		mac = "hmac-sha2-256", methods = "publickey", kex = "curve25519-sha256", prime = false,
	}
	local server = setmetatable({ sent = 0 }, Server)
	for name, value in pairs(defaults) do
		server[name] = options[name] or value
	end
	server.pending = server.banner .. "\r\n"
	return server
end

function Server:connect() return true end
function Server:set_timeout() return true end
function Server:close() self.closed = true return true end

function Server:receive_buf(delimiter)
	local first, last = delimiter(self.pending)
	if not first then
		return nil, "EOF"
	end
	local out = self.pending:sub(1, last)
	self.pending = self.pending:sub(last + 1)
	return true, out
end

function Server:say(payload)
	local packet = transport.build(payload, 16, not (self.after and self.keys))
	if not self.keys then
		self.pending = self.pending .. transport.build(payload)
	elseif self.after then
		local out = packet:sub(1, 4) .. openssl.encrypt("", self.keys.D, "", packet:sub(5))
		self.pending = self.pending .. out .. openssl.hmac("sha256", self.keys.F, string.pack(">I4", self.sent) .. out)
	else
		local tag = openssl.hmac("sha256", self.keys.F, string.pack(">I4", self.sent) .. packet)
		self.pending = self.pending .. openssl.encrypt("", self.keys.D, "", packet) .. tag
	end
	self.sent = self.sent + 1
end

-- Our own secret is 5.
function Server:secret_of_group()
	return openssl.bignum_bn2bin(openssl.bignum_mod_exp(openssl.bignum_bin2bn(self.peer_public), 5,
		openssl.bignum_bin2bn(self.prime)))
end

-- RFC 4253, 7.2.
function Server:derive()
	local public = self.public
	local secret = transport.pack_mpint(self.prime and self:secret_of_group() or public)
	local digest = openssl.digest("sha256", string.pack(">s4s4s4s4s4s4s4", ssh2.version, self.banner, self.theirs,
		self.ours, self.key, self.peer_public, public) .. secret)
	local keys = {}
	for letter in ("ABCDEF"):gmatch "." do
		keys[letter] = openssl.digest("sha256", secret .. digest .. letter .. digest)
	end
	return keys
end

function Server:hear(payload)
	local kind = payload and payload:byte()
	if kind == messages.KEXINIT then
		self.theirs = payload
		self.ours = transport.kex_init {
			kex_algorithms = self.kex, server_host_key_algorithms = "ssh-ed25519",
			encryption_algorithms_client_to_server = self.cipher, encryption_algorithms_server_to_client = self.cipher,
			mac_algorithms_client_to_server = self.mac, mac_algorithms_server_to_client = self.mac,
		}
		self:say(self.ours)
	elseif kind == messages.KEXDH_INIT then
		self.peer_public = string.unpack(">s4", payload, 2)
		self.public = self.prime and openssl.bignum_bn2bin(openssl.bignum_mod_exp(2, 5, openssl.bignum_bin2bn(self.prime)))
			or ("\7"):rep(32)
		self:say(string.pack(">Bs4s4s4", messages.KEXDH_REPLY, self.key, self.public, "signature"))
		self:say(string.char(messages.NEWKEYS))
	elseif kind == messages.NEWKEYS then
		self.after = self.mac:find "etm" ~= nil
		self.keys = self:derive()
	elseif kind == messages.SERVICE_REQUEST then
		self:say(string.pack(">Bs4", messages.SERVICE_ACCEPT, "ssh-userauth"))
	elseif kind == messages.USERAUTH_REQUEST then
		self.user = string.unpack(">s4", payload, 2)
		self:say(string.pack(">Bs4s4", messages.USERAUTH_BANNER, "hello", ""))
		self:say(self.methods == "none" and string.char(messages.USERAUTH_SUCCESS) or
			string.pack(">Bs4B", messages.USERAUTH_FAILURE, self.methods, 0))
	end
end

function Server:send(bytes)
	if bytes:find "^SSH%-" then
		return true
	elseif not self.keys then
		self:hear(transport.payload(bytes))
	else
		local body = bytes:sub(1, -33)
		local packet = self.after and body:sub(1, 4) .. openssl.encrypt("", self.keys.C, "", body:sub(5)) or
			openssl.encrypt("", self.keys.C, "", body)
		self:hear(transport.payload(packet))
	end
	return true
end

return M
