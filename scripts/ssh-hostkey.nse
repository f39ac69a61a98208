-- portolan --script ssh-hostkey -p 22 TARGET
--   --script-args ssh_hostkey="full sha256 md5 bubble visual all"    how to show keys (md5; with -vv also full)

local finding = require "finding"
local ipOps = require "ipOps"
local nmap = require "nmap"
local ssh2 = require "ssh2"
local sshkey = require "sshkey"
local stdnse = require "stdnse"
local ipairs, pairs, string, table = ipairs, pairs, string, table

description = [[
Shows the host keys of an SSH server, one of each type, as fingerprints. At the end of the scan it
tells of hosts that have the same key: they are one host, or copies of one.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = ssh2.port_rule

postrule = function()
	return nmap.registry.sshhostkey ~= nil
end

local types = {
	"ssh-rsa", "ssh-dss", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-ed25519",
}

-- The types of keys that a server names; without an answer none.
local function offered(host, port)
	local server, reason = ssh2.algorithms(host, port)
	if not server then
		stdnse.debug1("%s", reason)
		return {}
	end
	local out = {}
	for _, name in ipairs(ssh2.names(server.server_host_key_algorithms)) do
		out[name:find "^rsa%-sha2%-" and "ssh-rsa" or name] = true
	end
	return out
end

local function wanted_formats()
	local text = (stdnse.get_script_args "ssh_hostkey" or "hex"):lower()
	local function asked(name)
		return text:find(name, 1, true) ~= nil or text:find("all", 1, true) ~= nil
	end
	return {
		hex = asked "hex" or asked "md5", sha256 = asked "sha256", bubble = asked "bubble", visual = asked "visual",
		full = asked "full" or nmap.verbosity() > 1,
	}
end

local function show(key, formats)
	local out = {}
	if formats.hex then
		out[#out + 1] = sshkey.hex(key)
	end
	if formats.sha256 then
		out[#out + 1] = sshkey.sha256(key)
	end
	if formats.bubble then
		out[#out + 1] = sshkey.bubblebabble(key)
	end
	if formats.visual then
		out[#out + 1] = "\n" .. sshkey.visual(key) .. "\n"
	end
	if formats.full then
		out[#out + 1] = key.full_key
	end
	return table.concat(out, "\n")
end

local function structured(key)
	local out = stdnse.output_table()
	out.type = key.key_type
	out.key = key.key
	out.bits = key.bits
	out.fingerprint = stdnse.tohex(key.fingerprint)
	return out
end

local function is_weak(key)
	return key.algorithm == "DSA" or (key.algorithm == "RSA" and key.bits < 2048)
end

local function judge(weak)
	if #weak > 0 then
		finding.report {
			id = "ssh-weak-host-key", title = "An SSH host key is too short", severity = "medium",
			seen = table.concat(weak, ", "),
			why = "Keys of that size can be broken; whoever has the key can pose as the server.",
			remedy = "Make a new one (ssh-keygen -t ed25519) and remove the old one from sshd_config (HostKey).",
			references = { "CWE-326" },
		}
	end
end

local function remember(host, key)
	local line = sshkey.hex(key)
	local hosts = stdnse.registry_get { "sshhostkey", line } or {}
	for _, one in ipairs(hosts) do
		if one == host.ip then
			return
		end
	end
	stdnse.registry_add_array({ "sshhostkey", line }, host.ip)
end

local function of_port(host, port)
	local has, formats = offered(host, port), wanted_formats()
	local out, texts, weak = {}, {}, {}
	for _, name in ipairs(types) do
		local key = has[name] and ssh2.fetch_host_key(host, port, name)
		if key then
			out[#out + 1] = structured(key)
			texts[#texts + 1] = "\n  " .. show(key, formats)
			weak[#weak + 1] = is_weak(key) and sshkey.hex(key) or nil
			remember(host, key)
		end
	end
	judge(weak)
	if #out == 0 then
		return nil
	end
	return out, table.concat(texts)
end

local function of_all_hosts()
	local lines = {}
	for line, hosts in pairs(nmap.registry.sshhostkey or {}) do
		if #hosts > 1 then
			lines[#lines + 1] = line
		end
	end
	if #lines == 0 then
		return nil
	end
	table.sort(lines)
	local out, texts = {}, { "Possible duplicate hosts" }
	for _, line in ipairs(lines) do
		local hosts = nmap.registry.sshhostkey[line]
		table.sort(hosts, function(one, other) return ipOps.compare_ip(one, "lt", other) end)
		local bits, fingerprint, algorithm = line:match "^(%d+) (%S+) %((.-)%)$"
		out[#out + 1] = { hosts = hosts, key = { bits = bits, fingerprint = fingerprint, type = algorithm } }
		texts[#texts + 1] = string.format("Key %s used by:", line)
		for _, one in ipairs(hosts) do
			texts[#texts + 1] = "  " .. one
		end
	end
	return out, table.concat(texts, "\n")
end

action = function(host, port)
	if SCRIPT_TYPE == "postrule" then
		return of_all_hosts()
	end
	return of_port(host, port)
end
