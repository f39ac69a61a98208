--- As much of the engine's `openssl` as tests need: no cryptography, but something that is the same for
-- the same bytes. Digests that a test knows are set: openssl.known["md5" .. bytes] = digest.
-- Encryption is XOR with the key's first byte.

local M = { known = {} }

local sizes = { md5 = 16, sha1 = 20, sha256 = 32, sha384 = 48, sha512 = 64 }

local function sum(bytes)
	local out = 5381
	for i = 1, #bytes do
		out = (out * 33 ~ bytes:byte(i)) & 0xffffffff
	end
	return string.pack(">I4", out)
end

function M.digest(name, bytes)
	return M.known[name .. bytes] or (sum(name .. bytes):rep(16)):sub(1, sizes[name])
end

function M.md5(bytes) return M.digest("md5", bytes) end
function M.sha1(bytes) return M.digest("sha1", bytes) end

function M.hmac(name, key, bytes)
	return M.digest(name, key .. bytes)
end

-- The same back and forth, as a counter's.
local function masked(bytes, key)
	local mask = key:byte()
	return (bytes:gsub(".", function(one) return string.char(one:byte() ~ mask) end))
end

function M.encrypt(_, key, _, bytes) return masked(bytes, key) end
M.decrypt = M.encrypt

-- Numbers are integers here: enough for small primes.
function M.bignum_bin2bn(bytes)
	local out = 0
	for i = 1, #bytes do
		out = (out << 8 | bytes:byte(i)) & 0x7fffffff
	end
	return out
end

function M.bignum_bn2bin(number)
	return (string.pack(">I8", number):gsub("^\0+", ""))
end

function M.bignum_mod_exp(base, power, modulus)
	local out = 1
	while power > 0 do
		if power & 1 == 1 then
			out = out * base % modulus
		end
		base, power = base * base % modulus, power >> 1
	end
	return out
end

return M
