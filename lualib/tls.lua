--- tls: messages of TLS before it encrypts (RFC 5246, RFC 8446): hellos as bytes, records as tables,
-- what a cipher suite's name says.
--   local hello = tls.client_hello { protocol = "TLSv1.2", ciphers = { "TLS_RSA_WITH_AES_128_CBC_SHA" } }
--   local answer = tls.exchange(socket, hello)
-- Names are those of IANA's registries.

local cut = require "cut"
local nmap = require "nmap"
local strict = require "strict"
local tlssuites = require "tlssuites"
local ipairs, pairs, string, table = ipairs, pairs, string, table
local tonumber, type = tonumber, type

local M = {}

-- A record's length (RFC 5246, 6.2.3), a handshake message's in all its records, what is read of one
-- answer.
local record_bytes_max, message_bytes_max, answer_bytes_max = 16384 + 2048, 65536, 262144
local records_max = 40

local function both_ways(numbers)
	local names = {}
	for name, number in pairs(numbers) do
		names[number] = name
	end
	return numbers, names
end

M.PROTOCOLS = { SSLv3 = 0x0300, ["TLSv1.0"] = 0x0301, ["TLSv1.1"] = 0x0302, ["TLSv1.2"] = 0x0303, ["TLSv1.3"] = 0x0304 }
M.HIGHEST_PROTOCOL = "TLSv1.3"
local protocol_names = {}
M.PROTOCOLS, protocol_names = both_ways(M.PROTOCOLS)

local content_names, message_names, alert_names, level_names
M.TLS_CONTENTTYPE_REGISTRY, content_names = both_ways {
	change_cipher_spec = 20, alert = 21, handshake = 22, application_data = 23, heartbeat = 24,
}
M.TLS_HANDSHAKETYPE_REGISTRY, message_names = both_ways {
	hello_request = 0, client_hello = 1, server_hello = 2, hello_verify_request = 3, NewSessionTicket = 4,
	encrypted_extensions = 8, certificate = 11, server_key_exchange = 12, certificate_request = 13,
	server_hello_done = 14, certificate_verify = 15, client_key_exchange = 16, finished = 20, certificate_url = 21,
	certificate_status = 22, supplemental_data = 23, key_update = 24, next_protocol = 67, message_hash = 254,
}
M.TLS_ALERT_LEVELS, level_names = both_ways { warning = 1, fatal = 2 }
M.TLS_ALERT_REGISTRY, alert_names = both_ways {
	close_notify = 0, unexpected_message = 10, bad_record_mac = 20, decryption_failed = 21, record_overflow = 22,
	decompression_failure = 30, handshake_failure = 40, no_certificate = 41, bad_certificate = 42,
	unsupported_certificate = 43, certificate_revoked = 44, certificate_expired = 45, certificate_unknown = 46,
	illegal_parameter = 47, unknown_ca = 48, access_denied = 49, decode_error = 50, decrypt_error = 51,
	export_restriction = 60, protocol_version = 70, insufficient_security = 71, internal_error = 80,
	inappropriate_fallback = 86, user_canceled = 90, no_renegotiation = 100, missing_extension = 109,
	unsupported_extension = 110, certificate_unobtainable = 111, unrecognized_name = 112,
	bad_certificate_status_response = 113, bad_certificate_hash_value = 114, unknown_psk_identity = 115,
	certificate_required = 116, no_application_protocol = 120,
}

