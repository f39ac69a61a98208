--- imap: what an IMAP server (RFC 9051, RFC 3501) can do.
--   local capabilities = imap.capabilities(host, port)    -- { IMAP4rev1 = true, ... }
--   local conn = imap.connect(host, port); conn:query "NOOP"; conn:close()

local lineclient = require "lineclient"
local strict = require "strict"
local pairs, setmetatable, string = pairs, setmetatable, string

local M = {}

local Connection = {}
Connection.__index = Connection

--- Sends a command; true and the answer's lines, the tagged one last (whose first word after the tag is
-- then the third value: OK, NO or BAD); false and the error.
function Connection:query(command)
	self.number = self.number + 1
	local tag = string.format("A%04d", self.number)
	local lines, err = self.conn:ask(tag .. " " .. command, function(line)
		return line:sub(1, #tag + 1) == tag .. " "
	end)
	if not lines then
		return false, err
	end
	return true, lines, lines[#lines]:match "^%S+ (%a+)"
end

--- Goes on in TLS; true, or false and why not.
function Connection:starttls()
	local ok, lines, status = self:query "STARTTLS"
	if not ok or status ~= "OK" then
		return false, ok and lines[#lines] or lines
	end
	return self.conn:starttls()
end

function Connection:close()
	self:query "LOGOUT"
	self.conn:close()
end

local function is_greeting(line)
	return line:find "^%* " ~= nil
end

--- Connects and takes the greeting (its field greeting); nil and why not.
function M.connect(host, port, options)
	local conn, greeting = lineclient.greeted(host, port, options, is_greeting, "no IMAP server")
	if not conn then
		return nil, greeting
	end
	return setmetatable({ conn = conn, number = 0, greeting = greeting, tls = conn.tls }, Connection)
end

--- The capabilities that lines name, in their order, each once: after "* CAPABILITY", or in brackets.
function M.parse_capabilities(lines)
	local out, seen = {}, {}
	for _, line in pairs(lines) do
		local list = line:match "^%* CAPABILITY (.*)$" or line:match "%[CAPABILITY ([^%]]*)%]"
		for name in (list or ""):gmatch "%S+" do
			if not seen[name] and #out < 200 then
				seen[name] = true
				out[#out + 1] = name
			end
		end
	end
	return out
end

--- The capabilities as an array; nil and why not.
function M.capability_list(host, port, options)
	local conn, err = M.connect(host, port, options)
	if not conn then
		return nil, err
	end
	local ok, lines = conn:query "CAPABILITY"
	local tls = conn.tls
	conn:close()
	if not ok then
		return nil, lines
	end
	return M.parse_capabilities(lines), nil, tls
end

local function keys_of(list)
	local out = {}
	for _, name in pairs(list) do
		out[name] = true
	end
	return out
end

--- The same as a table with the names for keys.
function M.capabilities(host, port)
	local list, err = M.capability_list(host, port)
	if not list then
		return nil, err
	end
	return keys_of(list)
end

--- The same as an object: Helper:new(host, port), connect(), capabilities(), login(user, password),
-- close(). Methods give true and a result, or false and why not.
M.Helper = {}
M.Helper.__index = M.Helper

function M.Helper.new(class, host, port, options)
	return setmetatable({ host = host, port = port, options = options }, class)
end

function M.Helper:connect()
	local conn, err = M.connect(self.host, self.port, self.options)
	self.conn = conn
	return conn ~= nil, err
end

function M.Helper:capabilities()
	local ok, lines = self.conn:query "CAPABILITY"
	if not ok then
		return false, lines
	end
	return true, keys_of(M.parse_capabilities(lines))
end

local function quoted(text)
	return '"' .. text:gsub('[\\"]', "\\%0"):gsub("[\r\n]", "") .. '"'
end

function M.Helper:login(user, password)
	local ok, lines, status = self.conn:query("LOGIN " .. quoted(user) .. " " .. quoted(password))
	return ok and status == "OK", ok and lines[#lines] or lines
end

function M.Helper:close()
	if self.conn then
		self.conn:close()
	end
	return true
end

return strict(M)
