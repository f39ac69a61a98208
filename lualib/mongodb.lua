--- mongodb: commands to MongoDB, without a login: BSON (bsonspec.org), OP_MSG, and OP_QUERY
-- for servers before 3.6.
--   local status, answer = mongodb.serverStatus(socket)     -- a table as the server orders it
--   local status, answer = mongodb.command(socket, "admin", { { "listDatabases", 1 } })
-- Functions over sockets give true and a table, or false and why not.

local bytestream = require "bytestream"
local cut = require "cut"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, math, pairs, string, table, tostring, type = ipairs, math, pairs, string, table, tostring, type

local M = {}

local opcodes = { reply = 1, query = 2004, msg = 2013 }
local depth_max, elements_max, message_max = 16, 20000, 16777216
-- What isMaster says of 3.6, the first with OP_MSG.
local wire_version_of_msg = 6

-- BSON, out ----------------------------------------------------------------------

local encode_document

local encoders = {
	boolean = function(value) return "\x08", value and "\1" or "\0" end,
	string = function(value) return "\x02", string.pack("<s4", value .. "\0") end,
	number = function(value)
		if math.type(value) == "float" then
			return "\x01", string.pack("<d", value)
		elseif value >= -0x80000000 and value < 0x80000000 then
			return "\x10", string.pack("<i4", value)
		end
		return "\x12", string.pack("<i8", value)
	end,
	table = function(value) return "\x03", encode_document(value) end,
}

