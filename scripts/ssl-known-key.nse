-- portolan --script ssl-known-key -p 443 TARGET

local finding = require "finding"
local known_keys = require "known_keys"
local sslcert = require "sslcert"
local stdnse = require "stdnse"
local pcall, string, tostring = pcall, string, tostring
local has_openssl, openssl = pcall(require, "openssl")

description = [[
Tells if a TLS server's key is one that everybody has: those which Debian packages ship as examples
or for their tests, and which people sometimes install.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe", "vuln" }
dependencies = { "ssl-cert" }

portrule = sslcert.port_rule

-- The digits of an RSA modulus, whole bytes, in capitals.
local function modulus_digits(cert)
	local digits = cert.pubkey and cert.pubkey.modulus and tostring(cert.pubkey.modulus):upper()
	if not digits or not has_openssl then
		return nil
	end
	return #digits % 2 == 1 and "0" .. digits or digits
end

local function origin(cert, fingerprint)
	local digits = modulus_digits(cert)
	return known_keys.certificates[fingerprint] or
		(digits and known_keys.moduli[stdnse.tohex(openssl.sha1(digits))])
end

action = function(host, port)
	local ok, cert = sslcert.getCertificate(host, port)
	if not ok then
		return stdnse.debug1("%s", tostring(cert))
	end
	local fingerprint = stdnse.tohex(cert:digest "sha1")
	local from = origin(cert, fingerprint)
	if not from then
		return nil
	end
	local text = string.format("Found in %s (SHA-1: %s)", from,
		stdnse.tohex(cert:digest "sha1", { separator = " ", group = 4 }))
	finding.report {
		id = "tls-known-key", title = "The private key is known to everybody", severity = "high", seen = text,
		why = "Whoever has the key can pose as the server, and read what was sent without forward secrecy.",
		remedy = "Make a new key, have a certificate issued for it, and install both.",
		references = { "CWE-321" },
	}
	return text
end
