local check = require "check"
local openssl = require "openssl"
local dhgroups = require "dhgroups"
local tls = require "tls"

local T = {}

local function params(p)
	return tls.unpack_dhparams(string.pack(">s2s2s2", p, "\2", ("\x55"):rep(#p)))
end

-- What the engine's test says of a prime.
local function with_primes(is_safe, is_prime, fn)
	openssl.bignum_is_safe_prime = function() return is_safe, is_prime end
	fn()
	openssl.bignum_is_safe_prime = nil
end

function T.a_well_known_group_has_a_name()
	local p = ("\xff"):rep(128)
	openssl.known["sha1" .. p] = "\xc0\x33\xbd\x43\x51\xfb\xa3\x73\x25\x45\xea\x2e\x01\x6d\x52\xb0\xfc\x3e\x69\xec"
	local group = dhgroups.describe(params("\0" .. p))
	check.equal({ group.source, group.kind, group.bits }, { "RFC2409/Oakley Group 2", "Safe prime", 1024 })
	check.is_true(group.is_known)
	openssl.known["sha1" .. p] = nil
end

function T.others_are_tested()
	for _, one in ipairs { { true, true, "Safe prime" }, { false, true, "Non-safe prime" }, { false, false, "Composite" } } do
		with_primes(one[1], one[2], function()
			local group = dhgroups.describe(params(("\x77"):rep(64)))
			check.equal({ group.kind, group.source, group.bits }, { one[3], "Unknown/Custom-generated", 511 })
			check.is_true(not group.is_known)
		end)
	end
end

function T.huge_ones_are_not_tested()
	check.equal(dhgroups.describe(params(("\x77"):rep(8000))).kind, "Not tested")
end

function T.a_group_as_lines()
	local text = dhgroups.show("WEAK DH GROUP 1", "TLS_X", { kind = "Composite", source = "s", bits = 3,
		generator_bits = 8, public_bits = 16 })
	check.equal(text, "WEAK DH GROUP 1\n      Cipher Suite: TLS_X\n      Modulus Type: Composite\n" ..
		"      Modulus Source: s\n      Modulus Length: 3\n      Generator Length: 8\n      Public Key Length: 16")
end

return T
