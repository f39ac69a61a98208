local check = require "check"
local fake = require "fake_server"
local rpc = require "rpc"
local xdr = require "xdr"

local T = {}

local function accepted(call, results, status)
	return call:sub(1, 4) .. xdr.uint(1) .. xdr.uint(0) .. xdr.auth_none .. xdr.uint(status or 0) .. results
end

local function entry4(program, version, netid, address)
	return xdr.uint(1) .. xdr.uint(program) .. xdr.uint(version) .. xdr.opaque(netid) .. xdr.opaque(address) ..
		xdr.opaque "superuser"
end

local dump4 = entry4(100000, 4, "tcp", "0.0.0.0.0.111") .. entry4(100000, 3, "tcp", "0.0.0.0.0.111") ..
	entry4(100005, 3, "tcp", "0.0.0.0.78.80") .. entry4(100000, 4, "local", "/run/rpcbind.sock") .. xdr.uint(0)
local dump2 = xdr.uint(1) .. xdr.uint(100000) .. xdr.uint(2) .. xdr.uint(17) .. xdr.uint(111) .. xdr.uint(0)
local exports = xdr.uint(1) .. xdr.opaque "/srv" .. xdr.uint(1) .. xdr.opaque "10.0.0.0/8" .. xdr.uint(1) ..
	xdr.opaque "*" .. xdr.uint(0) .. xdr.uint(1) .. xdr.opaque "/all" .. xdr.uint(0) .. xdr.uint(0)

-- A host whose portmapper knows one version, with mountd beside it.
local function host_with(version, dump)
	return function(bytes, socket)
		if bytes == "" then
			return {}
		end
		local call = socket.proto == "udp" and bytes or bytes:sub(5)
		local program, asked = string.unpack(">I4I4", call, 13)
		local reply = accepted(call, program == 100005 and exports or dump)
		if program == 100000 and asked ~= version then
			reply = accepted(call, xdr.uint(version) .. xdr.uint(version), 2)
		end
		return { socket.proto == "udp" and reply or xdr.record(reply) }
	end
end

function T.the_portmapper_tells_its_programs()
	fake.answer(host_with(4, dump4))
	local ok, programs = rpc.Helper.RpcInfo({ ip = "10.0.0.1" }, { number = 111, protocol = "tcp" })
	check.equal(ok, true)
	check.equal(programs[100000].tcp, { version = { 3, 4 }, port = 111, addr = "0.0.0.0", owner = "superuser" })
	check.equal(programs[100000]["local"].addr, "/run/rpcbind.sock")
	check.is_nil(programs[100000]["local"].port)
	check.equal(programs[100005].tcp.port, 20048)
end

function T.an_old_one_over_udp_too()
	fake.answer(host_with(2, dump2))
	local ok, programs = rpc.Helper.RpcInfo({ ip = "10.0.0.1" }, { number = 111, protocol = "udp" })
	check.equal({ ok, programs }, { true, { [100000] = { udp = { version = { 2 }, port = 111 } } } })
	check.equal(#fake.sent, 3)
end

function T.exports_and_who_may_mount_them()
	fake.answer(host_with(4, dump4))
	check.equal({ rpc.Helper.ShowMounts({ ip = "10.0.0.1" }, { number = 111, protocol = "tcp" }) },
		{ true, { { name = "/srv", "10.0.0.0/8", "*" }, { name = "/all" } } })
end

function T.silence_and_nonsense_are_no_answer()
	fake.answer(function() return {} end)
	check.equal((rpc.Helper.RpcInfo({}, { number = 111, protocol = "udp" })), false)
	fake.answer(function() return { ("\x80\0\0\4abcd"):rep(20) } end)
	check.equal((rpc.Helper.ShowMounts({}, { number = 111, protocol = "tcp" })), false)
	fake.answer(function() return { ("\0\0\0\0"):rep(100) } end)
	check.equal((rpc.Helper.RpcInfo({}, { number = 111, protocol = "tcp" })), false)
end

function T.addresses()
	check.equal({ rpc.parse_address "10.0.0.1.0.111" }, { "10.0.0.1", 111 })
	check.equal({ rpc.parse_address "::.8.1" }, { "::", 2049 })
	check.equal({ rpc.parse_address "/run/x.300.1" }, { "/run/x.300.1", nil })
end

function T.any_bytes_are_read_or_nil()
	check.fuzz(function(bytes)
		rpc.read_dump(bytes, 1, 4)
		rpc.read_dump(bytes, 1, 2)
		rpc.read_exports(bytes, 1)
	end, { dump4, dump2, exports })
end

function T.the_versions_are_asked_in_turn()
	fake.answer(host_with(2, dump2))
	rpc.Helper.RpcInfo({ ip = "10.0.0.1" }, { number = 111, protocol = "udp" })
	local asked = {}
	for i, call in ipairs(fake.sent) do
		local program, version, procedure = string.unpack(">I4I4I4", call, 13)
		asked[i] = { program, version, procedure }
	end
	check.equal(asked, { { 100000, 4, 4 }, { 100000, 3, 4 }, { 100000, 2, 4 } })
end

function T.a_program_without_a_port_is_not_there()
	fake.answer(host_with(4, entry4(100005, 3, "tcp", "/run/mountd.sock") .. xdr.uint(0)))
	check.equal((rpc.Helper.GetPortForProgram({ ip = "10.0.0.1" }, "mountd")), false)
	check.equal((rpc.Helper.GetPortForProgram({ ip = "10.0.0.1" }, "nfs")), false)
	fake.answer(host_with(4, dump4))
	check.equal({ rpc.Helper.GetPortForProgram({ ip = "10.0.0.1" }, "mountd") },
		{ true, { number = 20048, protocol = "tcp" }, { 3 } })
end

function T.records_of_fragments_are_put_together()
	fake.answer(function(bytes)
		if bytes == "" then
			return {}
		end
		local reply = accepted(bytes:sub(5), dump4)
		return { xdr.uint(20) .. reply:sub(1, 20), xdr.record(reply:sub(21)) }
	end)
	check.equal((rpc.Helper.RpcInfo({ ip = "10.0.0.1" }, { number = 111, protocol = "tcp" })), true)
	check.equal({ rpc.parse_address "10.0.0.1.255.255" }, { "10.0.0.1", 65535 })
	check.equal({ rpc.parse_address "10.0.0.1.1.256" }, { "10.0.0.1.1.256", nil })
end

return T
