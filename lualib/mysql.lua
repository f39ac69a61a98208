--- mysql: the client's side of MySQL's protocol (dev.mysql.com, "Client/Server Protocol"):
-- greeting, login with a password of the "native" kind, queries in text.
--   local status, greeting = mysql.receiveGreeting(socket)
--   local status, response = mysql.loginRequest(socket, { authversion = "post41" }, user, password, greeting.salt)
--   local status, result = mysql.sqlQuery(socket, "SHOW DATABASES")
-- Functions over sockets give true and what they read, or false and why not.

local bytestream = require "bytestream"
local strict = require "strict"
local tab = require "tab"
local ipairs, pcall, require, select, string, table = ipairs, pcall, require, select, string, table

local M = {}

--- Capabilities of a server, by name.
M.Capabilities = {
	LongPassword = 0x1, FoundRows = 0x2, LongColumnFlag = 0x4, ConnectWithDatabase = 0x8,
	DontAllowDatabaseTableColumn = 0x10, SupportsCompression = 0x20, ODBCClient = 0x40,
	SupportsLoadDataLocal = 0x80, IgnoreSpaceBeforeParenthesis = 0x100, Speaks41ProtocolNew = 0x200,
	InteractiveClient = 0x400, SwitchToSSLAfterHandshake = 0x800, IgnoreSigpipes = 0x1000,
	SupportsTransactions = 0x2000, Speaks41ProtocolOld = 0x4000, Support41Auth = 0x8000,
}

--- The second half of them.
M.ExtCapabilities = { SupportsMultipleStatments = 0x1, SupportsMultipleResults = 0x2, SupportsAuthPlugins = 0x8 }

M.Charset = { latin1_COLLATE_latin1_swedish_ci = 0x8, utf8_COLLATE_utf8_general_ci = 0x21 }

M.ServerStatus = { InTransaction = 0x1, AutoCommit = 0x2, MoreResults = 0x8 }

local rows_max, columns_max = 10000, 1000
local packet_max = 1048576

-- Packets ------------------------------------------------------------------------

