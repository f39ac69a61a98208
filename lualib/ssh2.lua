--- ssh2: the transport of SSH 2 (RFC 4253) until it encrypts: banners, packets, key exchange, and a
-- server's host keys.
--   local key = ssh2.fetch_host_key(host, port, "ssh-ed25519")   -- as of sshkey.parse; nil
--   local algorithms, banner = ssh2.algorithms(host, port)
-- Nobody's secrets are kept here: a host key comes in the clear, and where a key exchange has to be
-- gone through, ours is made of values whose secret is public (see `exchanges`).

local lineclient = require "lineclient"
local match = require "match"
local nmap = require "nmap"
local openssl = require "openssl"
local rand = require "rand"
local shortport = require "shortport"
local sshkey = require "sshkey"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, math, string, table = ipairs, math, string, table

local M = {}

--- What we call ourselves.
M.version = "SSH-2.0-portolan"

local packet_bytes_max = 262144
-- What has come of a packet, or of a banner, is all of it then.
local packet_seconds_max = 10
-- Lines before a banner (RFC 4253, 4.2), and packets that say nothing.
local lines_max, idle_packets_max = 30, 20

M.messages = {
	DISCONNECT = 1, IGNORE = 2, UNIMPLEMENTED = 3, DEBUG = 4, SERVICE_REQUEST = 5, SERVICE_ACCEPT = 6, EXT_INFO = 7,
	KEXINIT = 20, NEWKEYS = 21, KEXDH_INIT = 30, KEXDH_REPLY = 31, KEX_DH_GEX_GROUP = 31, KEX_DH_GEX_INIT = 32,
	KEX_DH_GEX_REPLY = 33, KEX_DH_GEX_REQUEST = 34, USERAUTH_REQUEST = 50, USERAUTH_FAILURE = 51, USERAUTH_SUCCESS = 52,
	USERAUTH_BANNER = 53,
}
local messages = M.messages

-- Packets ---------------------------------------------------------------------------

M.transport = {}
local transport = M.transport