-- A list of {name, value}, or a table in any order.
function encode_document(document)
	local pairs_of, out = document, {}
	if document[1] == nil then
		pairs_of = {}
		for name, value in pairs(document) do
			pairs_of[#pairs_of + 1] = { name, value }
		end
	end
	for _, pair in ipairs(pairs_of) do
		local kind, bytes = encoders[type(pair[2])](pair[2])
		out[#out + 1] = kind .. pair[1] .. "\0" .. bytes
	end
	local content = table.concat(out)
	return string.pack("<I4", #content + 5) .. content .. "\0"
end

--- true and the bytes of a document: a list of {name, value}, or a table. false and why not.
function M.toBson(document)
	if type(document) ~= "table" then
		return false, "no table"
	end
	return true, encode_document(document)
end

-- BSON, in -----------------------------------------------------------------------

local decode_document

local function fixed(format, convert)
	return function(bytes, at)
		local value, after = cut.unpack(format, bytes, at)
		return value and convert and convert(value) or value, after
	end
end

-- A text with its length and a NUL at its end.
local function text(bytes, at)
	local value, after = cut.unpack("<s4", bytes, at)
	if not value or value == "" then
		return nil
	end
	return value:sub(1, -2), after
end

local function binary(bytes, at)
	if at + 4 > #bytes then
		return nil
	end
	local length = string.unpack("<I4", bytes, at)
	if at + 4 + length > #bytes then
		return nil
	end
	return stdnse.tohex(bytes:sub(at + 5, at + 4 + length)), at + 5 + length
end

-- A document's length counts itself and the NUL at the end.
local function inner(list)
	return function(bytes, at, state)
		if at + 3 > #bytes then
			return nil
		end
		local length = string.unpack("<I4", bytes, at)
		if length < 5 or at + length - 1 > #bytes then
			return nil
		end
		return decode_document(bytes:sub(at + 4, at + length - 2), list, state), at + length
	end
end

local function nothing(value)
	return function(_, at) return value, at end
end

local function boolean(bytes, at)
	local byte = bytes:byte(at)
	if not byte then
		return nil
	end
	return byte ~= 0, at + 1
end

local function cstring(bytes, at)
	local ending = bytes:find("\0", at, true)
	if not ending then
		return nil
	end
	return bytes:sub(at, ending - 1), ending + 1
end

local function regular_expression(bytes, at)
	local pattern, options
	pattern, at = cstring(bytes, at)
	if not pattern then
		return nil
	end
	options, at = cstring(bytes, at)
	return options and "/" .. pattern .. "/" .. options, at
end

local decoders = {
	[0x01] = fixed "<d", [0x02] = text, [0x03] = inner(false), [0x04] = inner(true), [0x05] = binary,
	[0x06] = nothing "undefined", [0x07] = fixed("c12", stdnse.tohex), [0x08] = boolean, [0x09] = fixed "<i8",
	[0x0a] = nothing "null", [0x0b] = regular_expression, [0x0d] = text, [0x0e] = text, [0x10] = fixed "<i4",
	[0x11] = fixed("<I8", function(value) return string.format("%d.%d", value >> 32, value & 0xffffffff) end),
	[0x12] = fixed "<i8", [0x13] = fixed("c16", stdnse.tohex), [0xff] = nothing "minkey", [0x7f] = nothing "maxkey",
}

function decode_document(content, list, state)
	local out, at = list and {} or stdnse.output_table(), 1
	state.depth = state.depth + 1
	while at <= #content do
		local kind, name, value = decoders[content:byte(at)], nil, nil
		name, at = cstring(content, at + 1)
		state.elements = state.elements + 1
		if not name or not kind or state.depth > depth_max or state.elements > elements_max then
			return nil
		end
		value, at = kind(content, at, state)
		if value == nil then
			return nil
		end
		if list then
			out[state.zero_based and #out + (out[0] == nil and 0 or 1) or #out + 1] = value
		else
			out[name] = value
		end
	end
	state.depth = state.depth - 1
	return out
end

--- true and the table of a document's bytes, and the position behind it; false and why not.
-- With `zero_based`, arrays begin at 0 as in BSON.
function M.fromBson(bytes, at, zero_based)
	local document, after = decoders[0x03](bytes, at or 1, { depth = 0, elements = 0, zero_based = zero_based })
	if not document then
		return false, "broken BSON"
	end
	return true, document, after
end

-- Messages -----------------------------------------------------------------------

local function message(opcode, content, id)
	return string.pack("<I4I4I4I4", #content + 16, id or 1, 0, opcode) .. content
end

--- A command as OP_QUERY of a database's collection $cmd.
function M.buildQuery(database, command, id)
	return message(opcodes.query, string.pack("<I4zI4i4", 0, database .. ".$cmd", 0, -1) .. encode_document(command), id)
end

--- A command as OP_MSG.
function M.buildMsg(database, command, id)
	local document = {}
	for i, pair in ipairs(command) do
		document[i] = pair
	end
	document[#document + 1] = { "$db", database }
	return message(opcodes.msg, "\0\0\0\0\0" .. encode_document(document), id)
end

--- The document of an answer without its header of 16 bytes.
function M.parseAnswer(opcode, content, zero_based)
	if opcode == opcodes.reply then
		return M.fromBson(content, 21, zero_based)
	elseif opcode == opcodes.msg and content:byte(5) == 0 then
		return M.fromBson(content, 6, zero_based)
	end
	return false, "not MongoDB"
end

local function rest_of(head)
	local length, _, _, opcode = string.unpack("<I4I4I4I4", head)
	if length < 36 and opcode ~= opcodes.msg or length < 26 or length > message_max then
		return nil, "not MongoDB"
	end
	return length - 16
end

local function exchange(socket, data, zero_based)
	local head, content = bytestream.wrap(socket, { most = message_max }):ask(data, 16, rest_of)
	if not head then
		return false, content
	end
	local status, document = M.parseAnswer(string.unpack("<I4", head, 13), content, zero_based)
	return status, document
end

--- Sends a message and reads the document of its answer; its arrays begin at 0, as scripts
-- expect. Commands below give ordinary lists.
function M.query(socket, data)
	return exchange(socket, data, true)
end

-- Commands -----------------------------------------------------------------------

--- What every server says to everybody: wire versions, whether it is a primary.
function M.isMaster(socket)
	return exchange(socket, M.buildQuery("admin", { { "isMaster", 1 } }))
end

--- A command (a list of {name, value}, its own name first) in the way that the server speaks.
-- Its `master` is what isMaster said, if that is known.
function M.command(socket, database, command, master)
	local status = true
	if not master then
		status, master = M.isMaster(socket)
	end
	if not status then
		return false, master
	end
	local wire = math.type(master.maxWireVersion) and master.maxWireVersion or 0
	local build = wire >= wire_version_of_msg and M.buildMsg or M.buildQuery
	local answer
	status, answer = exchange(socket, build(database, command, 2))
	if status and (answer.errmsg or answer["$err"]) then
		return false, tostring(answer.errmsg or answer["$err"]), answer
	end
	return status, answer
end

function M.buildInfo(socket, master)
	return M.command(socket, "admin", { { "buildInfo", 1 } }, master)
end

function M.serverStatus(socket, master)
	return M.command(socket, "admin", { { "serverStatus", 1 } }, master)
end

function M.listDbs(socket, master)
	return M.command(socket, "admin", { { "listDatabases", 1 } }, master)
end

--- true and the messages of these commands, for query().
function M.buildInfoQuery(id)
	return true, M.buildQuery("admin", { { "buildInfo", 1 } }, id)
end

function M.serverStatusQuery(id)
	return true, M.buildQuery("admin", { { "serverStatus", 1 } }, id)
end

function M.listDbQuery(id)
	return true, M.buildQuery("admin", { { "listDatabases", 1 } }, id)
end

--- An answer as lines for stdnse.format_output(): a table is its name and a list behind it.
function M.queryResultToTable(answer)
	local lines = {}
	for name, value in pairs(answer) do
		if type(value) == "table" then
			lines[#lines + 1] = tostring(name)
			lines[#lines + 1] = M.queryResultToTable(value)
		else
			lines[#lines + 1] = tostring(name) .. " = " .. tostring(value)
		end
	end
	return lines
end

return strict(M)
