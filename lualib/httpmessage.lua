--- httpmessage: HTTP/1.1 messages (RFC 9112) as text and tables, cookies (RFC
-- 6265), and whether and where a redirect is to be followed (RFC 9110, 15.4).
-- No sockets: what talks to servers hands bytes in.

local strict = require "strict"
local url = require "url"
local ipairs, setmetatable, string, table, tonumber = ipairs, setmetatable, string, table, tonumber

local M = {}

-- Servers are not trusted with our memory.
M.HEADERS_MAX = 500
M.BODY_MAX = 10 * 1024 * 1024

--- "HTTP/1.1 200 OK": {version, status, reason, line}; nil if it is none.
function M.parse_status_line(line)
	local version, status, reason = line:match("^HTTP/(%d+%.%d+) +(%d%d%d) *(.-)\r?$")
	if not version then
		return nil
	end
	return { version = version, status = tonumber(status), reason = reason, line = (line:gsub("\r$", "")) }
end

-- Patterns that trim both ends at once take the square of a long run of blanks.
local function trim(text)
	local from = text:find("%S")
	return from and text:match(".*%S", from) or ""
end

-- Header lines, those that begin with a blank joined to the one before.
local function unfolded_lines(text)
	local lines = {}
	for line in (text:gsub("\r?\n[ \t]+", " ") .. "\n"):gmatch("([^\n]*)\n") do
		line = trim(line)
		if line ~= "" then
			lines[#lines + 1] = line
		end
	end
	return lines
end

-- "name = value" at the first "="; nil if there is none.
local function name_and_value(text)
	local equals = text:find("=", 1, true)
	if not equals then
		return nil
	end
	return trim(text:sub(1, equals - 1)), trim(text:sub(equals + 1))
end

--- Header lines as a table by lower-case name; those that come again are joined
-- by ", " but of Set-Cookie a list is made, too. Also a list of the raw lines.
-- What has no colon is passed over.
function M.parse_headers(text)
	local headers, raw, cookies = {}, {}, {}
	for i, line in ipairs(unfolded_lines(text)) do
		local name, value = line:match("^([^%s:]+)%s*:(.*)$")
		if i > M.HEADERS_MAX then
			break
		end
		raw[#raw + 1] = line
		if name then
			name, value = name:lower(), trim(value)
			headers[name] = headers[name] and headers[name] .. ", " .. value or value
			cookies[#cookies + 1] = name == "set-cookie" and value or nil
		end
	end
	return headers, raw, cookies
end

--- The end of a message's head in what has come so far: where the head ends and
-- the body begins; nil as long as it is not there.
function M.find_body(text)
	local last, body = text:match("()\r?\n\r?\n()")
	if not last then
		return nil
	end
	return last - 1, body
end

local attributes = { path = true, domain = true, expires = true, ["max-age"] = true, samesite = true }

--- One Set-Cookie value: {name, value, path, domain, ...}; secure and httponly are ""
-- where they are set; nil if it has no name. Quotes belong to the value.
function M.parse_set_cookie(text)
	local first, rest = text:match("^([^;]*);?(.*)$")
	local name, value = name_and_value(first)
	if not name or name == "" then
		return nil
	end
	local cookie = { name = name, value = value }
	for attribute in rest:gmatch("[^;]+") do
		local key, content = name_and_value(attribute)
		key = (key or trim(attribute)):lower()
		if key == "secure" or key == "httponly" then
			cookie[key] = ""
		elseif attributes[key] then
			cookie[key] = content or ""
		end
	end
	return cookie
end

--- Whether a cookie goes with a request for a path (RFC 6265, 5.1.4).
function M.cookie_matches(cookie, path)
	local prefix = cookie.path
	if not prefix or prefix == "" or prefix == "/" or prefix == path then
		return true
	end
	return path:sub(1, #prefix) == prefix and (prefix:sub(-1) == "/" or path:sub(#prefix + 1, #prefix + 1) == "/")
end

--- The Cookie header's value for a path; nil when none goes.
function M.cookie_header(cookies, path)
	local out = {}
	for _, cookie in ipairs(cookies) do
		if M.cookie_matches(cookie, path) then
			out[#out + 1] = cookie.name .. "=" .. cookie.value
		end
	end
	return #out > 0 and table.concat(out, "; ") or nil
end

--- The head of a response: {version, status, reason, ["status-line"], header,
-- rawheader, cookies}; nil if it does not begin as one.
function M.parse_response_head(text)
	local line, rest = text:match("^(.-)\r?\n(.*)$")
	local status = M.parse_status_line(line or text)
	if not status then
		return nil
	end
	local headers, raw, set_cookies = M.parse_headers(rest or "")
	local response = { version = status.version, status = status.status, reason = status.reason,
		["status-line"] = status.line, header = headers, rawheader = raw, cookies = {} }
	for _, value in ipairs(set_cookies) do
		response.cookies[#response.cookies + 1] = M.parse_set_cookie(value)
	end
	return response
end

--- How the body of a response to `method` is delimited (RFC 9112, 6.3): "none";
-- "chunked"; "length" and how many bytes; "close".
function M.body_kind(response, method)
	local status = response.status
	if method == "HEAD" or status < 200 or status == 204 or status == 304 or
		method == "CONNECT" and status < 300 then
		return "none"
	end
	local coding = response.header["transfer-encoding"]
	if coding and coding:lower():match("chunked%s*$") then
		return "chunked"
	end
	local length = response.header["content-length"]
	-- "5, 5" is one length that came twice.
	length = length and length:match("^%s*(%d+)") or nil
	if not coding and length and #length < 16 then
		return "length", tonumber(length)
	end
	return "close"
end

--- A decoder of a chunked body (RFC 9112, 7.1) that is fed as bytes come:
-- decoder:feed(bytes) gives the data so far decoded from them; decoder.done, and
-- decoder.rest behind the end; decoder.failed says what is wrong, if anything.
local chunked = {}

function M.chunked_decoder()
	return setmetatable({ pending = "", at = 1, left = 0, state = "size", done = false, total = 0 }, { __index = chunked })
end

local chunk_line_max = 4096

-- The pending bytes up to the next line end; nil as long as there is none.
local function take_line(self)
	local last = self.pending:find("\n", self.at, true)
	if (last or #self.pending) - self.at > chunk_line_max then
		self.failed = "a line of the chunked body is too long"
		return nil
	elseif not last then
		return nil
	end
	local line = self.pending:sub(self.at, last - 1)
	self.at = last + 1
	return (line:gsub("\r$", ""))
end

local states = {}

function states.size(self)
	local line = take_line(self)
	local digits = line and line:match("^%s*(%x+)%s*;?")
	if not line then
		return false
	elseif not digits or #digits > 8 then
		self.failed = "a chunk's size is no number"
		return false
	end
	self.left = tonumber(digits, 16)
	self.state = self.left == 0 and "trailer" or "data"
	return true
end

function states.data(self, out)
	local piece = self.pending:sub(self.at, self.at + self.left - 1)
	out[#out + 1], self.left, self.total = piece, self.left - #piece, self.total + #piece
	self.at = self.at + #piece
	if self.total > M.BODY_MAX then
		self.failed = "the body is too large"
	elseif self.left == 0 then
		self.state = "ending"
		return true
	end
	return false
end

function states.ending(self)
	local line = take_line(self)
	if line and line ~= "" then
		self.failed = "a chunk is longer than it says"
	end
	self.state = line and "size" or "ending"
	return line ~= nil
end

function states.trailer(self)
	local line = take_line(self)
	if line == "" then
		self.done, self.rest, self.pending = true, self.pending:sub(self.at), ""
	end
	return line ~= nil
end

function chunked:feed(bytes)
	local out = {}
	self.pending, self.at = self.pending:sub(self.at) .. bytes, 1
	while not self.done and not self.failed and states[self.state](self, out) do
		-- the states do the work
	end
	return table.concat(out)
end

local interim_max = 16

-- Where the final response begins: behind the interim ones (1xx but 101).
local function behind_interim(text)
	local at = 1
	for _ = 1, interim_max do
		local status = text:match("^HTTP/%d+%.%d+ +(1%d%d)", at)
		local body = status and status ~= "101" and text:match("\n\r?\n()", at)
		if not body or body > #text then
			break
		end
		at = body
	end
	return at
end

--- A whole response that is in one text: as parse_response_head gives, with body
-- and rawbody, `truncated` when not all of it is there; and what is behind it. nil
-- if it is none. Interim (1xx) responses before it are passed over.
function M.parse_response(text, method)
	text = text:sub(behind_interim(text))
	local last, body = M.find_body(text)
	local response = M.parse_response_head(last and text:sub(1, last) or text)
	if not response then
		return nil
	elseif not last then
		response.body, response.truncated = "", true
		return response, ""
	end
	return M.parse_body(response, text:sub(body), method)
end

--- Gives a response its body out of the bytes behind its head.
function M.parse_body(response, bytes, method)
	local kind, length = M.body_kind(response, method)
	if kind == "none" then
		response.body, response.rawbody = "", ""
		return response, bytes
	elseif kind == "close" then
		response.body, response.rawbody = bytes, bytes
		return response, ""
	elseif kind == "length" then
		response.rawbody = bytes:sub(1, length)
		response.body, response.truncated = response.rawbody, #bytes < length or nil
		return response, bytes:sub(length + 1)
	end
	local decoder = M.chunked_decoder()
	response.body = decoder:feed(bytes)
	response.rawbody = response.body
	response.truncated = not decoder.done or nil
	return response, decoder.rest or ""
end

--- The text of a request. `headers` is a list of {name, value}; the length of a body is
-- added where they do not say one. Line ends in what is given would begin another
-- header: nil.
function M.build_request(method, target, headers, body)
	local lines = { string.format("%s %s HTTP/1.1", method, target) }
	local says_length = false
	for _, header in ipairs(headers) do
		lines[#lines + 1] = header[1] .. ": " .. header[2]
		says_length = says_length or header[1]:lower() == "content-length"
	end
	if body and not says_length then
		lines[#lines + 1] = "Content-Length: " .. #body
	end
	for _, line in ipairs(lines) do
		if line:find("[\r\n]") then
			return nil
		end
	end
	return table.concat(lines, "\r\n") .. "\r\n\r\n" .. (body or "")
end

local redirects = { [301] = true, [302] = true, [303] = true, [307] = true, [308] = true }

local function port_of(parsed)
	return parsed.port or url.get_default_port(parsed.scheme or "http")
end

--- Where a response wants us to go: the parsed URL (host, port, scheme, path with
-- query) and the method to use there; nil when it does not, or when that is
-- elsewhere than `base` (a URL's text) is and `anywhere` is not set.
function M.redirect(response, base, method, anywhere)
	local location = response.header.location
	if not redirects[response.status] or not location or location == "" or location:find("%c") then
		return nil
	end
	local from, to = url.parse(base), url.parse(url.absolute(base, location))
	if not from or not to or not to.host or to.scheme ~= "http" and to.scheme ~= "https" then
		return nil
	end
	to.port = port_of(to)
	if not anywhere and (to.host:lower() ~= from.host:lower() or to.port ~= port_of(from)) then
		return nil
	end
	to.path = (to.path or "/") .. (to.query and "?" .. to.query or "")
	local keeps = response.status == 307 or response.status == 308 or method == "GET" or method == "HEAD"
	return to, keeps and method or "GET"
end

return strict(M)
