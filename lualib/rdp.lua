--- rdp: the beginning of MS-RDPBCGR as bytes: the connection request with the protocols that a
-- client takes, its confirm, the first message of T.125 (MCS) and what a server answers to it;
-- and CredSSP's first message (MS-CSSP). No login.

local asn1 = require "asn1"
local strict = require "strict"
local ipairs, string = ipairs, string

local M = {}

--- Protocols of a connection request (2.2.1.1.1).
M.PROTOCOLS = { RDP = 0, SSL = 1, HYBRID = 2, RDSTLS = 4, HYBRID_EX = 8 }

--- Why a protocol is refused (2.2.1.2.2).
M.FAILURES = { "SSL_REQUIRED_BY_SERVER", "SSL_NOT_ALLOWED_BY_SERVER", "SSL_CERT_NOT_ON_SERVER", "INCONSISTENT_FLAGS",
	"HYBRID_REQUIRED_BY_SERVER", "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER" }

M.ENCRYPTION_LEVELS = { [0] = "None", "Low", "Client Compatible", "High", "FIPS Compliant" }

--- Versions that a server's core data may have (2.2.1.4.2).
M.VERSIONS = { [0x00080001] = "RDP 4.0 server", [0x00080004] = "RDP 5.x, 6.x, 7.x, or 8.x server",
	[0x00080005] = "RDP 10.0 server", [0x00080006] = "RDP 10.1 server", [0x00080007] = "RDP 10.2 server",
	[0x00080008] = "RDP 10.3 server", [0x00080009] = "RDP 10.4 server", [0x0008000a] = "RDP 10.5 server",
	[0x0008000b] = "RDP 10.6 server", [0x0008000c] = "RDP 10.7 server", [0x0008000d] = "RDP 10.8 server",
	[0x0008000e] = "RDP 10.9 server", [0x0008000f] = "RDP 10.10 server", [0x00080010] = "RDP 10.11 server",
	[0x00080011] = "RDP 10.12 server" }

--- The length of the whole packet (RFC 1006) that four bytes begin; nil if they begin none.
function M.packet_length(head)
	if #head < 4 or head:byte(1) ~= 3 then
		return nil
	end
	local length = string.unpack(">I2", head, 3)
	return length >= 7 and length or nil
end

local function tpkt(body)
	return string.pack(">BBI2", 3, 0, #body + 4) .. body
end

--- A connection request for protocols (bits); nil: without them, as old clients send it.
function M.build_request(protocols)
	local cookie = "Cookie: mstshash=portolan\r\n"
	local wanted = protocols and string.pack("<BBI2I4", 1, 0, 8, protocols) or ""
	local variable = cookie .. wanted
	return tpkt(string.pack(">BBI2I2B", 6 + #variable, 0xe0, 0, 0, 0) .. variable)
end

--- A confirm: {protocol (0 where the server does not say), flags} or {failure = number, why}; nil
-- if it is none.
function M.parse_confirm(packet)
	if #packet < 11 or packet:byte(6) ~= 0xd0 then
		return nil
	end
	if #packet < 19 then
		return { protocol = 0 }
	end
	local kind, flags, length, value = string.unpack("<BBI2I4", packet, 12)
	if length ~= 8 then
		return { protocol = 0 }
	elseif kind == 3 then
		return { failure = value, why = M.FAILURES[value] or string.format("failure %d", value) }
	end
	return kind == 2 and { protocol = value, flags = flags } or nil
end

-- T.125 -----------------------------------------------------------------------------

local function ber(tag, content)
	return tag .. asn1.encode_length(#content) .. content
end

-- A number as ASN.1's packed rules write a length.
local function per_length(length)
	return length < 128 and string.char(length) or string.pack(">I2", 0x8000 | length)
end

-- Channels, users, tokens, priorities, throughput, height, size of a message, version.
local function domain_parameters(...)
	local out = ""
	for _, number in ipairs { ... } do
		out = out .. ber("\2", number > 0x7fff and string.pack(">I3", number) or number > 0x7f and
			string.pack(">I2", number) or string.char(number))
	end
	return ber("\x30", out)
end

local function wide(text, bytes)
	local out = text:gsub(".", "%0\0")
	return out .. string.rep("\0", bytes - #out)
end

-- Core, security and network data of a client (2.2.1.3.2 to 4).
local function client_data(methods, protocol)
	local core = string.pack("<I4I2I2I2I2I4I4", 0x00080004, 800, 600, 0xca01, 0xaa03, 0x409, 2600) ..
		wide("portolan", 32) .. string.pack("<I4I4I4", 4, 0, 12) .. string.rep("\0", 64) ..
		string.pack("<I2I2I4I2I2I2", 0xca01, 1, 0, 24, 7, 1) .. wide("", 64) ..
		string.pack("<BBI4", 0, 0, protocol or 0)
	local function block(kind, data)
		return string.pack("<I2I2", kind, #data + 4) .. data
	end
	return block(0xc001, core) .. block(0xc002, string.pack("<I4I4", methods, 0)) ..
		block(0xc003, string.pack("<I4", 0))
end

--- The first message of T.125 with the encryption methods (bits) that we could do.
function M.build_connect_initial(methods, protocol)
	local data = client_data(methods, protocol)
	local inner = "\0\8\0\16\0\1\xc0\0Duca" .. per_length(#data) .. data
	local conference = "\0\5\0\20\x7c\0\1" .. per_length(#inner) .. inner
	local body = ber("\4", "\1") .. ber("\4", "\1") .. ber("\1", "\xff") ..
		domain_parameters(34, 2, 0, 1, 0, 1, 65535, 2) .. domain_parameters(1, 1, 1, 1, 0, 1, 1056, 2) ..
		domain_parameters(65535, 64535, 65535, 1, 0, 1, 65535, 2) .. ber("\4", conference)
	return tpkt("\2\xf0\x80" .. ber("\x7f\x65", body))
end

-- A data block from a position on: its kind, its data, where the next one begins.
local function read_block(bytes, at)
	if at + 3 > #bytes then
		return nil
	end
	local kind, length = string.unpack("<I2I2", bytes, at)
	if length < 4 or at + length - 1 > #bytes then
		return nil
	end
	return kind, bytes:sub(at + 4, at + length - 1), at + length
end

--- What a server answers to it: {version, method, level} as far as it tells; nil if it is no answer.
function M.parse_connect_response(packet)
	local found = packet:find("McDn", 1, true)
	if not found or found + 5 > #packet then
		return nil
	end
	local at = found + 4 + (packet:byte(found + 4) & 0x80 ~= 0 and 2 or 1)
	local told = {}
	for _ = 1, 10 do
		local kind, data, after = read_block(packet, at)
		if not kind then
			break
		elseif kind == 0x0c01 and #data >= 4 then
			told.version = string.unpack("<I4", data)
		elseif kind == 0x0c02 and #data >= 8 then
			told.method, told.level = string.unpack("<I4I4", data)
		end
		at = after
	end
	return (told.version or told.method) and told or nil
end

--- CredSSP's first message (2.2.1, TSRequest) around one of NTLM.
function M.build_credssp(token)
	local tokens = ber("\xa1", ber("\x30", ber("\x30", ber("\xa0", ber("\4", token)))))
	return ber("\x30", ber("\xa0", "\2\1\2") .. tokens)
end

return strict(M)