--- A packet around a message, padded to the block size.
function transport.build(payload, block, in_front)
	block = block or 8
	-- The length's own four bytes count, unless they stay outside of the cipher.
	local used = #payload + 1 + (in_front == false and 0 or 4)
	local padding = block - used % block
	if padding < 4 then
		padding = padding + block
	end
	return string.pack(">I4B", #payload + 1 + padding, padding) .. payload .. rand.random_string(padding)
end

--- The message in a packet; nil if it is none.
function transport.payload(packet)
	if #packet < 6 then
		return nil
	end
	local length, padding = string.unpack(">I4B", packet)
	if length < padding + 1 or #packet < 4 + length then
		return nil
	end
	return packet:sub(6, 4 + length - padding)
end

--- A number (big-endian bytes) as SSH writes it.
function transport.pack_mpint(bytes)
	bytes = bytes:gsub("^\0+", "")
	if bytes ~= "" and bytes:byte() >= 128 then
		bytes = "\0" .. bytes
	end
	return string.pack(">s4", bytes)
end

-- Where a packet ends, for receive_buf.
local function packet_end(buffer)
	if #buffer < 4 then
		return nil
	end
	local length = string.unpack(">I4", buffer)
	if length > packet_bytes_max then
		return 1, #buffer
	elseif #buffer >= 4 + length then
		return 4 + length, 4 + length
	end
	return nil
end

--- true and the next packet; false and the error.
function transport.receive_packet(socket)
	local ok, packet = socket:receive_buf(match.within(packet_end, nmap.clock() + packet_seconds_max), true)
	if not ok then
		return false, packet
	elseif #packet < 5 or string.unpack(">I4", packet) ~= #packet - 4 then
		return false, "no SSH packet"
	end
	return true, packet
end

--- The next message that says something; nil and the error.
function transport.receive(socket)
	for _ = 1, idle_packets_max do
		local ok, packet = transport.receive_packet(socket)
		local payload = ok and transport.payload(packet)
		if not payload or payload == "" then
			return nil, not ok and packet or "no SSH packet"
		end
		local kind = payload:byte()
		if kind == messages.DISCONNECT then
			return nil, "disconnected"
		elseif kind ~= messages.IGNORE and kind ~= messages.DEBUG and kind ~= messages.UNIMPLEMENTED then
			return payload
		end
	end
	return nil, "nothing was said"
end

-- Algorithms --------------------------------------------------------------------------

--- The lists of a KEXINIT, in their order.
M.lists = {
	"kex_algorithms", "server_host_key_algorithms", "encryption_algorithms_client_to_server",
	"encryption_algorithms_server_to_client", "mac_algorithms_client_to_server", "mac_algorithms_server_to_client",
	"compression_algorithms_client_to_server", "compression_algorithms_server_to_client", "languages_client_to_server",
	"languages_server_to_client",
}

local ciphers = "aes128-ctr,aes256-ctr,aes192-ctr,aes128-cbc,aes256-cbc,3des-cbc,aes128-gcm@openssh.com,"
	.. "aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,blowfish-cbc,cast128-cbc,arcfour256,arcfour128,arcfour"
local macs = "hmac-sha2-256,hmac-sha2-512,hmac-sha1,hmac-md5,hmac-sha2-256-etm@openssh.com,"
	.. "hmac-sha2-512-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,"
	.. "umac-128-etm@openssh.com,umac-64-etm@openssh.com,hmac-sha1-96,hmac-md5-96"
local host_keys = "ssh-ed25519,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521,rsa-sha2-512,rsa-sha2-256,"
	.. "ssh-rsa,ssh-dss"

local unhex = stdnse.fromhex

-- The primes of two groups (RFC 2409, 6.2; RFC 3526, 3) begin alike.
local prime_begin = unhex(
	"ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a0879" ..
	"8e3404ddef9519b3cd3a431b302b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b" ..
	"0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe649286651ec")
local primes = {
	group1 = prime_begin .. unhex "e65381ffffffffffffffff",
	group14 = prime_begin .. unhex(
		"e45b3dc2007cb8a163bf0598da48361c55d39a69163fa8fd24cf5f83655d23dca3ad961c62f356208552bb9e" ..
		"d529077096966d670c354e4abc9804f1746c08ca18217c32905e462e36ce3be39e772c180e86039b2783a2ec" ..
		"07a28fb5c55df06f4c52c9de2bcbf6955817183995497cea956ae515d2261898fa051015728e5a8aacaa68ff" ..
		"ffffffffffffff"),
}

-- Our public values on curves: their generators. The secret behind them is 1, so that the shared secret is
-- what the server sends (RFC 7748, 6.1; RFC 5656, 4).
local generators = {
	curve25519 = "\9" .. ("\0"):rep(31),
	nistp256 = unhex(
		"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb" ..
		"4a7c0f9e162bce33576b315ececbb6406837bf51f5"),
	nistp384 = unhex(
		"04aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e" ..
		"3872760ab73617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e81" ..
		"9d7a431d7c90ea0e5f"),
	nistp521 = "\4" .. unhex(
		"00c6858e06b70404e9cd9e3ecb662395b4429c648139053fb521f828af606b4d3dbaa14b5e77efe75928fe1d" ..
		"c127a2ffa8de3348b3c1856a429bf97e7e31c2e5bd66011839296a789a3bc0045c8a5fb42c7d1bd998f54449" ..
		"579b446817afbd17273e662c97ee72995ef42640c550b9013fad0761353c7086a272c24088be94769fd16650"),
}

--- Key exchanges with which a host key can be had, the best first. Fields: name; hash of those whose
-- shared secret we know afterwards; public (our value) or prime of their group; group: true for those that
-- ask for a group first.
M.exchanges = {
	{ name = "curve25519-sha256", public = generators.curve25519, hash = "sha256" },
	{ name = "curve25519-sha256@libssh.org", public = generators.curve25519, hash = "sha256" },
	{ name = "ecdh-sha2-nistp256", public = generators.nistp256, hash = "sha256" },
	{ name = "ecdh-sha2-nistp384", public = generators.nistp384, hash = "sha384" },
	{ name = "ecdh-sha2-nistp521", public = generators.nistp521, hash = "sha512" },
	{ name = "diffie-hellman-group14-sha256", prime = primes.group14, hash = "sha256" },
	{ name = "diffie-hellman-group14-sha1", prime = primes.group14, hash = "sha1" },
	{ name = "diffie-hellman-group16-sha512" }, { name = "diffie-hellman-group18-sha512" },
	{ name = "diffie-hellman-group1-sha1", prime = primes.group1, hash = "sha1" },
	{ name = "diffie-hellman-group-exchange-sha256", group = true },
	{ name = "diffie-hellman-group-exchange-sha1", group = true },
}

local function exchange_names(only_known)
	local out = {}
	for _, one in ipairs(M.exchanges) do
		if one.hash or not only_known then
			out[#out + 1] = one.name
		end
	end
	return table.concat(out, ",")
end

--- A KEXINIT message. Lists may be given by name, as texts; only_known: no key exchange whose secret we
-- would not know.
function transport.kex_init(options)
	options = options or {}
	local defaults = {
		exchange_names(options.only_known), host_keys, ciphers, ciphers, macs, macs, "none,zlib@openssh.com",
		"none,zlib@openssh.com", "", "",
	}
	local out = { string.char(messages.KEXINIT), nmap.get_random_bytes(16) }
	for i, name in ipairs(M.lists) do
		out[#out + 1] = string.pack(">s4", options[name] or defaults[i])
	end
	out[#out + 1] = "\0\0\0\0\0"
	return table.concat(out)
end

--- The lists in a KEXINIT, as texts; nil if it is none.
function transport.parse_kex_init(payload)
	if payload:byte() ~= messages.KEXINIT or #payload < 17 then
		return nil
	end
	local out, at = { cookie = payload:sub(2, 17) }, 18
	for _, name in ipairs(M.lists) do
		out[name], at = sshkey.read_string(payload, at)
		if not out[name] then
			return nil
		end
	end
	return out
end

--- The names in a list.
function M.names(list)
	local out = {}
	for name in list:gmatch "[^,]+" do
		out[#out + 1] = name
	end
	return out
end

--- What both agree on (RFC 4253, 7.1): the first of the client's that the server has too; nil.
function M.agree(client, server)
	for _, name in ipairs(M.names(client)) do
		for _, other in ipairs(M.names(server)) do
			if name == other then
				return name
			end
		end
	end
	return nil
end

-- Connections ------------------------------------------------------------------------

--- Reads up to the server's banner; nil and the error.
function M.banner(socket)
	local ends = nmap.clock() + packet_seconds_max
	for _ = 1, lines_max do
		local line, err = lineclient.read(socket, ends)
		if not line or nmap.clock() > ends then
			return nil, err or "TIMEOUT"
		elseif line:find "^SSH%-" then
			return line
		end
	end
	return nil, "no SSH server"
end

-- Connected, the banners exchanged: the socket and the server's banner.
function M.open(host, port)
	local socket = nmap.new_socket()
	socket:set_timeout(math.max(5000, stdnse.get_timeout(host)))
	local ok, err = socket:connect(host, port)
	local banner
	if ok then
		banner, err = M.banner(socket)
	end
	if banner and not banner:find "^SSH%-2%." and not banner:find "^SSH%-1%.99" then
		banner, err = nil, "no SSH 2"
	end
	if banner then
		ok, err = socket:send(M.version .. "\r\n")
	end
	if not banner or not ok then
		socket:close()
		return nil, err
	end
	return socket, banner
end

--- Opens, and exchanges KEXINITs: a table with socket, banner, ours and theirs (the messages) and
-- server (theirs, parsed); nil and the error.
function M.begin(host, port, options)
	local socket, banner = M.open(host, port)
	if not socket then
		return nil, banner
	end
	local ours = transport.kex_init(options)
	local ok, err = socket:send(transport.build(ours))
	local theirs
	if ok then
		theirs, err = transport.receive(socket)
	end
	local server = theirs and transport.parse_kex_init(theirs)
	if not server then
		socket:close()
		return nil, err or "no KEXINIT"
	end
	return { socket = socket, banner = banner, ours = ours, theirs = theirs, server = server }
end

--- What the server offers (as of parse_kex_init), and its banner; nil and the error.
function M.algorithms(host, port)
	local session, err = M.begin(host, port)
	if not session then
		return nil, err
	end
	session.socket:close()
	return session.server, session.banner
end

-- Key exchange --------------------------------------------------------------------------

local function exchange_of(name)
	for _, one in ipairs(M.exchanges) do
		if one.name == name then
			return one
		end
	end
	return nil
end

-- Servers refuse small values of a group. Where only a host key is wanted, any other will do.
local function random_value()
	return "\x55" .. nmap.get_random_bytes(100)
end

-- Our value, as its content on the wire, and what gives the shared secret for the server's.
local function own_value(exchange)
	if exchange.public then
		return exchange.public, nil
	elseif not exchange.prime then
		return random_value(), nil
	end
	local prime = openssl.bignum_bin2bn(exchange.prime)
	local secret = openssl.bignum_bin2bn("\x55" .. nmap.get_random_bytes(31))
	local value = openssl.bignum_bn2bin(openssl.bignum_mod_exp(openssl.bignum_bin2bn "\2", secret, prime))
	return transport.pack_mpint(value):sub(5), function(other)
		return openssl.bignum_bn2bin(openssl.bignum_mod_exp(openssl.bignum_bin2bn(other), secret, prime))
	end
end

local function ask(socket, kind, content, expected)
	local ok, err = socket:send(transport.build(string.char(kind) .. content))
	if not ok then
		return nil, err
	end
	local payload, reason = transport.receive(socket)
	if not payload then
		return nil, reason
	elseif payload:byte() ~= expected then
		return nil, "unexpected message " .. payload:byte()
	end
	return payload
end

--- Goes through the key exchange up to the server's reply: a table with key (its host key's bytes),
-- public (its value), own (ours), exchange, signature, and secret_of (a function of its value that gives the
-- shared secret, for groups); nil and the error.
function M.exchange_keys(session)
	local own = transport.parse_kex_init(session.ours)
	local exchange = exchange_of(M.agree(own.kex_algorithms, session.server.kex_algorithms))
	if not exchange or not M.agree(own.server_host_key_algorithms, session.server.server_host_key_algorithms) then
		return nil, "nothing in common"
	end
	local socket, reply, err = session.socket, nil, nil
	local own_public, secret_of
	if exchange.group then
		reply, err = ask(socket, messages.KEX_DH_GEX_REQUEST, string.pack(">I4I4I4", 1024, 2048, 8192),
			messages.KEX_DH_GEX_GROUP)
		if reply then
			reply, err = ask(socket, messages.KEX_DH_GEX_INIT, transport.pack_mpint(random_value()),
				messages.KEX_DH_GEX_REPLY)
		end
	else
		own_public, secret_of = own_value(exchange)
		reply, err = ask(socket, messages.KEXDH_INIT, string.pack(">s4", own_public), messages.KEXDH_REPLY)
	end
	if not reply then
		return nil, err
	end
	local out, at = { exchange = exchange, own = own_public, secret_of = secret_of }, nil
	out.key, at = sshkey.read_string(reply, 2)
	out.public, at = sshkey.read_string(reply, at)
	out.signature = sshkey.read_string(reply, at)
	if not out.key or not out.public then
		return nil, "no reply"
	end
	return out
end

-- RSA keys sign in three ways (RFC 8332).
local signatures = { ["ssh-rsa"] = "rsa-sha2-512,rsa-sha2-256,ssh-rsa" }

--- The server's host key of that type ("ssh-rsa", "ssh-dss", "ssh-ed25519", "ecdsa-sha2-nistp256",
-- ...), as of sshkey.parse; nil and why not.
function M.fetch_host_key(host, port, key_type)
	local session, err = M.begin(host, port, { server_host_key_algorithms = signatures[key_type] or key_type })
	if not session then
		return nil, err
	end
	local reply, reason = M.exchange_keys(session)
	session.socket:close()
	if not reply then
		return nil, reason
	end
	local key = sshkey.parse(reply.key)
	if not key or key.key_type ~= key_type then
		return nil, "no key of that type"
	end
	return key
end

--- A rule for SSH servers.
M.port_rule = shortport.port_or_service(22, "ssh")

return strict(M)
