-- portolan --script ssl-cert -p 443 TARGET

local finding = require "finding"
local datetime = require "datetime"
local ipOps = require "ipOps"
local nmap = require "nmap"
local outlib = require "outlib"
local sslcert = require "sslcert"
local stdnse = require "stdnse"
local tls = require "tls"
local ipairs, os, pairs, string, table, tostring, type = ipairs, os, pairs, string, table, tostring, type

description = [[
Shows the certificate of a port that speaks TLS, at once or after STARTTLS: whose it is, who signed
it, its key, until when it is valid, its fingerprints; with -v all names and the certificate itself.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = sslcert.port_rule

-- The parts of names that are shown first, and without -v alone.
local first_parts = { "commonName", "organizationName", "stateOrProvinceName", "countryName" }

local function part_name(key)
	return type(key) == "table" and table.concat(key, ".") or key
end

local function name_of(name)
	local out, shown = {}, {}
	for _, key in ipairs(first_parts) do
		if name[key] then
			out[#out + 1] = key .. "=" .. name[key]
			shown[key] = true
		end
	end
	if nmap.verbosity() > 1 then
		local others = {}
		for key, value in pairs(name) do
			if not shown[key] then
				others[#others + 1] = part_name(key) .. "=" .. value
			end
		end
		table.sort(others)
		table.move(others, 1, #others, #out + 1, out)
	end
	return table.concat(out, "/")
end

-- With the parts' names as texts.
local function structured_name(name)
	local out = {}
	for key, value in pairs(name) do
		out[part_name(key)] = value
	end
	return outlib.sorted_by_key(out)
end

local function extension(cert, name)
	for _, one in ipairs(cert.extensions or {}) do
		if one.name == name then
			return one.value
		end
	end
	return nil
end

local function time_of(when)
	return type(when) == "table" and datetime.format_timestamp(when) or tostring(when)
end

local function key_of(pubkey)
	local out = stdnse.output_table()
	out.type = pubkey.type
	out.bits = pubkey.bits
	out.modulus = pubkey.modulus and tostring(pubkey.modulus) or nil
	out.exponent = pubkey.exponent and pubkey.exponent:todec() or nil
	out.ecdhparams = pubkey.ecdhparams
	return out
end

local function structured(cert)
	local out = stdnse.output_table()
	out.subject = structured_name(cert.subject)
	out.issuer = structured_name(cert.issuer)
	out.pubkey = key_of(cert.pubkey)
	out.extensions = cert.extensions
	out.sig_algo = cert.sig_algorithm
	out.validity = stdnse.output_table()
	out.validity.notBefore = time_of(cert.validity.notBefore)
	out.validity.notAfter = time_of(cert.validity.notAfter)
	out.md5 = stdnse.tohex(cert:digest "md5")
	out.sha1 = stdnse.tohex(cert:digest "sha1")
	out.pem = cert.pem
	return out
end

local function text_of(cert, out)
	local lines = { "Subject: " .. name_of(cert.subject) }
	local names = extension(cert, "X509v3 Subject Alternative Name")
	if names then
		lines[#lines + 1] = "Subject Alternative Name: " .. names
	end
	local brief = nmap.verbosity() < 1
	for _, line in ipairs(brief and {
		"Not valid before: " .. out.validity.notBefore,
		"Not valid after:  " .. out.validity.notAfter,
	} or {
		"Issuer: " .. name_of(cert.issuer),
		"Public Key type: " .. out.pubkey.type,
		"Public Key bits: " .. out.pubkey.bits,
		"Signature Algorithm: " .. out.sig_algo,
		"Not valid before: " .. out.validity.notBefore,
		"Not valid after:  " .. out.validity.notAfter,
		"MD5:   " .. out.md5,
		"SHA-1: " .. out.sha1,
	}) do
		lines[#lines + 1] = line
	end
	if nmap.verbosity() > 1 then
		lines[#lines + 1] = cert.pem
	end
	return table.concat(lines, "\n")
end

-- Findings -----------------------------------------------------------------------

local function report(id, title, severity, seen, why, remedy, reference)
	finding.report { id = id, title = title, severity = severity, seen = seen, why = why, remedy = remedy,
		references = { reference } }
end

local new_certificate = "Have a new certificate issued and install it."

local function judge_validity(validity)
	local now = os.time()
	local first, last = validity.notBefore, validity.notAfter
	if type(last) == "table" and datetime.date_to_timestamp(last, 0) < now then
		report("tls-certificate-expired", "The certificate has expired", "medium", "Not valid after " .. time_of(last),
			"Clients refuse it, or users learn to click warnings away.", new_certificate, "CWE-298")
	elseif type(first) == "table" and datetime.date_to_timestamp(first, 0) > now then
		report("tls-certificate-not-yet-valid", "The certificate is not valid yet", "medium",
			"Not valid before " .. time_of(first), "Clients refuse it, or users learn to click warnings away.",
			"Check the server's clock; " .. new_certificate:lower(), "CWE-295")
	end
end

local function same_name(one, other)
	for key, value in pairs(one) do
		if type(key) == "string" and other[key] ~= value then
			return false
		end
	end
	for key, value in pairs(other) do
		if type(key) == "string" and one[key] ~= value then
			return false
		end
	end
	return true
end

local function judge_issuer(cert)
	if same_name(cert.subject, cert.issuer) then
		report("tls-certificate-self-signed", "The certificate is signed by itself", "medium",
			"Subject and issuer: " .. name_of(cert.subject),
			"Clients cannot tell it from that of somebody who sits in between.",
			"Use a certificate of an authority that the clients trust.", "CWE-295")
	end
end

-- RFC 6125: "*.example.org" is for one label.
local function covers(pattern, name)
	pattern, name = pattern:lower(), name:lower():gsub("%.$", "")
	if pattern == name then
		return true
	end
	local parent = pattern:match "^%*(%..+)$"
	return parent ~= nil and name:match "^[^.]+(%..+)$" == parent
end

local function names_of(cert)
	local out, any = {}, false
	for kind, value in (extension(cert, "X509v3 Subject Alternative Name") or ""):gmatch "([%w ]+):([^,]+)" do
		if kind:find "DNS$" then
			out[#out + 1] = value
			any = true
		end
	end
	-- The subject counts only without names in the extension (RFC 6125, 6.4.4).
	if not any and type(cert.subject.commonName) == "string" then
		out[1] = cert.subject.commonName
	end
	return out
end

local function judge_names(host, cert)
	local wanted = tls.servername { targetname = host.targetname }
	if not wanted or ipOps.ip_to_str(wanted) then
		return
	end
	local names = names_of(cert)
	for _, name in ipairs(names) do
		if covers(name, wanted) then
			return
		end
	end
	report("tls-certificate-name-mismatch", "The certificate is for another name", "medium",
		string.format("asked for %s, the certificate is for %s", wanted,
			#names > 0 and table.concat(names, ", ") or "nobody"),
		"Clients refuse it, or users learn to click warnings away.",
		"Have a certificate issued with the name " .. wanted .. " as subjectAltName.", "CWE-297")
end

local smallest = { rsa = 2048, dsa = 2048, dh = 2048, ec = 224 }

local function judge_strength(cert)
	local kind, bits = cert.pubkey.type, cert.pubkey.bits
	if smallest[kind] and bits < smallest[kind] then
		report("tls-certificate-weak-key", "The certificate's key is too short", "medium",
			string.format("%s key of %d bits", kind, bits), "Keys of that size can be broken.",
			"Make a new key (RSA: 2048 bits or more, EC: P-256) and have a certificate issued for it.", "CWE-326")
	end
	local algorithm = string.lower(cert.sig_algorithm or "")
	if algorithm:find "md[245]" or algorithm:find "sha1%f[^%d]" then
		report("tls-certificate-weak-signature", "The certificate is signed with a broken hash", "medium",
			"Signature algorithm " .. cert.sig_algorithm, "Another certificate with the same signature can be made.",
			"Have a certificate issued that is signed with SHA-256.", "CWE-328")
	end
end

action = function(host, port)
	local ok, cert = sslcert.getCertificate(host, port)
	if not ok then
		return stdnse.debug1("%s", tostring(cert))
	end
	judge_validity(cert.validity)
	judge_issuer(cert)
	judge_names(host, cert)
	judge_strength(cert)
	local out = structured(cert)
	return out, text_of(cert, out)
end
