-- portolan --script ssl-enum-ciphers -p 443 TARGET

local finding = require "finding"
local nmap = require "nmap"
local sslcert = require "sslcert"
local stdnse = require "stdnse"
local tls = require "tls"
local tlsgrade = require "tlsgrade"
local tlsscan = require "tlsscan"
local coroutine, ipairs, next, pairs, setmetatable = coroutine, ipairs, next, pairs, setmetatable
local string, table = string, table

description = [[
Asks a TLS server which protocols and cipher suites it takes, and grades each suite from A to F by
its key exchange and its cipher. It connects once for each suite.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "intrusive" }
dependencies = { "ssl-cert" }

portrule = sslcert.port_rule

-- A server that does not answer is asked that often, of each protocol.
local failures_max = 3

-- All curves (those that servers have first), so that no suite is missed for want of one.
local curves = table.move(tls.DEFAULT_ELLIPTIC_CURVES, 1, #tls.DEFAULT_ELLIPTIC_CURVES, 1, {})
for number = 28, 1, -1 do
	local name = tls.curve_name(number)
	if name ~= "secp256r1" and name ~= "secp384r1" and name ~= "secp521r1" then
		curves[#curves + 1] = name
	end
end
-- Servers that know RFC 7919 give no other groups to who names none of these.
table.move({ "ffdhe2048", "ffdhe3072", "ffdhe4096", "ffdhe6144", "ffdhe8192" }, 1, 5, #curves + 1, curves)

local function extensions_of(protocol)
	if protocol == "SSLv3" then
		return {}
	end
	return { elliptic_curves = protocol ~= "TLSv1.3" and tls.EXTENSION_HELPERS.elliptic_curves(curves) or nil }
end

local function asker(host, port)
	local failures = 0
	return function(protocol, ciphers, compressors)
		if failures >= failures_max then
			return nil, "no answer"
		end
		local answer, err = sslcert.ask(host, port, {
			protocol = protocol, ciphers = ciphers, compressors = compressors, extensions = extensions_of(protocol),
		})
		if not answer and err ~= "EOF" then
			failures = failures + 1
		end
		return answer, err
	end
end

-- Each protocol in a thread of its own. A thread that ended with an error is no longer waited for.
local function scan(host, port)
	local found, threads = {}, {}
	local condvar = nmap.condvar(found)
	for _, protocol in ipairs(tlsscan.protocols) do
		local thread = stdnse.new_thread(function()
			-- Its end wakes who waits.
			local done = nmap.condvar(found)
			found[protocol] = tlsscan.protocol(asker(host, port), protocol)
			done "signal"
		end)
		threads[thread] = true
	end
	while true do
		for thread in pairs(threads) do
			if coroutine.status(thread) == "dead" then
				threads[thread] = nil
			end
		end
		if next(threads) == nil then
			return found
		end
		condvar "wait"
	end
end

local cipher_text = {
	__tostring = function(self)
		return self.name .. (self.kex_info and " (" .. self.kex_info .. ")" or "") .. " - " .. self.strength
	end,
}

-- Certificate objects by their bytes.
local function certificates()
	local known = {}
	return function(der)
		if der and known[der] == nil then
			known[der] = sslcert.parse_ssl_certificate(der) or false
		end
		return der and known[der] or nil
	end
end

-- What findings need: suites by what is wrong with them.
local function note(bad, kind, name)
	bad[kind] = bad[kind] or {}
	bad[kind][name] = true
end

local function judge_suite(bad, name, info, strength)
	if info.anon then
		note(bad, "anonymous", name)
	elseif info.size == 0 then
		note(bad, "none", name)
	elseif info.export or (info.size and info.size < 112) then
		note(bad, "export", name)
	elseif info.cipher == "RC4" then
		note(bad, "rc4", name)
	elseif info.block_size == 64 then
		note(bad, "blocks", name)
	end
	if info.dh and not info.ec and strength and strength < 2048 then
		note(bad, "group", name)
	end
end

local function show_protocol(protocol, seen, certificate_of, bad)
	local out, warnings, secret, least = stdnse.output_table(), {}, false, nil
	out.ciphers = {}
	for _, one in ipairs(seen.ciphers) do
		local letter, kex, warned, info, strength = tlsgrade.grade {
			cipher = one.cipher, share = one.share, group = one.group, cert = certificate_of(one.certificate),
			protocol = protocol,
		}
		for text in pairs(warned) do
			warnings[text] = true
		end
		secret = secret or info.ephemeral
		least = tlsgrade.worse(least, letter)
		judge_suite(bad, one.cipher, info, strength)
		out.ciphers[#out.ciphers + 1] = setmetatable({
			name = one.cipher, kex_info = kex, strength = letter,
		}, cipher_text)
	end
	if not secret then
		warnings["Forward Secrecy not supported by any cipher"] = true
	end
	out.compressors = seen.compressors
	out["cipher preference"] = seen.preference
	out["cipher preference error"] = seen.preference_error
	if next(warnings) then
		out.warnings = tlsgrade.sorted(warnings)
	end
	return out, least
end

-- Findings ------------------------------------------------------------------------

local remedy = "Configure TLS 1.2 and 1.3 with modern suites only (nginx: ssl_protocols, ssl_ciphers; Apache: SSLProtocol, "
	.. "SSLCipherSuite; Postfix: smtpd_tls_mandatory_protocols, smtpd_tls_ciphers)."

local suites = {
	anonymous = { "tls-anonymous-cipher", "TLS without authentication", "medium",
		"Whoever sits in between reads and changes everything.", "CWE-295" },
	none = { "tls-null-cipher", "TLS without encryption", "medium", "What is sent can be read on the way.", "CWE-319" },
	export = { "tls-export-cipher", "TLS with keys that are too short", "medium",
		"Keys of that size are broken within hours.", "CWE-326" },
	rc4 = { "tls-rc4", "TLS with RC4", "medium", "RC4 leaks what it encrypts; RFC 7465 forbids it.", "CVE-2013-2566" },
	blocks = { "tls-64-bit-blocks", "TLS with a cipher of 64-bit blocks", "low",
		"Long connections with it leak parts of what they encrypt (SWEET32).", "CVE-2016-2183" },
	group = { "tls-weak-dh", "TLS with a small Diffie-Hellman group", "medium",
		"Groups below 2048 bits can be broken, those of 1024 bits for many servers at once (Logjam).", "CVE-2015-4000" },
}

local function report(id, title, severity, seen, why, reference)
	finding.report { id = id, title = title, severity = severity, seen = seen, why = why, remedy = remedy,
		references = { reference } }
end

-- The first few of a set.
local function some(set)
	local names = tlsgrade.sorted(set)
	local more = #names > 3 and string.format(" and %d more", #names - 3) or ""
	return table.concat(names, ", ", 1, #names > 3 and 3 or #names) .. more
end

local function report_suites(bad)
	for _, kind in ipairs { "anonymous", "none", "export", "rc4", "group", "blocks" } do
		if bad[kind] then
			local id, title, severity, why, reference = table.unpack(suites[kind])
			report(id, title, severity, some(bad[kind]), why, reference)
		end
	end
end

local function report_protocols(found)
	if found.SSLv3 then
		report("tls-sslv3", "SSL 3 is on", "medium", "SSLv3 hello answered with " .. found.SSLv3.ciphers[1].cipher,
			"Its CBC suites leak what they encrypt (POODLE); RFC 7568 forbids it.", "CVE-2014-3566")
	end
	local old = {}
	for _, protocol in ipairs { "TLSv1.0", "TLSv1.1" } do
		old[#old + 1] = found[protocol] and protocol or nil
	end
	if #old > 0 then
		report("tls-old-protocol", "TLS 1.0 or 1.1 is on", "low", table.concat(old, ", "),
			"They build on MD5 and SHA-1; RFC 8996 deprecates them.", "CWE-327")
	end
	for _, protocol in ipairs(tlsscan.protocols) do
		local compressors = found[protocol] and found[protocol].compressors
		if compressors and compressors[1] ~= "NULL" then
			return report("tls-compression", "TLS compresses", "low", protocol .. ": " .. table.concat(compressors, ", "),
				"The length of compressed data tells secrets in it (CRIME).", "CVE-2012-4929")
		end
	end
end

action = function(host, port)
	local found, certificate_of, bad = scan(host, port), certificates(), {}
	local out, least = stdnse.output_table(), nil
	for _, protocol in ipairs(tlsscan.protocols) do
		if found[protocol] then
			local of_protocol
			out[protocol], of_protocol = show_protocol(protocol, found[protocol], certificate_of, bad)
			least = tlsgrade.worse(least, of_protocol)
		end
	end
	if not least then
		return nil
	end
	out["least strength"] = least
	report_protocols(found)
	report_suites(bad)
	return out
end