local compressor_names, curve_names, extension_names
M.COMPRESSORS, compressor_names = both_ways { NULL = 0, DEFLATE = 1, LZS = 64 }
M.EC_POINT_FORMATS = { uncompressed = 0, ansiX962_compressed_prime = 1, ansiX962_compressed_char2 = 2 }
M.HashAlgorithms = { none = 0, md5 = 1, sha1 = 2, sha224 = 3, sha256 = 4, sha384 = 5, sha512 = 6 }
M.SignatureAlgorithms = { anonymous = 0, rsa = 1, dsa = 2, ecdsa = 3 }
M.SignatureSchemes = {
	rsa_pkcs1_sha1 = 0x0201, ecdsa_sha1 = 0x0203, rsa_pkcs1_sha256 = 0x0401, rsa_pkcs1_sha384 = 0x0501,
	rsa_pkcs1_sha512 = 0x0601, ecdsa_secp256r1_sha256 = 0x0403, ecdsa_secp384r1_sha384 = 0x0503,
	ecdsa_secp521r1_sha512 = 0x0603, rsa_pss_rsae_sha256 = 0x0804, rsa_pss_rsae_sha384 = 0x0805,
	rsa_pss_rsae_sha512 = 0x0806, ed25519 = 0x0807, ed448 = 0x0808, rsa_pss_pss_sha256 = 0x0809,
	rsa_pss_pss_sha384 = 0x080a, rsa_pss_pss_sha512 = 0x080b,
}
M.ELLIPTIC_CURVES, curve_names = both_ways {
	sect163k1 = 1, sect163r1 = 2, sect163r2 = 3, sect193r1 = 4, sect193r2 = 5, sect233k1 = 6, sect233r1 = 7,
	sect239k1 = 8, sect283k1 = 9, sect283r1 = 10, sect409k1 = 11, sect409r1 = 12, sect571k1 = 13, sect571r1 = 14,
	secp160k1 = 15, secp160r1 = 16, secp160r2 = 17, secp192k1 = 18, secp192r1 = 19, secp224k1 = 20, secp224r1 = 21,
	secp256k1 = 22, secp256r1 = 23, secp384r1 = 24, secp521r1 = 25, brainpoolP256r1 = 26, brainpoolP384r1 = 27,
	brainpoolP512r1 = 28, ecdh_x25519 = 29, ecdh_x448 = 30, ffdhe2048 = 256, ffdhe3072 = 257, ffdhe4096 = 258,
	ffdhe6144 = 259, ffdhe8192 = 260,
}
-- Servers that know RFC 7919 give no other groups to who names curves and none of these.
M.DEFAULT_ELLIPTIC_CURVES = {
	"secp256r1", "secp384r1", "secp521r1", "ecdh_x25519", "ecdh_x448", "ffdhe2048", "ffdhe3072", "ffdhe4096",
}
M.EXTENSIONS, extension_names = both_ways {
	server_name = 0, max_fragment_length = 1, client_certificate_url = 2, trusted_ca_keys = 3, truncated_hmac = 4,
	status_request = 5, user_mapping = 6, client_authz = 7, server_authz = 8, cert_type = 9, elliptic_curves = 10,
	ec_point_formats = 11, srp = 12, signature_algorithms = 13, use_srtp = 14, heartbeat = 15,
	application_layer_protocol_negotiation = 16, status_request_v2 = 17, signed_certificate_timestamp = 18,
	client_certificate_type = 19, server_certificate_type = 20, padding = 21, encrypt_then_mac = 22,
	extended_master_secret = 23, SessionTicket = 35, pre_shared_key = 41, early_data = 42, supported_versions = 43,
	cookie = 44, psk_key_exchange_modes = 45, certificate_authorities = 47, oid_filters = 48,
	post_handshake_auth = 49, signature_algorithms_cert = 50, key_share = 51, next_protocol_negotiation = 13172,
	renegotiation_info = 65281,
}
M.CIPHERS = tlssuites.numbers
M.DEFAULT_CIPHERS = {
	"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
	"TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
	"TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_RC4_128_SHA",
	"TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "TLS_DHE_DSS_WITH_AES_128_CBC_SHA",
}
M.TLS13_CIPHERS = {
	"TLS_AKE_WITH_AES_128_GCM_SHA256", "TLS_AKE_WITH_AES_256_GCM_SHA384", "TLS_AKE_WITH_CHACHA20_POLY1305_SHA256",
}

-- Building ---------------------------------------------------------------------------

local function list16(names, numbers)
	local out = {}
	for i, name in ipairs(names) do
		out[i] = string.pack(">I2", type(name) == "number" and name or numbers[name])
	end
	return string.pack(">s2", table.concat(out))
end

local function names8(names)
	local out = {}
	for i, name in ipairs(names) do
		out[i] = string.pack(">s1", name)
	end
	return table.concat(out)
end

