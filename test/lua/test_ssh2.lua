local check = require "check"
local fake = require "fake_server"
local ssh2 = require "ssh2"
local ssh_server = require "ssh_server"
local stub = require "stub"

local T = {}
local transport = ssh2.transport
local host, port = { ip = "127.0.0.1" }, { number = 22, protocol = "tcp", state = "open", version = {} }

local function serve(options)
	local server = ssh_server.new(options or {})
	stub.nmap.new_socket = function() return server end
	return server
end

function T.packets_are_padded_to_blocks()
	for length = 1, 40 do
		for _, block in ipairs { 8, 16 } do
			local packet = transport.build(("x"):rep(length), block)
			check.equal({ #packet % block, transport.payload(packet) }, { 0, ("x"):rep(length) })
			check.is_true(packet:byte(5) >= 4, "padding")
			check.equal((#transport.build(("x"):rep(length), block, false) - 4) % block, 0)
		end
	end
	check.is_nil(transport.payload "\0\0\0\5\9x")
	check.is_nil(transport.payload "")
end

function T.numbers_of_ssh()
	check.equal(transport.pack_mpint "\0\0\x80", "\0\0\0\2\0\x80")
	check.equal(transport.pack_mpint "\0\1", "\0\0\0\1\1")
	check.equal(transport.pack_mpint "\0", "\0\0\0\0")
end

function T.lists_and_what_both_agree_on()
	local lists = transport.parse_kex_init(transport.kex_init { kex_algorithms = "a,b", languages_client_to_server = "x" })
	check.equal({ lists.kex_algorithms, lists.languages_client_to_server, #lists.cookie }, { "a,b", "x", 16 })
	check.equal({ ssh2.agree("c,b,a", "a,b"), ssh2.agree("c", "a,b") }, { "b", nil })
	check.equal(ssh2.names "a,b", { "a", "b" })
	check.is_true(not transport.parse_kex_init(transport.kex_init { only_known = true }).kex_algorithms:find "group16")
end

function T.a_servers_algorithms()
	serve { cipher = "3des-cbc", banner = "SSH-1.99-old" }
	local lists, banner = ssh2.algorithms(host, port)
	check.equal({ lists.encryption_algorithms_client_to_server, lists.mac_algorithms_server_to_client, banner },
		{ "3des-cbc", "hmac-sha2-256", "SSH-1.99-old" })
end

function T.a_host_key()
	local server = serve()
	local key = ssh2.fetch_host_key(host, port, "ssh-ed25519")
	check.equal({ key.key_type, key.fp_input, server.closed }, { "ssh-ed25519", server.key, true })
	serve()
	check.equal({ ssh2.fetch_host_key(host, port, "ssh-rsa") }, { nil, "nothing in common" })
	serve { key = string.pack(">s4s4s4", "ssh-rsa", "\1", "\1") }
	check.equal({ ssh2.fetch_host_key(host, port, "ssh-ed25519") }, { nil, "no key of that type" })
end

function T.who_speaks_otherwise_is_left()
	for banner, why in pairs { ["SSH-1.5-x"] = "no SSH 2", ["220 ftp"] = "EOF" } do
		local server = serve { banner = banner }
		check.equal({ ssh2.algorithms(host, port) }, { nil, why })
		check.is_true(server.closed)
	end
	fake.play { { nil, ("x\r\n"):rep(100) } }
	check.equal({ ssh2.algorithms(host, port) }, { nil, "no SSH server" })
end

function T.endless_packets_are_not_kept()
	fake.play { { nil, "SSH-2.0-x\r\n\xff\xff\xff\xff" .. ("x"):rep(100) } }
	check.equal({ ssh2.algorithms(host, port) }, { nil, "no SSH packet" })
	fake.play { { nil, "SSH-2.0-x\r\n" .. transport.build("\2"):rep(100) } }
	check.equal({ ssh2.algorithms(host, port) }, { nil, "nothing was said" })
end

function T.any_answer_is_survived()
	local kex = transport.build(transport.kex_init())
	local reply = transport.build(string.pack(">Bs4s4s4", 31, string.pack(">s4s4", "ssh-ed25519", ("k"):rep(32)), ("p"):rep(32), "s"))
	check.fuzz(function(bytes)
		fake.play { { nil, "SSH-2.0-x\r\n" .. bytes } }
		ssh2.fetch_host_key(host, port, "ssh-ed25519")
	end, { kex .. reply, reply }, 300)
end

return T