-- A packet: three bytes of length, its number, the content.
local function build_packet(number, content)
	return string.pack("<I3B", #content, number) .. content
end

local function rest_of(head)
	local length = string.unpack("<I3", head)
	if length > packet_max then
		return nil, "packet too long"
	end
	return length
end

-- The next packet's content and number; nil and why.
local function read_packet(stream)
	local head, content = stream:framed(4, rest_of)
	if not head then
		return nil, content
	end
	return content, head:byte(4)
end

-- A text up to NUL, or to the end, and the position behind it.
local function text_at(content, at)
	local ending = content:find("\0", at, true)
	return content:sub(at, (ending or #content + 1) - 1), (ending or #content) + 1
end

--- An error packet's code and text.
function M.parseError(content)
	if content:byte(1) ~= 0xff or #content < 3 then
		return nil
	end
	local text = content:sub(4)
	return { errorcode = string.unpack("<I2", content, 2), errormessage = (text:gsub("^#.....", "")) }
end

-- A length-encoded number, and the position behind it; nil for NULL (0xfb) and at the end.
local function number_at(content, at)
	local first = content:byte(at)
	if not first or first == 0xfb or first == 0xff then
		return nil, at + 1
	elseif first < 0xfb then
		return first, at + 1
	end
	local size = ({ [0xfc] = 2, [0xfd] = 3, [0xfe] = 8 })[first]
	if at + size > #content then
		return nil, #content + 1
	end
	return (string.unpack("<I" .. size, content, at + 1)), at + 1 + size
end

-- Greeting -----------------------------------------------------------------------

-- What follows the capabilities of a server since 4.1 (HandshakeV10).
local function parse_extended(content, at, greeting)
	local auth_length
	greeting.charset, greeting.status, greeting.extcapabilities, auth_length = string.unpack("<BI2I2B", content, at)
	at = at + 16
	if greeting.capabilities & M.Capabilities.Support41Auth ~= 0 then
		local length = auth_length > 21 and auth_length - 8 or 13
		greeting.salt = greeting.salt .. content:sub(at, at + length - 1):match "^[^\0]*"
		at = at + length
	end
	if greeting.extcapabilities & M.ExtCapabilities.SupportsAuthPlugins ~= 0 then
		greeting.auth_plugin_name = text_at(content, at)
	end
end

--- A greeting's fields: proto, version, threadid, and of protocol 10 salt, capabilities,
-- extcapabilities, charset, status, auth_plugin_name; of an error errorcode and
-- errormessage. nil if it is neither.
function M.parseGreeting(content)
	if content:byte(1) == 0xff then
		return M.parseError(content)
	end
	local version, at = text_at(content, 2)
	if #content < 7 or #version == 0 or #version > 255 or version:find "[^\32-\126]" or at + 3 > #content then
		return nil
	end
	local greeting = { proto = content:byte(1), version = version, threadid = string.unpack("<I4", content, at) }
	at = at + 4
	if greeting.proto == 10 and at + 10 <= #content then
		greeting.salt = content:sub(at, at + 7)
		greeting.capabilities = string.unpack("<I2", content, at + 9)
		if at + 26 <= #content then
			parse_extended(content, at + 11, greeting)
		end
	end
	return greeting
end

--- What a server says first.
function M.receiveGreeting(socket)
	local content, number = read_packet(bytestream.wrap(socket, { most = packet_max + 4 }))
	if not content then
		return false, number
	end
	local greeting = number == 0 and M.parseGreeting(content)
	if not greeting then
		return false, "not MySQL"
	elseif greeting.errorcode then
		return false, greeting.errormessage
	end
	greeting.errorcode = 0
	return true, greeting
end

-- Login --------------------------------------------------------------------------

local function exclusive_or(one, other)
	local out = {}
	for i = 1, #one do
		out[i] = string.char(one:byte(i) ~ other:byte(i))
	end
	return table.concat(out)
end

-- "mysql_native_password": SHA1(password) xor SHA1(salt .. SHA1(SHA1(password))).
local function scramble(password, salt)
	local there, openssl = pcall(require, "openssl")
	if password == "" or not there then
		return ""
	end
	local once = openssl.sha1(password)
	return exclusive_or(once, openssl.sha1(salt .. openssl.sha1(once)))
end

--- A login (HandshakeResponse41) for a greeting's salt of 20 bytes.
function M.buildLogin(username, password, salt)
	local C = M.Capabilities
	local flags = C.LongPassword | C.LongColumnFlag | C.Speaks41ProtocolNew | C.SupportsTransactions | C.Support41Auth |
		M.ExtCapabilities.SupportsAuthPlugins << 16
	return string.pack("<I4I4B", flags, packet_max, M.Charset.latin1_COLLATE_latin1_swedish_ci) ..
		string.rep("\0", 23) .. username .. "\0" .. string.pack("s1", scramble(password, salt)) ..
		"mysql_native_password\0"
end

--- What an OK tells: affectedrows, serverstatus, warnings; its errorcode is 0.
function M.parseOk(content)
	local rows, at = number_at(content, 2)
	at = select(2, number_at(content, at))
	local status, warnings
	if at + 3 <= #content then
		status, warnings = string.unpack("<I2I2", content, at)
	end
	return { errorcode = 0, affectedrows = rows, serverstatus = status, warnings = warnings }
end

--- OK, error, or another kind of password asked for (authswitch, with its salt).
function M.decodeResponse(content)
	local kind = content:byte(1)
	if kind == 0xff then
		return false, M.parseError(content) or { errormessage = "broken error" }
	elseif kind == 0 then
		return true, M.parseOk(content)
	elseif kind == 0xfe then
		local plugin, at = text_at(content, 2)
		return false, { authswitch = plugin, salt = (content:sub(at):gsub("\0$", "")), errormessage = "asks for " .. plugin }
	end
	return false, { errormessage = "unknown answer" }
end

local function exchange(stream, number, content)
	local ok, why = stream:send(build_packet(number, content))
	if not ok then
		return false, { errormessage = why }
	end
	local answer
	answer, why = read_packet(stream)
	if not answer then
		return false, { errormessage = why }
	end
	return M.decodeResponse(answer)
end

--- Logs in. The response has errorcode and errormessage where that fails.
function M.loginRequest(socket, params, username, password, salt)
	if params and params.authversion ~= nil and params.authversion ~= "post41" then
		return false, { errormessage = "only logins since 4.1 are known" }
	end
	local stream = bytestream.wrap(socket, { most = packet_max })
	local ok, response = exchange(stream, 1, M.buildLogin(username, password or "", salt))
	if response.authswitch == "mysql_native_password" then
		return exchange(stream, 3, scramble(password or "", response.salt))
	end
	return ok, response
end

-- Queries ------------------------------------------------------------------------

-- A length-encoded text; cut where the packet ends.
local function string_at(content, at)
	local length, start = number_at(content, at)
	if not length or length < 0 then
		return nil, start
	end
	local last = length > #content and #content or start + length - 1
	return content:sub(start, last), last + 1
end

--- A column's description: catalog, database, table, orig_table, name, orig_name.
function M.decodeField(content)
	local field, at = {}, 1
	for _, name in ipairs { "catalog", "database", "table", "orig_table", "name", "orig_name" } do
		field[name], at = string_at(content, at)
	end
	return field
end

--- A row's values, false where they are NULL.
function M.decodeRow(content, columns)
	local row, at = {}, 1
	for i = 1, columns do
		local value
		value, at = string_at(content, at)
		row[i] = value or false
	end
	return row
end

local function is_end(content)
	return content:byte(1) == 0xfe and #content < 9
end

-- Packets up to an end marker.
local function read_until_end(stream, most, decode)
	local list = {}
	while #list < most do
		local content, why = read_packet(stream)
		if not content or content:byte(1) == 0xff then
			return nil, content and M.parseError(content).errormessage or why
		elseif is_end(content) then
			return list
		end
		list[#list + 1] = decode(content)
	end
	return nil, "too many rows"
end

--- The result of a query: {cols = {{name=}, ...}, rows = {{...}, ...}}.
function M.decodeQueryResponse(socket)
	local stream = socket.read and socket.fill and socket or bytestream.wrap(socket, { most = 8 * packet_max })
	local content, why = read_packet(stream)
	if not content then
		return false, why
	elseif content:byte(1) == 0xff then
		return false, (M.parseError(content) or { errormessage = "broken error" }).errormessage
	elseif content:byte(1) == 0 then
		return true, { cols = {}, rows = {} }
	end
	local columns = number_at(content, 1)
	if not columns or columns < 1 or columns > columns_max then
		return false, "not a result"
	end
	local result = {}
	result.cols, why = read_until_end(stream, columns + 1, M.decodeField)
	if not result.cols then
		return false, why
	end
	result.rows, why = read_until_end(stream, rows_max, function(row) return M.decodeRow(row, columns) end)
	return result.rows ~= nil, result.rows and result or why
end

--- Asks; the result as of decodeQueryResponse.
function M.sqlQuery(socket, query)
	local ok, why = socket:send(build_packet(0, "\3" .. query))
	if not ok then
		return false, why
	end
	return M.decodeQueryResponse(bytestream.wrap(socket, { most = 8 * packet_max }))
end

--- A result as a table of text. Options: noheaders.
function M.formatResultset(result, options)
	local out, names = tab.new(#result.cols), {}
	for i, column in ipairs(result.cols) do
		names[i] = column.name or ""
	end
	if not (options and options.noheaders) then
		tab.addrow(out, names)
	end
	for _, row in ipairs(result.rows) do
		local cells = {}
		for i = 1, #names do
			cells[i] = row[i] or "NULL"
		end
		tab.addrow(out, cells)
	end
	return tab.dump(out)
end

return strict(M)