--- The contents of extensions.
M.EXTENSION_HELPERS = {
	server_name = function(name)
		return string.pack(">s2", "\0" .. string.pack(">s2", name))
	end,
	elliptic_curves = function(names) return list16(names, M.ELLIPTIC_CURVES) end,
	ec_point_formats = function(names)
		local out = {}
		for i, name in ipairs(names) do
			out[i] = string.char(M.EC_POINT_FORMATS[name])
		end
		return string.pack(">s1", table.concat(out))
	end,
	signature_algorithms = function(names)
		local out = {}
		for i, one in ipairs(names) do
			out[i] = type(one) == "table" and
				M.HashAlgorithms[one[1]] << 8 | M.SignatureAlgorithms[one[2]] or M.SignatureSchemes[one]
		end
		return list16(out)
	end,
	application_layer_protocol_negotiation = function(names) return string.pack(">s2", names8(names)) end,
	next_protocol_negotiation = function() return "" end,
	supported_versions = function(names)
		local out = {}
		for i, name in ipairs(names) do
			out[i] = string.pack(">I2", M.PROTOCOLS[name])
		end
		return string.pack(">s1", table.concat(out))
	end,
	-- Shares by the curve's name.
	key_share = function(shares)
		local out = {}
		for name, share in pairs(shares) do
			out[#out + 1] = string.pack(">I2s2", M.ELLIPTIC_CURVES[name], share)
		end
		return string.pack(">s2", table.concat(out))
	end,
}
local helpers = M.EXTENSION_HELPERS

--- A record of that type ("handshake") and protocol.
function M.record_write(kind, protocol, content)
	return string.pack(">BI2s2", M.TLS_CONTENTTYPE_REGISTRY[kind], M.PROTOCOLS[protocol], content)
end

local function pack_extensions(extensions)
	local sorted, out = {}, {}
	for name, content in pairs(extensions) do
		sorted[#sorted + 1] = { type(name) == "number" and name or M.EXTENSIONS[name], content }
	end
	table.sort(sorted, function(one, other) return one[1] < other[1] end)
	for i, one in ipairs(sorted) do
		out[i] = string.pack(">I2s2", one[1], one[2])
	end
	return table.concat(out)
end

local schemes = {
	"ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512", "ed25519", "ed448",
	"rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512", "rsa_pss_pss_sha256", "rsa_pss_pss_sha384",
	"rsa_pss_pss_sha512", "rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512", { "sha256", "dsa" },
	{ "sha224", "rsa" }, { "sha224", "ecdsa" }, "ecdsa_sha1", "rsa_pkcs1_sha1", { "sha1", "dsa" }, { "md5", "rsa" },
}

-- What a hello of TLS 1.3 cannot be without. Any 32 bytes are a share of X25519 (RFC 7748, 5).
local function add_of_13(extensions)
	extensions.supported_versions = extensions.supported_versions or helpers.supported_versions { "TLSv1.3" }
	extensions.key_share = extensions.key_share or
		helpers.key_share { ecdh_x25519 = nmap.get_random_bytes(31) .. "\64" }
	extensions.psk_key_exchange_modes = extensions.psk_key_exchange_modes or "\1\1"
end

--- A client's hello, as a record. Fields, all optional: protocol ("TLSv1.2"; for TLSv1.3 its
-- extensions are added), record_protocol, ciphers and compressors (names), extensions (contents by
-- name), session_id, random.
function M.client_hello(t)
	t = t or {}
	local protocol = t.protocol or "TLSv1.2"
	local extensions = {}
	for name, content in pairs(t.extensions or {}) do
		extensions[name] = content
	end
	if M.PROTOCOLS[protocol] >= 0x0303 then
		extensions.signature_algorithms = extensions.signature_algorithms or helpers.signature_algorithms(schemes)
	end
	-- Servers take suites with curves only from who names some.
	if protocol ~= "SSLv3" then
		extensions.elliptic_curves = extensions.elliptic_curves or helpers.elliptic_curves(M.DEFAULT_ELLIPTIC_CURVES)
		extensions.ec_point_formats = extensions.ec_point_formats or helpers.ec_point_formats { "uncompressed" }
	end
	local is_13 = protocol == "TLSv1.3"
	if is_13 then
		add_of_13(extensions)
	end
	local methods = {}
	for i, name in ipairs(t.compressors or { "NULL" }) do
		methods[i] = string.char(M.COMPRESSORS[name])
	end
	local body = string.pack(">I2", is_13 and 0x0303 or M.PROTOCOLS[protocol]) ..
		(t.random or nmap.get_random_bytes(32)) ..
		string.pack(">s1", t.session_id or (is_13 and nmap.get_random_bytes(32) or "")) ..
		list16(t.ciphers or (is_13 and M.TLS13_CIPHERS or M.DEFAULT_CIPHERS), M.CIPHERS) ..
		string.pack(">s1", table.concat(methods))
	local packed = pack_extensions(extensions)
	if packed ~= "" then
		body = body .. string.pack(">s2", packed)
	end
	local record_protocol = t.record_protocol or (M.PROTOCOLS[protocol] > 0x0301 and "TLSv1.0") or protocol
	if record_protocol == "TLSv1.3" then
		record_protocol = "TLSv1.0"	-- no record says that it is of 1.3 (RFC 8446, 5.1)
	end
	return M.record_write("handshake", record_protocol, "\1" .. string.pack(">I3", #body) .. body)
end

-- Reading ------------------------------------------------------------------------------

local unpack = cut.unpack

local function unpack_extensions(bytes)
	local out, at = {}, 1
	while at <= #bytes do
		local number, content, after = unpack(">I2s2", bytes, at)
		if not number then
			break
		end
		out[extension_names[number] or number] = content
		at = after
	end
	return out
end

-- The protocol of a hello of TLS 1.3 is in an extension (RFC 8446, 4.1.3).
local function real_protocol(hello)
	local chosen = hello.extensions and hello.extensions.supported_versions
	local number = chosen and #chosen == 2 and string.unpack(">I2", chosen)
	return number and protocol_names[number] or hello.protocol
end

local parse = {}

function parse.server_hello(body, message)
	local version, random, session_id, at = unpack(">I2c32s1", body, 1)
	local cipher, method
	if version then
		cipher, method, at = unpack(">I2B", body, at)
	end
	if not cipher then
		return
	end
	message.protocol = protocol_names[version] or string.format("0x%04x", version)
	message.time = string.unpack(">I4", random)
	message.random_bytes = random:sub(5)
	message.random = random
	message.session_id = session_id
	message.cipher = tlssuites.names[cipher] or string.format("0x%04x", cipher)
	message.compressor = compressor_names[method] or string.format("0x%02x", method)
	local extensions = unpack(">s2", body, at)
	message.extensions = extensions and unpack_extensions(extensions) or nil
	message.protocol = real_protocol(message)
end

function parse.certificate(body, message)
	message.certificates = {}
	local at = 4
	while at + 2 <= #body do
		local length = string.unpack(">I3", body, at)
		if length == 0 or at + 2 + length > #body then
			break
		end
		message.certificates[#message.certificates + 1] = body:sub(at + 3, at + 2 + length)
		at = at + 3 + length
	end
end

function parse.server_key_exchange(body, message)
	message.data = body
end

-- The messages in handshake bytes; what is left of one that is not complete.
local function read_messages(bytes)
	local out, at = {}, 1
	while at + 3 <= #bytes do
		local kind, length = string.unpack(">BI3", bytes, at)
		if length > message_bytes_max then
			return out, ""
		elseif at + 3 + length > #bytes then
			break
		end
		local name = message_names[kind]
		local message = { type = name or string.format("unknown (%d)", kind) }
		local body = bytes:sub(at + 4, at + 3 + length)
		if parse[name] then
			parse[name](body, message)
		else
			message.data = body
		end
		out[#out + 1] = message
		at = at + 4 + length
	end
	return out, bytes:sub(at)
end

--- One record of the buffer from i on: the index behind it, and a table with type, protocol, length
-- and body, an array (of handshake messages, or of alerts). A message that goes on in the next record
-- is left in the field fragment, which the next call wants as its third argument. Without a whole
-- record: i and nil.
function M.record_read(buffer, i, fragment)
	i = i or 1
	local kind, version, length = unpack(">BI2I2", buffer, i)
	if not kind or i + 4 + length > #buffer then
		return i, nil
	end
	local record = {
		type = content_names[kind] or string.format("unknown (%d)", kind),
		protocol = protocol_names[version] or string.format("0x%04x", version), length = length, body = {},
	}
	local content = buffer:sub(i + 5, i + 4 + length)
	if record.type == "handshake" then
		record.body, record.fragment = read_messages((fragment or "") .. content)
		if record.fragment == "" then
			record.fragment = nil
		end
	elseif record.type == "alert" then
		local level, description = unpack(">BB", content, 1)
		record.body[1] = level and #content == 2 and {
			level = level_names[level] or level, description = alert_names[description] or description,
		} or nil
	else
		record.body[1] = { data = content }
	end
	return i + 5 + length, record
end

--- Readers of handshake messages by their type: handshake_parse.server_hello(buffer, at, last) gives the index
-- behind the message's body, and a table.
M.handshake_parse = {}
for name, read in pairs(parse) do
	M.handshake_parse[name] = function(buffer, at, last)
		local message = {}
		read(buffer:sub(at, last and last - 1), message)
		return last or #buffer + 1, message
	end
end

--- Whether a record of that protocol may carry what was asked for in the other: TLS 1.3 hides in 1.2.
function M.record_version_ok(protocol, asked)
	return protocol == asked or (asked == "TLSv1.3" and (protocol == "TLSv1.2" or protocol == "TLSv1.0"))
end

--- Reads from the socket until there is a whole record at i. true and the buffer; false and the
-- error (also for what is no record).
function M.record_buffer(socket, buffer, i)
	buffer, i = buffer or "", i or 1
	while true do
		local kind, version, length = unpack(">BI2I2", buffer, i)
		if kind and (not content_names[kind] or version >> 8 ~= 3 or length > record_bytes_max) then
			return false, "no TLS record"
		elseif kind and i + 4 + length <= #buffer then
			return true, buffer
		end
		local ok, data = socket:receive()
		if not ok then
			return false, data
		end
		buffer = buffer .. data
	end
end

-- Whether nothing more in clear comes.
local function is_over(answer)
	return answer.alert or answer.server_hello_done or (answer.server_hello and answer.server_hello.protocol == "TLSv1.3")
end

-- TLS 1.0 servers may warn (unrecognized_name) and go on.
local function note(answer, record)
	for _, message in ipairs(record.body) do
		if record.type == "alert" and message.level ~= "warning" then
			answer.alert = message
		elseif record.type == "handshake" and answer[message.type] == nil then
			answer[message.type] = message
		end
	end
	if record.type == "alert" and record.body[1] and record.body[1].description == "close_notify" then
		answer.alert = record.body[1]
	end
end

--- Sends a hello on an open socket; what came back: a table with the handshake's messages by name
-- (server_hello, certificate, server_key_exchange ...) and alert. nil and the error if there was no
-- TLS in it.
function M.exchange(socket, hello)
	local ok, err = socket:send(hello)
	if not ok then
		return nil, err
	end
	local answer, buffer, fragment, at = {}, "", nil, 1
	local any = false
	for _ = 1, records_max do
		local got, more = M.record_buffer(socket, buffer, at)
		if not got then
			err = more
			break
		end
		buffer = more
		local record
		at, record = M.record_read(buffer, at, fragment)
		any = true
		fragment = record.fragment
		note(answer, record)
		if is_over(answer) or at > answer_bytes_max then
			break
		end
	end
	if not any then
		return nil, err
	end
	return answer
end

-- What names say ----------------------------------------------------------------------------

local ciphers = {
	["NULL"] = { size = 0 }, ["RC4_40"] = { size = 40 }, ["RC4_56"] = { size = 56 }, ["RC4_128"] = { size = 128 },
	["RC2_CBC_40"] = { size = 40, block_size = 64, mode = "CBC", cipher = "RC2" },
	["RC2_CBC_56"] = { size = 56, block_size = 64, mode = "CBC", cipher = "RC2" },
	["DES40_CBC"] = { size = 40, block_size = 64, mode = "CBC", cipher = "DES40" },
	["DES_CBC_40"] = { size = 40, block_size = 64, mode = "CBC", cipher = "DES40" },
	["DES_CBC"] = { size = 56, block_size = 64, mode = "CBC", cipher = "DES" },
	["3DES_EDE_CBC"] = { size = 112, block_size = 64, mode = "CBC", cipher = "3DES" },
	["IDEA_CBC"] = { size = 128, block_size = 64, mode = "CBC", cipher = "IDEA" },
	["SEED_CBC"] = { size = 128, block_size = 128, mode = "CBC", cipher = "SEED" },
	["CHACHA20_POLY1305"] = { size = 256, cipher = "CHACHA20" },
	["28147_CNT"] = { size = 256, block_size = 64, mode = "CNT", cipher = "28147" },
	["MAGMA_CTR"] = { size = 256, block_size = 64, mode = "CTR", cipher = "MAGMA" },
	["KUZNYECHIK_CTR"] = { size = 256, block_size = 128, mode = "CTR", cipher = "KUZNYECHIK" },
	["SM4_GCM"] = { size = 128, block_size = 128, mode = "GCM", cipher = "SM4" },
	["SM4_CCM"] = { size = 128, block_size = 128, mode = "CCM", cipher = "SM4" },
}

-- AES_128_GCM, ARIA_256_CBC, AES_128_CCM_8.
local function block_cipher(text)
	local name, size, mode = text:match "^(%u+)_(%d+)_(%u+_?8?)$"
	return name and { cipher = name, size = tonumber(size), mode = mode, block_size = 128 } or nil
end

local function describe_cipher(info, text)
	local cipher, hash = text:match "^(.*)_(%w+)$"
	if text:find "_CCM_?8?$" or text:find "_WITH_" then
		cipher, hash = text, "SHA256"
	end
	for key, value in pairs(ciphers[cipher] or block_cipher(cipher or "") or {}) do
		info[key] = value
	end
	info.cipher = info.cipher or (cipher and cipher:match "^[^_]+")
	info.hash = hash
end

--- What a suite's name says: kex, export, anon (booleans), dh, ec, server_auth, cipher, mode, size (of
-- the key in bits), block_size (in bits), hash, draft, ephemeral, tls13ok and tls13only.
function M.cipher_info(name)
	local info = {}
	local text = name:gsub("^TLS_", ""):gsub("^SSL_RSA_FIPS", "RSA")
	text, info.draft = text:gsub("%-draft$", "")
	info.draft = info.draft > 0 or nil
	local kex, rest = text:match "^(.-)_WITH_(.*)$"
	if not kex then
		return info
	end
	kex, info.export = kex:gsub("_EXPORT%d*$", "")
	info.export = info.export > 0 or nil
	info.kex = text:match "^(.-)_WITH_"
	info.anon = kex:find "_anon$" and true or nil
	info.dh = kex:find "DH" and true or nil
	info.ec = kex:find "^EC" and true or nil
	info.ephemeral = (kex:find "DHE" or kex == "AKE") and true or nil
	-- Suites of 1.3 are for it alone, and no others are for it.
	info.tls13ok = kex == "AKE"
	info.tls13only = info.tls13ok
	info.server_auth = kex:match "_(%u+)$" or (kex:find "PSK" and "PSK") or kex
	describe_cipher(info, rest)
	return info
end

-- Strengths (NIST SP 800-57 part 1, table 2) as sizes of RSA keys.
local ec_as_rsa = { { 512, 15360 }, { 384, 7680 }, { 255, 3072 }, { 224, 2048 }, { 160, 1024 }, { 112, 512 } }

--- The RSA key as strong as a key of that type ("rsa", "dh", "dsa", "ec") and size; in bits.
function M.rsa_equiv(kind, bits)
	if kind ~= "ec" then
		return bits
	end
	for _, row in ipairs(ec_as_rsa) do
		if bits >= row[1] then
			return row[2]
		end
	end
	return 0
end

local curve_bits = { ecdh_x25519 = 256, ecdh_x448 = 448 }

--- The size of a curve (or of a group of RFC 7919) in bits, by its name; nil if it says nothing.
function M.curve_bits(name)
	return curve_bits[name] or tonumber((name:match "(%d%d%d+)"))
end

--- A curve's name by its number.
function M.curve_name(number)
	return curve_names[number]
end

local function bits_of(number)
	local significant = number:gsub("^\0+", "")
	if significant == "" then
		return 0
	end
	local bits, first = #significant * 8, significant:byte()
	while first < 128 do
		first, bits = first << 1, bits - 1
	end
	return bits
end

-- Scripts give a protocol where an index could be.
local function index_or_first(at)
	return type(at) == "number" and at or 1
end

--- The public values of a server's key exchange (p, g, Y as bytes; strength in bits); the index
-- behind them. nil if there are none.
function M.unpack_dhparams(blob, at)
	local p, g, y
	p, at = unpack(">s2", blob, index_or_first(at))
	if p then
		g, at = unpack(">s2", blob, at)
	end
	if g then
		y, at = unpack(">s2", blob, at)
	end
	if not y then
		return nil
	end
	return { dhparams = { p = p, g = g, y = y }, strength = bits_of(p), type = "dh" }, at
end

--- The same of elliptic curves: the curve by name, its strength in bits.
function M.unpack_ecdhparams(blob, at)
	at = index_or_first(at)
	local kind, number = unpack(">BI2", blob, at)
	if kind ~= 3 then
		return nil
	end
	local point, after = unpack(">s1", blob, at + 3)
	if not point then
		return nil
	end
	local name = curve_names[number]
	return {
		ecdhparams = { curve_params = { ec_curve_type = "namedcurve", curve = name or number }, public = point },
		strength = name and M.curve_bits(name) or nil, type = "ec",
	}, after
end

--- The same of temporary RSA keys (export ciphers).
function M.unpack_rsaparams(blob, at)
	local modulus, exponent
	modulus, at = unpack(">s2", blob, index_or_first(at))
	if modulus then
		exponent, at = unpack(">s2", blob, at)
	end
	if not exponent then
		return nil
	end
	return { rsa = { modulus = modulus, exponent = exponent }, strength = bits_of(modulus), type = "rsa" }, at
end

--- The same of TLS 1.3: the extension key_share of a server's hello (RFC 8446, 4.2.8; of a hello that
-- wants another share, the group alone).
function M.unpack_key_share(blob)
	local number = unpack(">I2", blob, 1)
	local name = number and curve_names[number]
	local bits = name and M.curve_bits(name)
	if not bits then
		return nil
	end
	return {
		ecdhparams = { curve_params = { ec_curve_type = "namedcurve", curve = name }, public = blob:sub(5) },
		strength = bits, type = name:find "^ffdhe" and "dh" or "ec",
	}, #blob + 1
end

-- Keys of certificates, as certificate objects name their types.
local key_types = { RSA = "rsa", DSS = "dsa", ECDSA = "ec", PSK = "psk" }

local function describe_kex(name)
	local info = M.cipher_info("TLS_" .. name .. "_WITH_NULL_SHA")
	local out = {
		anon = info.anon, export = info.export, pfs = info.ephemeral,
		pubkey = not info.anon and key_types[info.server_auth] or nil,
	}
	if name == "AKE" then
		out.type, out.server_key_exchange = "ec", M.unpack_key_share
	elseif info.ec then
		out.type, out.server_key_exchange = "ec", M.unpack_ecdhparams
	elseif info.dh then
		out.type, out.server_key_exchange = "dh", M.unpack_dhparams
	elseif info.export then
		out.type, out.server_key_exchange = "rsa", M.unpack_rsaparams
	elseif name == "RSA" then
		out.type = "rsa"
	end
	return out
end

--- What is known of the key exchanges that suites name.
M.KEX_ALGORITHMS = {}
for name in pairs(tlssuites.numbers) do
	local kex = M.cipher_info(name).kex
	if kex and not M.KEX_ALGORITHMS[kex] then
		M.KEX_ALGORITHMS[kex] = describe_kex(kex)
	end
end

--- The name to ask a host for, in a hello: the one it was given as a target, else its own; nil
-- without one.
function M.servername(host)
	if type(host) ~= "table" then
		return type(host) == "string" and host or nil
	end
	local name = host.targetname or (host.name ~= "" and host.name) or nil
	-- No addresses (RFC 6066, 3).
	if name and (name:find "^[%d.]+$" or name:find ":" or #name > 253) then
		return nil
	end
	return name
end

return strict(M)
