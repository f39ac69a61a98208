local check = require "check"
local tlsgrade = require "tlsgrade"

local T = {}

local function rsa(bits, algorithm)
	return { pubkey = { type = "rsa", bits = bits }, sig_algorithm = algorithm or "sha256WithRSAEncryption" }
end

local function dh(bits)
	local number = ("\xff"):rep(bits // 8)
	return string.pack(">s2s2s2", number, "\2", number)
end

local p256 = "\3\0\23" .. string.pack(">s1", ("p"):rep(65))

local function grade(cipher, cert, share, protocol)
	local letter, text = tlsgrade.grade { cipher = cipher, cert = cert, share = share, protocol = protocol or "TLSv1.2" }
	return { letter, text }
end

-- As measured with certificates of all these sizes.
function T.letters_of_keys_and_ciphers()
	check.equal(grade("TLS_RSA_WITH_AES_128_CBC_SHA", rsa(2048)), { "A", "rsa 2048" })
	check.equal(grade("TLS_RSA_WITH_AES_128_CBC_SHA", rsa(1024)), { "A", "rsa 1024" })
	check.equal(grade("TLS_RSA_WITH_AES_128_CBC_SHA", rsa(512)), { "C", "rsa 512" })
	check.equal(grade("TLS_RSA_WITH_AES_256_CBC_SHA", rsa(512)), { "B", "rsa 512" })
	check.equal(grade("TLS_RSA_WITH_3DES_EDE_CBC_SHA", rsa(2048)), { "C", "rsa 2048" })
	check.equal(grade("TLS_RSA_WITH_3DES_EDE_CBC_SHA", rsa(1024)), { "D", "rsa 1024" })
	check.equal(grade("TLS_RSA_WITH_RC4_128_SHA", rsa(4096)), { "C", "rsa 4096" })
	check.equal(grade("TLS_RSA_WITH_RC4_128_SHA", rsa(512)), { "E", "rsa 512" })
	check.equal(grade("TLS_RSA_WITH_NULL_SHA", rsa(2048)), { "F", "rsa 2048" })
	check.equal(grade("TLS_DHE_RSA_WITH_AES_128_CBC_SHA", rsa(2048), dh(512)), { "C", "dh 512" })
	check.equal(grade("TLS_DHE_RSA_WITH_AES_128_CBC_SHA", rsa(512), dh(1024)), { "C", "dh 1024" })
	check.equal(grade("TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", rsa(2048), dh(1024)), { "E", "dh 1024" })
	check.equal(grade("TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA", rsa(2048), p256), { "A", "secp256r1" })
	check.equal(grade("TLS_ECDH_anon_WITH_AES_128_CBC_SHA", nil, p256), { "F", "secp256r1" })
	check.equal(grade("TLS_RSA_WITH_AES_128_CBC_SHA", rsa(2048, "sha1WithRSAEncryption")), { "F", "rsa 2048" })
	check.equal(grade("TLS_RSA_WITH_AES_128_CBC_SHA", rsa(2048, "sha512WithRSAEncryption")), { "A", "rsa 2048" })
	check.equal(grade("TLS_KRB5_WITH_RC4_128_MD5"), { "unknown" })
	check.equal(grade("TLS_PSK_WITH_AES_128_CBC_SHA"), { "unknown" })
	check.equal(grade("0x1234"), { "unknown" })
	check.equal(select(2, tlsgrade.grade { cipher = "TLS_AKE_WITH_AES_128_GCM_SHA256", group = 29 }), "ecdh_x25519")
end

function T.what_to_warn_of()
	local letter, text, warnings = tlsgrade.grade {
		cipher = "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA", cert = rsa(2048), share = dh(512), protocol = "SSLv3" }
	check.equal({ letter, text }, { "E", "dh 512" })
	check.equal(tlsgrade.sorted(warnings), {
		"64-bit block cipher DES40 vulnerable to SWEET32 attack", "CBC-mode cipher in SSLv3 (CVE-2014-3566)",
		"Export key exchange", "Key exchange (dh 512) of lower strength than certificate key" })
	letter, text, warnings = tlsgrade.grade { cipher = "TLS_DH_anon_WITH_RC4_128_MD5", share = dh(1024), protocol = "TLSv1.0" }
	check.equal(tlsgrade.sorted(warnings), { "Anonymous key exchange, score capped at F",
		"Broken cipher RC4 is deprecated by RFC 7465", "Ciphersuite uses MD5 for message integrity" })
end

function T.the_worse_letter()
	check.equal(tlsgrade.worse("A", "C"), "C")
	check.equal(tlsgrade.worse("F", "unknown"), "unknown")
	check.equal(tlsgrade.worse(nil, "B"), "B")
end

function T.any_share_is_survived()
	check.fuzz(function(bytes)
		for _, cipher in ipairs { "TLS_DHE_RSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA" } do
			tlsgrade.grade { cipher = cipher, share = bytes, cert = rsa(2048), protocol = "TLSv1.2" }
		end
	end, { dh(1024), p256 }, 200)
end

return T
