--- tlsgrade: how strong a cipher suite is as a server uses it, as a letter from A to F.
-- The letter is that of the SSL Labs SSL Server Rating Guide (2009), of its key exchange (three
-- sevenths) and its cipher (four sevenths) only: the protocol is not looked at.
--   tlsgrade.grade { cipher = "TLS_RSA_WITH_AES_128_CBC_SHA", protocol = "TLSv1.0", cert = cert }

local strict = require "strict"
local tls = require "tls"
local ipairs, pairs, string, table = ipairs, pairs, string, table

local M = {}

-- Points by the smallest number of bits that gets them.
local key_points = { { 4096, 100 }, { 2048, 90 }, { 1024, 80 }, { 512, 40 }, { 0, 20 } }
local cipher_points = { { 256, 100 }, { 128, 80 }, { 1, 20 }, { 0, 0 } }
local letters = { { 80, "A" }, { 65, "B" }, { 50, "C" }, { 35, "D" }, { 20, "E" }, { 0, "F" } }
local export_points_max = 40

local function by_bound(rows, value)
	for _, row in ipairs(rows) do
		if value >= row[1] then
			return row[2]
		end
	end
	return nil
end

local order = { A = 1, B = 2, C = 3, D = 4, E = 5, F = 6, unknown = 7 }

--- The worse one of two letters ("unknown" is the worst).
function M.worse(one, other)
	if not one or not other then
		return one or other
	end
	return order[one] >= order[other] and one or other
end

-- A certificate's key as an RSA key; nil without a certificate, or of a key of other kinds.
local function cert_strength(cert)
	local kind = cert and cert.pubkey and cert.pubkey.type
	if kind == "rsa" or kind == "dsa" or kind == "dh" or kind == "ec" then
		return tls.rsa_equiv(kind == "dsa" and "rsa" or kind, cert.pubkey.bits)
	end
	return nil
end

-- OpenSSL's names of curves, as TLS names them.
local curve_names = { prime256v1 = "secp256r1", prime192v1 = "secp192r1" }

local function of_certificate(cert)
	if not cert or not cert.pubkey then
		return nil
	end
	local strength = cert_strength(cert)
	if cert.pubkey.type == "ec" then
		local params = cert.pubkey.ecdhparams and cert.pubkey.ecdhparams.curve_params
		local name = params and params.curve
		return strength and { text = curve_names[name] or name or "ec " .. cert.pubkey.bits, strength = strength }
	end
	return strength and { text = cert.pubkey.type .. " " .. cert.pubkey.bits, strength = strength }
end

--- The server's key exchange: a table with text ("dh 2048", "secp256r1", "rsa 2048") and strength as an
-- RSA key; nil where nothing is known.
-- seen: cipher, share (data of a server key exchange), group (a curve's number of TLS 1.3), cert.
function M.key_exchange(seen)
	if seen.group then
		local name = tls.curve_name(seen.group)
		local bits = name and tls.curve_bits(name)
		local kind = name and name:find "^ffdhe" and "dh" or "ec"
		return name and bits and { text = name, strength = tls.rsa_equiv(kind, bits) } or nil
	end
	local kex = tls.KEX_ALGORITHMS[tls.cipher_info(seen.cipher).kex or ""]
	if not kex or (kex.pubkey == "psk") or not kex.type then
		return nil
	end
	local params = seen.share and kex.server_key_exchange and kex.server_key_exchange(seen.share)
	if params and params.strength then
		local curve = params.ecdhparams and params.ecdhparams.curve_params.curve
		local text = curve or string.format("%s %d", params.type, params.strength)
		return { text = text, strength = tls.rsa_equiv(params.type, params.strength) }
	end
	-- Static keys are those of the certificate.
	return not kex.anon and of_certificate(seen.cert) or nil
end

local function weak_hash(cert)
	local name = string.upper(cert and cert.sig_algorithm or "")
	return name:match "MD[245]" or (name:find "SHA1%f[^%d]" and "SHA1") or nil
end

local deprecated_blocks = { ["3DES"] = true, DES = true, DES40 = true, IDEA = true, RC2 = true }

local function warn(out, seen, info, kex)
	if info.block_size == 64 and deprecated_blocks[info.cipher] then
		out[string.format("64-bit block cipher %s vulnerable to SWEET32 attack", info.cipher)] = true
	end
	if info.anon then
		out["Anonymous key exchange, score capped at F"] = true
	end
	if info.cipher == "RC4" then
		out["Broken cipher RC4 is deprecated by RFC 7465"] = true
	end
	if info.mode == "CBC" and seen.protocol == "SSLv3" then
		out["CBC-mode cipher in SSLv3 (CVE-2014-3566)"] = true
	end
	if info.hash == "MD5" then
		out["Ciphersuite uses MD5 for message integrity"] = true
	end
	if info.export then
		out["Export key exchange"] = true
	end
	local of_cert = not info.anon and cert_strength(seen.cert)
	if kex and of_cert and kex.strength < of_cert then
		out["Key exchange (" .. kex.text .. ") of lower strength than certificate key"] = true
	end
	local hash = weak_hash(seen.cert)
	if hash then
		out["Insecure certificate signature (" .. hash .. "), score capped at F"] = true
	end
end

-- A cipher that is known to be broken counts no more than a short key.
local function effective_bits(info)
	return info.cipher == "RC4" and info.size > 0 and 40 or info.size
end

local function letter_of(seen, info, kex)
	if not info.size or (not kex and not info.anon) then
		return "unknown"
	elseif info.anon or info.size == 0 or weak_hash(seen.cert) then
		return "F"
	end
	local strength = kex.strength
	local of_cert = cert_strength(seen.cert)
	if of_cert and of_cert < strength then
		strength = of_cert
	end
	local points = by_bound(key_points, strength)
	if info.export and points > export_points_max then
		points = export_points_max
	end
	return by_bound(letters, (points * 3 + by_bound(cipher_points, effective_bits(info)) * 4) / 7)
end

--- A suite's letter, the text of its key exchange (nil if unknown), and what to warn of (a set of
-- texts). seen: as of key_exchange, and protocol.
function M.grade(seen)
	local info = tls.cipher_info(seen.cipher)
	local kex = M.key_exchange(seen)
	local warnings = {}
	warn(warnings, seen, info, kex)
	return letter_of(seen, info, kex), kex and kex.text, warnings, info, kex and kex.strength
end

--- The texts of a set, sorted.
function M.sorted(set)
	local out = {}
	for text in pairs(set) do
		out[#out + 1] = text
	end
	table.sort(out)
	return out
end

return strict(M)
