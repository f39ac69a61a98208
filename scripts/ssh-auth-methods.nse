-- portolan --script ssh-auth-methods -p 22 TARGET
--   --script-args ssh.user=NAME    for whom to ask (root)

local finding = require "finding"
local ssh2 = require "ssh2"
local sshauth = require "sshauth"
local stdnse = require "stdnse"
local ipairs, string = ipairs, string

description = [[
Asks an SSH server which ways to log in it offers a user. No password is tried.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "auth", "intrusive" }

portrule = ssh2.port_rule

local function report_open(user)
	finding.report {
		id = "ssh-no-authentication", title = "SSH without a login", severity = "critical",
		seen = string.format("user %s: method none was accepted", user),
		why = "Anybody who reaches the port has a session as that user.",
		remedy = "Set PermitEmptyPasswords no in sshd_config; require keys or passwords.", references = { "CWE-306" },
	}
end

local function report_password(user, methods)
	for _, name in ipairs(methods) do
		if name == "password" then
			return finding.report {
				id = "ssh-password-login", title = "SSH takes passwords", severity = "info",
				seen = string.format("user %s: %s", user, name),
				why = "Passwords can be guessed, keys cannot.",
				remedy = "Set PasswordAuthentication no in sshd_config where everybody has a key.", references = { "CWE-307" },
			}
		end
	end
end

action = function(host, port)
	local user = stdnse.get_script_args "ssh.user" or "root"
	local methods, reason, inside = sshauth.methods(host, port, user)
	if not methods then
		return stdnse.debug1("%s", reason)
	end
	if inside then
		report_open(user)
		methods = { "none_auth" }
	end
	report_password(user, methods)
	local out = stdnse.output_table()
	out["Supported authentication methods"] = methods
	return out
end
