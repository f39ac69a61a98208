--- dhgroups: what is known of the groups that Diffie-Hellman key exchanges of TLS use: whose they are,
-- and of what kind their modulus is.
--   local group = dhgroups.describe(tls.unpack_dhparams(message.data))

local stdnse = require "stdnse"
local strict = require "strict"
local pcall, require, string = pcall, require, string
local has_openssl, openssl = pcall(require, "openssl")

local M = {}

-- A test of a prime of this size takes a second; of one sixteen times as long it takes an hour.
local tested_bits_max = 4096
local custom = "Unknown/Custom-generated"

-- Well-known moduli by their SHA-1: of RFC 2409 and RFC 3526 from their formulas, of RFC 5114 as OpenSSL has
-- them, and those that the JDK generates DSA keys with.
local oakley, dsa = "Safe prime", "Non-safe prime"
local known = {
	["4989e5469b40416dc5afb739c747e32b40cc5c77"] = { oakley, "RFC2409/Oakley Group 1" },
	["c033bd4351fba3732545ea2e016d52b0fc3e69ec"] = { oakley, "RFC2409/Oakley Group 2" },
	["49ecaba9727a1af0636082c467485a1a9a04b669"] = { oakley, "RFC3526/Oakley Group 5" },
	["b95c799aa5dd388c6df5e72398cb9d7df40519e4"] = { oakley, "RFC3526/Oakley Group 14" },
	["941a047738fe55333369e2b386b6d618c9fca5ff"] = { oakley, "RFC3526/Oakley Group 15" },
	["2d8abef2bff635f80498b7b5e9576d520e523ef6"] = { oakley, "RFC3526/Oakley Group 16" },
	["530d2c7cb09e547f2f501265aadc846fbbccf2c3"] = { oakley, "RFC3526/Oakley Group 17" },
	["016170c528b306c9bb17b5ffacab0fe7eacad705"] = { oakley, "RFC3526/Oakley Group 18" },
	["456450d1279fb836b1937b57ecdeabef69ddcce1"] =
		{ dsa, "RFC5114/1024-bit DSA group with 160-bit prime order subgroup" },
	["e36e277aaa49cb01f8f7edd9b4a7635ae6e9e429"] =
		{ dsa, "RFC5114/2048-bit DSA group with 224-bit prime order subgroup" },
	["f4aa11f8abca9fcf480483d22bc9d66d0752a4ce"] =
		{ dsa, "RFC5114/2048-bit DSA group with 256-bit prime order subgroup" },
	["542f9d06a47cdf039b305ad70fc217ae347d99a2"] =
		{ dsa, "sun.security.provider/512-bit DSA group with 160-bit prime order subgroup" },
	["dc71ab17f9d4948cd9780c339f15e433db6ab85f"] =
		{ dsa, "sun.security.provider/768-bit DSA group with 160-bit prime order subgroup" },
	["0d4979d84ea2a0244f5a4b25a6e6b93094b9b96c"] =
		{ dsa, "sun.security.provider/1024-bit DSA group with 160-bit prime order subgroup" },
}

local function kind_of(modulus, bits)
	if not has_openssl or bits > tested_bits_max then
		return "Not tested"
	end
	local is_safe, is_prime = openssl.bignum_is_safe_prime(openssl.bignum_bin2bn(modulus))
	if not is_prime then
		return "Composite"
	end
	return is_safe and "Safe prime" or "Non-safe prime"
end

--- A group by what tls.unpack_dhparams gives: bits, source (whose it is), kind ("Safe prime", "Non-safe
-- prime", "Composite", "Not tested"), is_known, and the lengths in bits of the generator and of the public
-- key as they were sent.
function M.describe(params)
	local modulus = params.dhparams.p:gsub("^\0+", "")
	local found = has_openssl and known[stdnse.tohex(openssl.sha1(modulus))]
	return {
		modulus = modulus, bits = params.strength, is_known = found ~= nil and found ~= false,
		kind = found and found[1] or kind_of(modulus, params.strength), source = found and found[2] or custom,
		generator_bits = #params.dhparams.g * 8, public_bits = #params.dhparams.y * 8,
	}
end

--- A group as lines, below what it is called.
function M.show(title, cipher, group)
	local indent = "\n" .. (" "):rep(6)
	return title .. string.format(indent .. "Cipher Suite: %s" .. indent .. "Modulus Type: %s" .. indent ..
		"Modulus Source: %s" .. indent .. "Modulus Length: %d" .. indent .. "Generator Length: %d" .. indent ..
		"Public Key Length: %d", cipher, group.kind, group.source, group.bits, group.generator_bits, group.public_bits)
end

return strict(M)
