-- portolan --script ssl-dh-params -p 443 TARGET

local dhgroups = require "dhgroups"
local finding = require "finding"
local sslcert = require "sslcert"
local tls = require "tls"
local tlsscan = require "tlsscan"
local vulns = require "vulns"
local ipairs, pairs, string, table = ipairs, pairs, string, table

description = [[
Asks a TLS server for the groups of its Diffie-Hellman key exchanges, and says which of them are weak:
those that are small, those of export suites, those without authentication, and those whose modulus is no
safe prime. No handshake is finished.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "safe", "vuln" }
dependencies = { "ssl-cert" }

portrule = sslcert.port_rule

-- A server that does not answer is asked that often.
local failures_max = 3
-- None of RFC 7919: who names one of them gets no other.
local curves = { "secp256r1", "secp384r1", "secp521r1", "ecdh_x25519" }

-- Newest first. Suites whose exchange has a group in it; servers may choose it by the length of the cipher's key.
local protocols = { "TLSv1.2", "TLSv1.1", "TLSv1.0", "SSLv3" }

local function class_of(name)
	local info = tls.cipher_info(name)
	if not info.dh or info.ec or not (info.ephemeral or info.anon) or name:find "PSK" then
		return nil
	elseif info.export then
		return info.anon and "anonymous, export" or "export"
	end
	local class = info.anon and "anonymous" or "plain"
	return class .. ((info.size or 0) > 128 and ", long" or "")
end

-- Suites by what is asked for at once.
local function suites_by_class()
	local classes, suites = {}, {}
	for _, name in ipairs(tlsscan.suites "TLSv1.2") do
		local class = class_of(name)
		if class then
			if not suites[class] then
				suites[class], classes[#classes + 1] = {}, class
			end
			table.insert(suites[class], name)
		end
	end
	table.sort(classes)
	return classes, suites
end

local function offered(name, suites)
	for _, one in ipairs(suites) do
		if one == name then
			return true
		end
	end
	return false
end

-- The suite that the server takes of these and its group; nil if it takes none.
local function group_of(answer, suites)
	local hello, share = answer.server_hello, answer.server_key_exchange
	if not hello or not share or not share.data or not offered(hello.cipher, suites) then
		return nil
	end
	local params = tls.unpack_dhparams(share.data)
	return params and params.strength > 0 and { cipher = hello.cipher, group = dhgroups.describe(params) } or nil
end

-- A function of a protocol and suites: the server's answer, nil and true when it is not to be asked again.
local function asker(host, port)
	local failures = 0
	return function(protocol, suites)
		local extensions = protocol ~= "SSLv3" and
			{ elliptic_curves = tls.EXTENSION_HELPERS.elliptic_curves(curves) } or nil
		local answer, err = sslcert.ask(host, port, { protocol = protocol, ciphers = suites, extensions = extensions })
		-- Who speaks TLS says no, or all of its part.
		local is_whole = answer and (answer.alert or answer.server_hello_done)
		if not is_whole and err ~= "EOF" then
			failures = failures + 1
		end
		return answer, failures >= failures_max
	end
end

-- An array of what the server takes; each group of a kind of suites once.
local function scan(host, port)
	local found, seen, ask = {}, {}, asker(host, port)
	local classes, suites = suites_by_class()
	for _, protocol in ipairs(protocols) do
		for _, class in ipairs(classes) do
			local answer, is_over = ask(protocol, suites[class])
			local taken = answer and group_of(answer, suites[class])
			local key = taken and class:match "^%a+" .. taken.group.modulus
			if taken and not seen[key] then
				seen[key], taken.class, found[#found + 1] = true, class, taken
			end
			if is_over then
				return found
			end
		end
	end
	return found
end

-- What may be wrong with a group; each with a report in the manner of Nmap's and a finding.
local remedy = "Let TLS use ECDHE, or a group of RFC 7919 of 2048 bits or more (nginx: ssl_dhparam; Apache: " ..
	"SSLOpenSSLConfCmd DHParameters; Postfix: smtpd_tls_dh1024_param_file; OpenSSL: -dhparam)."

local suites_off = "Take these suites out of the server's list (OpenSSL: add !aNULL:!EXPORT to the cipher string)."

local flaws = {
	{
		prefix = "ANONYMOUS DH GROUP",
		is_it = function(one) return one.class:find "^anonymous" end,
		report = {
			title = "Anonymous Diffie-Hellman Key Exchange MitM Vulnerability", state = vulns.STATE.VULN,
			description = "Nobody proves who he is in these key exchanges: whoever sits in between can take part\n" ..
				"in two of them, and read and change everything.",
			references = { "https://www.ietf.org/rfc/rfc2246.txt" },
		},
		finding = { id = "tls-anonymous-cipher", title = "TLS without authentication", severity = "medium",
			remedy = suites_off, why = "Whoever sits in between reads and changes everything.", references = { "CWE-295" } },
	},
	{
		prefix = "EXPORT-GRADE DH GROUP",
		is_it = function(one) return one.class:find "export" end,
		report = {
			title = "Transport Layer Security (TLS) Protocol DHE_EXPORT Ciphers Downgrade MitM (Logjam)",
			state = vulns.STATE.VULN, IDS = { CVE = "CVE-2015-4000", BID = "74733" },
			description = "The server takes suites of export grade. Whoever sits in between can make clients that do not\n" ..
				"want them use such a group all the same, and break it within hours.",
			dates = { disclosure = { year = "2015", month = "5", day = "19" } }, references = { "https://weakdh.org" },
		},
		finding = { id = "tls-export-cipher", title = "TLS with keys that are too short", severity = "medium",
			remedy = suites_off, why = "Keys of that size are broken within hours.", references = { "CVE-2015-4000", "CWE-326" } },
	},
	{
		prefix = "WEAK DH GROUP",
		is_it = function(one) return one.group.bits <= 1024 and one.class:find "^plain" end,
		report = {
			title = "Diffie-Hellman Key Exchange Insufficient Group Strength", state = vulns.STATE.VULN,
			description = "Groups of 1024 bits and less can be broken by who has much computing power, those that many\n" ..
				"servers share for all of these at once; what was recorded can then be read.",
			references = { "https://weakdh.org" },
		},
	},
	{
		prefix = "NON-SAFE GROUP",
		is_it = function(one)
			return one.class:find "^plain" and not one.group.is_known and
				(one.group.kind == "Non-safe prime" or one.group.kind == "Composite")
		end,
		report = {
			title = "Diffie-Hellman Key Exchange Incorrectly Generated Group Parameters",
			state = vulns.STATE.LIKELY_VULN,
			description = "The modulus is no safe prime, and none that is known to have a subgroup of large prime order.\n" ..
				"Unless it was made with one (as FIPS 186-4 does for DSA), the exchange may be broken.",
			references = { "https://weakdh.org" },
		},
		finding = { id = "tls-dh-unsafe-prime", title = "TLS with a Diffie-Hellman group that may be broken",
			severity = "low", why = "Without a subgroup of large prime order keys can be computed, or forced to be few.",
			references = { "CWE-326" }, confidence = 0.5 },
	},
}

local function quote(one)
	return string.format("%s: %d bits, %s, %s", one.cipher, one.group.bits, one.group.kind:lower(), one.group.source)
end

-- A copy, in which `more` comes first.
local function copy_with(told, more)
	for key, value in pairs(told) do
		more[key] = more[key] == nil and value or more[key]
	end
	return more
end

local function report_finding(told, one)
	finding.report(copy_with(told, { seen = quote(one), remedy = remedy }))
end

-- What is below the 2048 bits of today, whatever its suite.
local function report_small(found)
	for _, one in ipairs(found) do
		if one.group.bits < 2048 then
			report_finding({
				id = "tls-weak-dh", title = "TLS with a small Diffie-Hellman group", severity = "medium",
				why = "Groups below 2048 bits can be broken, those of 1024 bits for many servers at once (Logjam).",
				references = { "CVE-2015-4000", "CWE-326" },
			}, one)
			return
		end
	end
end

-- The report of one flaw.
local function judge(flaw, found)
	local shown = {}
	for _, one in ipairs(found) do
		if flaw.is_it(one) then
			if #shown == 0 and flaw.finding then
				report_finding(flaw.finding, one)
			end
			shown[#shown + 1] = dhgroups.show(string.format("%s %d", flaw.prefix, #shown + 1), one.cipher, one.group)
		end
	end
	return copy_with(flaw.report, #shown > 0 and { check_results = shown } or { state = vulns.STATE.NOT_VULN })
end

action = function(host, port)
	local found = scan(host, port)
	if #found == 0 then
		return nil
	end
	local report = vulns.Report:new("ssl-dh-params", host, port)
	for _, flaw in ipairs(flaws) do
		report:add_vulns(judge(flaw, found))
	end
	report_small(found)
	return report:make_output()
end
