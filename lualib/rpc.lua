--- rpc: questions to ONC RPC servers (RFC 5531): what the portmapper (RFC 1833) knows, what
-- mountd exports (RFC 1813, appendix I). rpc.Helper.RpcInfo(host, port), ShowMounts(host, port).

local bytestream = require "bytestream"
local nmap = require "nmap"
local rand = require "rand"
local stdnse = require "stdnse"
local strict = require "strict"
local xdr = require "xdr"
local ipairs, setmetatable, tonumber, tostring, type = ipairs, setmetatable, tonumber, tostring, type
local string, table = string, table

local M = {}

M.PROGRAMS = { portmapper = 100000, nfs = 100003, mountd = 100005 }

--- The lowest and the highest version of each that is spoken here. Scripts add programs of theirs.
M.RPC_version = {
	rpcbind = { min = 2, max = 4 }, portmapper = { min = 2, max = 4 }, nfs = { min = 1, max = 3 },
	mountd = { min = 1, max = 3 },
}

local fragments_max, reply_max, datagrams_max = 64, 1 << 20, 10

-- Results, in XDR ------------------------------------------------------------------

local protocol_names = { [6] = "tcp", [17] = "udp" }

-- A mapping of version 2: program, version, protocol, port.
local function read_mapping(bytes, at)
	local program, version, protocol, port = nil, nil, nil, nil
	program, at = xdr.read_uint(bytes, at)
	version, at = xdr.read_uint(bytes, at)
	protocol, at = xdr.read_uint(bytes, at)
	port, at = xdr.read_uint(bytes, at)
	if not port then
		return nil, at
	end
	return { program = program, version = version, port = port,
		protocol = protocol_names[protocol] or tostring(protocol) }, at
end

--- An address of versions 3 and 4: "10.0.0.1.0.111" as address and port; others as they are.
function M.parse_address(text)
	local address, high, low = text:match("^(.*)%.(%d+)%.(%d+)$")
	high, low = tonumber(high), tonumber(low)
	if not address or not high or high > 255 or low > 255 then
		return text, nil
	end
	return address, high << 8 | low
end

local function read_address_entry(bytes, at)
	local entry, address = {}, nil
	entry.program, at = xdr.read_uint(bytes, at)
	entry.version, at = xdr.read_uint(bytes, at)
	entry.protocol, at = xdr.read_opaque(bytes, at, 255)
	if not entry.protocol then
		return nil, at
	end
	address, at = xdr.read_opaque(bytes, at, 255)
	if not address then
		return nil, at
	end
	entry.owner, at = xdr.read_opaque(bytes, at, 255)
	entry.addr, entry.port = M.parse_address(address)
	return entry.owner and entry, at
end

--- What a dump lists: {program, version, protocol, port, addr, owner} each; nil if it is broken.
-- Addresses and owners are told from version 3 on.
function M.read_dump(bytes, at, version)
	return (xdr.read_chain(bytes, at, version == 2 and read_mapping or read_address_entry))
end

local function read_name(bytes, at)
	return xdr.read_opaque(bytes, at, 1024)
end

local function read_export(bytes, at)
	local name, groups = nil, nil
	name, at = read_name(bytes, at)
	if not name then
		return nil, at
	end
	groups, at = xdr.read_chain(bytes, at, read_name)
	if not groups then
		return nil, at
	end
	groups.name = name
	return groups, at
end

--- Exports: a list of tables, the folder as `name`, who may mount it as the items.
function M.read_exports(bytes, at)
	return (xdr.read_chain(bytes, at, read_export))
end

