local check = require "check"
local ssh2 = require "ssh2"
local ssh_server = require "ssh_server"
local sshauth = require "sshauth"
local stub = require "stub"

local T = {}
local host, port = { ip = "127.0.0.1" }, { number = 22, protocol = "tcp", state = "open", version = {} }

local function serve(options)
	local server = ssh_server.new(options or {})
	stub.nmap.new_socket = function() return server end
	return server
end

function T.ways_to_log_in()
	local server = serve { methods = "publickey,password" }
	local methods, err, inside = sshauth.methods(host, port, "root")
	check.equal({ methods, err, inside }, { { "publickey", "password" }, nil, nil })
	check.equal({ server.user, server.closed }, { "root", true })
end

function T.tags_over_what_is_encrypted()
	serve { mac = "hmac-sha2-256-etm@openssh.com" }
	check.equal(sshauth.methods(host, port, "root"), { "publickey" })
	serve { cipher = "aes256-cbc" }
	check.equal(sshauth.methods(host, port, "root"), { "publickey" })
end

function T.groups_instead_of_curves()
	for _, one in ipairs(ssh2.exchanges) do
		if one.name == "diffie-hellman-group14-sha256" then
			local prime = one.prime
			one.prime = "\0\xff\xf1"	-- small, for the stub
			serve { kex = one.name, prime = one.prime }
			check.equal(sshauth.methods(host, port, "root"), { "publickey" })
			one.prime = prime
		end
	end
end

function T.no_login_is_wanted()
	serve { methods = "none" }
	local methods, _, inside = sshauth.methods(host, port, "root")
	check.equal({ methods, inside }, { {}, true })
end

function T.wrong_tags_are_noticed()
	local server = serve()
	local say = server.say
	server.say = function(self, payload)
		say(self, payload)
		if self.keys then
			self.pending = self.pending:sub(1, -2) .. string.char(self.pending:byte(-1) ~ 1)
		end
	end
	check.equal({ sshauth.methods(host, port, "root") }, { nil, "wrong tag" })
	check.is_true(server.closed)
end

function T.nothing_in_common()
	serve { cipher = "chacha20-poly1305@openssh.com" }
	check.equal({ sshauth.methods(host, port, "root") }, { nil, "nothing in common" })
end

function T.counters_carry()
	check.equal(sshauth.advance(("\0"):rep(8) .. ("\xff"):rep(8), 1), ("\0"):rep(7) .. "\1" .. ("\0"):rep(8))
	check.equal(sshauth.advance(("\xff"):rep(16), 2), ("\0"):rep(15) .. "\1")
	check.equal(sshauth.advance(("\0"):rep(15) .. "\5", 3), ("\0"):rep(15) .. "\8")
end

-- Random changes of what the server says.
function T.any_answer_is_survived()
	check.seed(7)
	for _ = 1, 300 do
		local server = serve { mac = math.random(2) == 1 and "hmac-sha2-256" or "hmac-sha2-256-etm@openssh.com" }
		local say = server.say
		server.say = function(self, payload)
			local before = #self.pending
			say(self, payload)
			if math.random(3) == 1 then
				local at = math.random(before + 1, #self.pending)
				self.pending = self.pending:sub(1, at - 1) .. check.bytes(3) .. self.pending:sub(at + 1)
			end
		end
		sshauth.methods(host, port, "root")
	end
	check.is_true(ssh2.version)
end

return T
