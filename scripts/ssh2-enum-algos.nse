-- portolan --script ssh2-enum-algos -p 22 TARGET

local finding = require "finding"
local ssh2 = require "ssh2"
local stdnse = require "stdnse"
local ipairs, setmetatable, string, table = ipairs, setmetatable, string, table

description = [[
Shows which algorithms an SSH server offers: for key exchange, its keys, encryption, integrity and
compression. What is the same in both directions is shown once.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = ssh2.port_rule

local list_text = {
	__tostring = function(self)
		return string.format("(%d)", #self) .. (#self > 0 and "\n      " or "") .. table.concat(self, "\n      ")
	end,
}

local function list_of(names)
	return setmetatable(ssh2.names(names), list_text)
end

local function add_both(out, name, server)
	local there, back = server[name .. "_client_to_server"], server[name .. "_server_to_client"]
	if there == back then
		out[name] = list_of(there)
	else
		out[name .. "_client_to_server"] = list_of(there)
		out[name .. "_server_to_client"] = list_of(back)
	end
end

-- What is weak: patterns, and whether it is broken (else it is old).
local weak = {
	{
		id = "ssh-weak-kex", title = "SSH with a weak key exchange", lists = { "kex_algorithms" },
		setting = "KexAlgorithms", why = "It can be broken with the means of large organisations, or relies on SHA-1.",
		broken = { "^diffie%-hellman%-group1%-sha1$", "^rsa1024%-sha1$", "^gss%-group1%-sha1" },
		old = { "sha1$", "^gss%-.*%-sha1%-" },
	}, {
		id = "ssh-weak-host-key-algorithm", title = "SSH with weak signatures", lists = { "server_host_key_algorithms" },
		setting = "HostKeyAlgorithms", why = "DSA keys have 1024 bits; ssh-rsa signs with SHA-1.",
		broken = { "^ssh%-dss$", "^ssh%-dss%-cert" }, old = { "^ssh%-rsa$", "^ssh%-rsa%-cert" },
	}, {
		id = "ssh-weak-cipher", title = "SSH with a weak cipher", setting = "Ciphers",
		lists = { "encryption_algorithms_client_to_server", "encryption_algorithms_server_to_client" },
		why = "CBC leaks plain text (CVE-2008-5161); RC4, DES and 64-bit blocks are broken.",
		broken = { "^arcfour", "^des", "^none$" }, old = { "%-cbc", "^3des", "^blowfish", "^cast128" },
	}, {
		id = "ssh-weak-mac", title = "SSH with a weak integrity check", setting = "MACs",
		lists = { "mac_algorithms_client_to_server", "mac_algorithms_server_to_client" },
		why = "MD5 and SHA-1 are broken as hashes, short tags are guessed sooner.",
		broken = { "md5", "^none$" }, old = { "hmac%-sha1", "^umac%-64" },
	},
}

local function matches(name, patterns)
	for _, pattern in ipairs(patterns) do
		if name:find(pattern) then
			return true
		end
	end
	return false
end

local function judge(kind, server)
	local seen, known, broken = {}, {}, false
	for _, list in ipairs(kind.lists) do
		for _, name in ipairs(ssh2.names(server[list])) do
			local is_broken = matches(name, kind.broken)
			if not known[name] and (is_broken or matches(name, kind.old)) then
				known[name] = true
				seen[#seen + 1] = name
				broken = broken or is_broken
			end
		end
	end
	if #seen > 0 then
		finding.report {
			id = kind.id, title = kind.title, severity = broken and "medium" or "low", why = kind.why,
			seen = table.concat(seen, ", ", 1, #seen > 8 and 8 or #seen) .. (#seen > 8 and ", ..." or ""),
			remedy = "Take them out of " .. kind.setting .. " in sshd_config.", references = { "CWE-327" },
		}
	end
end

action = function(host, port)
	local server, reason = ssh2.algorithms(host, port)
	if not server then
		return stdnse.debug1("%s", reason)
	end
	local out = stdnse.output_table()
	out.kex_algorithms = list_of(server.kex_algorithms)
	out.server_host_key_algorithms = list_of(server.server_host_key_algorithms)
	add_both(out, "encryption_algorithms", server)
	add_both(out, "mac_algorithms", server)
	add_both(out, "compression_algorithms", server)
	for _, kind in ipairs(weak) do
		judge(kind, server)
	end
	return out
end