--- A dump by program and protocol: {[100000] = {tcp = {version = {2, 3}, port =, addr =, owner =}}}.
function M.group(entries)
	local programs = {}
	for _, entry in ipairs(entries) do
		programs[entry.program] = programs[entry.program] or {}
		local of_program = programs[entry.program]
		of_program[entry.protocol] = of_program[entry.protocol] or
			{ version = {}, port = entry.port, addr = entry.addr, owner = entry.owner }
		local versions = of_program[entry.protocol].version
		if not stdnse.contains(versions, entry.version) then
			versions[#versions + 1] = entry.version
		end
		table.sort(versions)
	end
	return programs
end

-- Calls ---------------------------------------------------------------------------

local comm = {}
comm.__index = comm
M.Comm = comm

--- Talks to one version of one program: Comm:new("mountd", 3).
function comm.new(class, program, version)
	return setmetatable({ program = M.PROGRAMS[program] or program, version = version }, class)
end

local function protocol_of(port)
	return type(port) == "table" and port.protocol or "tcp"
end

--- true, or false and why not. `port`: a table with number and protocol.
function comm:Connect(host, port, timeout)
	local why, wait = nil, timeout or stdnse.get_timeout(host, 6000, 2000)
	if protocol_of(port) == "udp" then
		self.datagrams = nmap.new_socket("udp")
		self.datagrams:set_timeout(wait)
		return self.datagrams:connect(host, port, "udp")
	end
	self.stream, why = bytestream.open(host, port, { timeout = wait, most = 2 * reply_max })
	return self.stream ~= nil, why
end

function comm:Disconnect()
	return (self.stream or self.datagrams):close()
end

-- A message of fragments, of a bounded number and size.
local function receive_record(from)
	local parts, total = {}, 0
	for i = 1, fragments_max do
		local mark = from:read(4)
		if not mark then
			return nil
		end
		local length, last = xdr.read_record_mark(mark)
		total = total + length
		parts[i] = total <= reply_max and from:read(length) or nil
		if not parts[i] then
			return nil
		elseif last then
			return table.concat(parts)
		end
	end
	return nil
end

function comm:receive(xid)
	for _ = 1, datagrams_max do
		local bytes, ok = nil, nil
		if self.stream then
			bytes = receive_record(self.stream)
		else
			ok, bytes = self.datagrams:receive()
			bytes = ok and bytes or nil
		end
		if not bytes then
			return nil
		end
		local reply, at = xdr.read_rpc_reply(bytes)
		if reply and reply.xid == xid then
			return reply, bytes, at
		end
	end
end

--- Calls a procedure: the reply (xdr.read_rpc_reply), the bytes and where its results begin; nil
-- when none came.
function comm:Call(procedure, arguments)
	local xid = string.unpack(">I4", rand.random_string(4))
	local call = xdr.rpc_call({ xid = xid, program = self.program, version = self.version, procedure = procedure },
		arguments)
	for _ = 1, self.stream and 1 or 2 do
		local sent = self.stream and self.stream:send(xdr.record(call)) or
			self.datagrams and self.datagrams:send(call)
		local reply, bytes, at = nil, nil, nil
		if sent then
			reply, bytes, at = self:receive(xid)
		end
		if reply then
			return reply, bytes, at
		end
	end
end

-- One call on a connection of its own: bytes and position of the results; nil and the reply when
-- it was refused.
local function call_once(host, port, program, version, procedure, arguments)
	local client = comm:new(program, version)
	if not client:Connect(host, port) then
		return nil
	end
	local reply, bytes, at = client:Call(procedure, arguments)
	client:Disconnect()
	if reply and reply.accepted and reply.accept_status == 0 then
		return bytes, at
	end
	return nil, reply
end

local helper = {}
M.Helper = helper

-- Version 4 tells most; who does not know it says which versions there are.
local function dump(host, port)
	for _, version in ipairs { 4, 3, 2 } do
		local bytes, at = call_once(host, port, "portmapper", version, 4)
		local entries = bytes and M.read_dump(bytes, at, version)
		if entries then
			return entries
		elseif not bytes and not at then
			return nil
		end
	end
end

--- What the portmapper at a port (111) knows: true and a table (see group()); false and why not.
function helper.RpcInfo(host, port)
	local entries = dump(host, port or { number = 111, protocol = "tcp" })
	if not entries then
		return false, "The portmapper did not tell"
	end
	return true, M.group(entries)
end

--- The port of a program ("mountd" or a number): true, {number =, protocol =}, its versions.
function helper.GetPortForProgram(host, program, port)
	local ok, programs = helper.RpcInfo(host, port)
	local found = ok and programs[M.PROGRAMS[program] or program]
	local of_program = found and (found.tcp or found.udp)
	if not of_program or not of_program.port or of_program.port > 65535 then
		return false, "The portmapper does not know the program"
	end
	return true, { number = of_program.port, protocol = found.tcp and "tcp" or "udp" }, of_program.version
end

--- What mountd exports: true and a list (see read_exports()); false and why not. `port`: that of
-- the portmapper, or of mountd itself.
function helper.ShowMounts(host, port)
	local found, mountd = helper.GetPortForProgram(host, "mountd", port and port.number == 111 and port or nil)
	for _, version in ipairs { 3, 1 } do
		local bytes, at = call_once(host, found and mountd or port, "mountd", version, 5)
		local exports = bytes and M.read_exports(bytes, at)
		if exports then
			return true, exports
		end
	end
	return false, "mountd did not tell"
end

return strict(M)
