-- portolan --script sshv1 -p 22 TARGET

local finding = require "finding"
local nmap = require "nmap"
local ssh2 = require "ssh2"
local stdnse = require "stdnse"

description = [[
Tells whether an SSH server still speaks protocol 1, by its banner.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "safe" }

portrule = ssh2.port_rule

action = function(host, port)
	local socket = nmap.new_socket()
	local ok, reason = socket:connect(host, port)
	local banner
	if ok then
		banner, reason = ssh2.banner(socket)
	end
	socket:close()
	if not banner then
		return stdnse.debug1("%s", reason)
	elseif not banner:find "^SSH%-1%." then
		return nil
	end
	finding.report {
		id = "ssh-protocol-1", title = "SSH protocol 1 is on", severity = "medium", seen = banner:sub(1, 80),
		why = "It has flaws of design: what is sent can be read and changed.",
		remedy = "Set Protocol 2 in sshd_config, or install a current SSH server.", references = { "CVE-2001-0361" },
	}
	return "Server supports SSHv1"
end
