--- vnc: the beginning of RFB (RFC 6143): versions and the security types that a server offers.
-- vnc.VNC:new(host, port):connect(), :handshake(), :disconnect(). No passwords.

local bytestream = require "bytestream"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, setmetatable, tonumber = ipairs, setmetatable, tonumber
local string = string

local M = {}

local text_max = 1024

--- Security types, by number (IANA's registry and what servers use).
M.sectypes = { [0] = "Invalid security type", "None", "VNC Authentication", [5] = "RA2", [6] = "RA2ne",
	[7] = "SSPI", [8] = "SSPIne", [16] = "Tight", [17] = "Ultra", [18] = "TLS", [19] = "VeNCrypt", [20] = "SASL",
	[21] = "MD5 hash", [22] = "Colin Dean xvp", [30] = "Mac OS X security type", [35] =
	"Mac OS X security type", [129] = "Tight Unix Login", [130] = "RA256", [133] = "RSA-AES-256" }

--- Subtypes of VeNCrypt.
M.vencrypt_subtypes = { [256] = "Plain", [257] = "None, TLS, anonymous", [258] = "VNC auth, TLS, anonymous",
	[259] = "Plain, TLS, anonymous", [260] = "None, TLS, X.509", [261] = "VNC auth, TLS, X.509",
	[262] = "Plain, TLS, X.509", [263] = "SASL, TLS, anonymous", [264] = "SASL, TLS, X.509" }

--- "003", "008" of a server's first line; nil if it is not one of RFB.
function M.parse_version(line)
	return line:match "^RFB (%d%d%d)%.(%d%d%d)\n"
end

--- The numbers of a list of types, one byte each.
function M.read_types(bytes)
	return { bytes:byte(1, #bytes) }
end

local client = {}
client.__index = client
M.VNC = client

function client.new(class, host, port)
	return setmetatable({ host = host, port = port }, class)
end

--- true, or false and why not.
function client:connect()
	local why = nil
	self.stream, why = bytestream.open(self.host, self.port, { timeout = stdnse.get_timeout(self.host, 8000, 4000) })
	return self.stream ~= nil, why
end

function client:disconnect()
	return self.stream:close()
end

-- Why a server goes away.
function client:reason()
	local head = self.stream:read(4)
	local length = head and string.unpack(">I4", head)
	local text = length and length <= text_max and self.stream:read(length)
	return text or "the server does not say why"
end

-- 3.3: the server decides.
function client:old_type()
	local bytes = self.stream:read(4)
	local kind = bytes and string.unpack(">I4", bytes)
	if not kind then
		return false, "VNC: no security type"
	elseif kind == 0 then
		return false, "VNC: " .. self:reason()
	end
	self.types = { kind }
	return true
end

function client:list_types()
	local count = self.stream:read(1)
	if not count then
		return false, "VNC: no security types"
	elseif count == "\0" then
		return false, "VNC: " .. self:reason()
	end
	local bytes = self.stream:read(count:byte())
	if not bytes then
		return false, "VNC: no security types"
	end
	self.types = M.read_types(bytes)
	return true
end

--- Agrees on the version of the protocol: true, and then there are self.version ("3.8") and
-- self.types (numbers); false and why not, and there may be a version.
function client:handshake()
	local line = self.stream:read(12)
	local major, minor = nil, nil
	if line then
		major, minor = M.parse_version(line)
	end
	if not major then
		return false, "VNC: the server does not speak RFB"
	end
	self.version = tonumber(major) .. "." .. tonumber(minor)
	local version = tonumber(major) * 1000 + tonumber(minor)
	local ours = version >= 3008 and 8 or version == 3007 and 7 or 3
	if not self.stream:send(string.format("RFB 003.%03d\n", ours)) then
		return false, "VNC: connection lost"
	end
	if ours == 3 then
		return self:old_type()
	end
	return self:list_types()
end

--- Whether a security type is offered.
function client:supportsSecType(number)
	return stdnse.contains(self.types or {}, number)
end

--- Chooses VeNCrypt: the numbers of its subtypes; nil when the server does not tell them.
function client:vencrypt()
	local greeted = self.stream:send "\19" and self.stream:read(2)
	if not greeted or greeted < "\0\2" or not self.stream:send "\0\2" then
		return nil
	end
	local accepted = self.stream:read(2)
	if not accepted or accepted:byte(1) ~= 0 then
		return nil
	end
	local bytes, list = self.stream:read(accepted:byte(2) * 4), {}
	for at = 1, bytes and #bytes or 0, 4 do
		list[#list + 1] = string.unpack(">I4", bytes, at)
	end
	return #list > 0 and list or nil
end

--- Types with their names, for output: "None (1)" each; in XML name and type.
function M.named(types, names)
	local list = {}
	for i, number in ipairs(types) do
		local name = names[number] or string.format("Unknown security type (%d)", number)
		list[i] = setmetatable({ name = name, type = number }, { __tostring = function()
			return names[number] and string.format("%s (%d)", name, number) or name
		end })
	end
	return list
end

--- What a server offers: {version, types, subtypes (of VeNCrypt)}; nil and why there is nothing.
function M.ask(host, port)
	local session = client:new(host, port)
	local ok, why = session:connect()
	if not ok then
		return nil, why
	end
	ok, why = session:handshake()
	local told = { version = session.version, types = session.types or {}, problem = not ok and why or nil }
	if ok and session:supportsSecType(19) then
		told.subtypes = session:vencrypt()
	end
	session:disconnect()
	return told.version and told or nil, why
end

return strict(M)
