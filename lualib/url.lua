--- url: RFC 3986, and the host names of RFC 3492 where IDN is asked for.

local strict = require "strict"
local ipairs, pairs, tonumber, tostring, type = ipairs, pairs, tonumber, tostring, type
local string, table, utf8 = string, table, utf8

local M = {}

local ports = {
	http = 80, https = 443, ftp = 21, ftps = 990, ssh = 22, telnet = 23, ldap = 389, ldaps = 636,
	rtsp = 554, imap = 143, imaps = 993, pop3 = 110, pop3s = 995, smtp = 25, sip = 5060, sips = 5061,
	mysql = 3306, redis = 6379, ws = 80, wss = 443,
}
local schemes = {}
for scheme, port in pairs(ports) do
	schemes[port] = schemes[port] or scheme
end
schemes[80], schemes[443] = "http", "https"

--- The port of a scheme; nil if it is not known.
function M.get_default_port(scheme)
	return type(scheme) == "string" and ports[scheme:lower()] or nil
end

--- The scheme of a port (number or a port table); nil if it is not known.
function M.get_default_scheme(port)
	return schemes[type(port) == "table" and port.number or port]
end

local function escaped_byte(c)
	return string.format("%%%02x", string.byte(c))
end

--- Everything but letters, digits and -._~ as %hh.
function M.escape(text)
	return (string.gsub(text, "[^%w%-._~]", escaped_byte))
end

local function byte_of(digits)
	return string.char(tonumber(digits, 16))
end

--- Each %hh as the byte it stands for; a "%" without digits stays.
function M.unescape(text)
	return (string.gsub(text, "%%(%x%x)", byte_of))
end

-- What a path segment may hold besides letters and digits: pchar, RFC 3986.
local function escape_segment(text)
	return (string.gsub(text, "[^%w%-._~!$&'()*+,;=:@]", escaped_byte))
end

-- "user:pass@host:port" into fields of `parsed`.
local function parse_authority(authority, parsed)
	local userinfo, hostport = authority:match("^(.*)@(.*)$")
	if userinfo then
		parsed.userinfo = userinfo
		parsed.user, parsed.password = userinfo:match("^([^:]*):(.*)$")
		parsed.user = parsed.user or userinfo
	end
	hostport = hostport or authority
	local host, port = hostport:match("^(%[[^%]]*%]):?(%d*)$")
	if not host then
		host, port = hostport:match("^(.-):(%d*)$")
	end
	host = host or hostport
	parsed.port = port and tonumber(port) or parsed.port
	parsed.host = host:match("^%[(.*)%]$") or (host ~= "" and host or parsed.host)
end

-- A pattern with one capture at the head or tail of the text is taken off it.
local function take(text, pattern)
	local first, last, what = text:find(pattern)
	if not first then
		return text, nil
	end
	return text:sub(1, first - 1) .. text:sub(last + 1), what
end

local function path_facts(parsed)
	local path = parsed.path
	if not path then
		return
	end
	parsed.is_folder = path:sub(-1) == "/"
	parsed.extension = (path:match("^.*/(.*)$") or path):match("^.*%.([^;]*)")
end

--- The parts of a URL: scheme, authority, userinfo, user, password, host, port,
-- path, params, query, fragment, and of the path is_folder and extension. Those
-- of `default` are kept for what the URL does not have. nil, "invalid url" for
-- an empty text. The default port of the scheme is not filled in.
function M.parse(text, default)
	local parsed = {}
	for key, value in pairs(default or {}) do
		parsed[key] = value
	end
	if type(text) ~= "string" or text == "" then
		return nil, "invalid url"
	end
	local authority
	text, parsed.fragment = take(text, "#(.*)$")
	text, parsed.scheme = take(text, "^(%a[%w+.-]*):")
	parsed.scheme = parsed.scheme and parsed.scheme:lower() or default and default.scheme
	text, authority = take(text, "^//([^/?]*)")
	text, parsed.query = take(text, "%?(.*)$")
	text, parsed.params = take(text, ";(.*)$")
	if authority then
		parsed.authority = authority
		parse_authority(authority, parsed)
		parsed.ascii_host = parsed.host and M.ascii_hostname(parsed.host)
	end
	parsed.path = text ~= "" and text or parsed.path
	path_facts(parsed)
	return parsed
end

local function authority_of(parsed)
	if not parsed.host then
		return parsed.authority
	end
	local host = parsed.host:find(":", 1, true) and "[" .. parsed.host .. "]" or parsed.host
	local user = parsed.userinfo
	if parsed.user then
		user = parsed.user .. (parsed.password and ":" .. parsed.password or "")
	end
	return (user and user .. "@" or "") .. host .. (parsed.port and ":" .. parsed.port or "")
end

--- The text of what parse() gives.
function M.build(parsed)
	local authority = authority_of(parsed)
	local path = parsed.path or ""
	if authority and path ~= "" and path:sub(1, 1) ~= "/" then
		path = "/" .. path
	end
	return (parsed.scheme and parsed.scheme .. ":" or "") .. (authority and "//" .. authority or "") ..
		path .. (parsed.params and ";" .. parsed.params or "") ..
		(parsed.query and "?" .. parsed.query or "") ..
		(parsed.fragment and "#" .. parsed.fragment or "")
end

-- RFC 3986, 5.2.4: what a path means without its dots.
local function remove_dots(path)
	local out, absolute, trailing = {}, path:sub(1, 1) == "/", path:match("/%.?%.?$")
	for segment in path:gmatch("[^/]+") do
		if segment == ".." then
			out[#out] = nil
		elseif segment ~= "." then
			out[#out + 1] = segment
		end
	end
	local text = (absolute and "/" or "") .. table.concat(out, "/")
	return trailing and text:sub(-1) ~= "/" and text .. "/" or text
end

local function merged_path(base, relative)
	if relative:sub(1, 1) == "/" then
		return remove_dots(relative)
	elseif base.host and not base.path then
		return remove_dots("/" .. relative)
	end
	return remove_dots(((base.path or ""):match("^.*/") or "") .. relative)
end

-- Fields of the authority come together from one of the two.
local function take_authority(from, to)
	for _, field in ipairs { "authority", "userinfo", "user", "password", "host", "ascii_host", "port" } do
		to[field] = from[field]
	end
end

--- What a reference means on a page: RFC 3986, 5.2. Both may be texts or what
-- parse() gives; the result is a text.
function M.absolute(base, relative)
	local from = type(base) == "table" and base or M.parse(base) or {}
	local to = type(relative) == "table" and relative or M.parse(relative)
	if not to then
		return M.build(from)
	elseif to.scheme then
		return M.build(to)
	end
	local result = { scheme = from.scheme, path = to.path, params = to.params, query = to.query,
		fragment = to.fragment }
	take_authority(to.authority and to or from, result)
	if to.authority then
		result.path = to.path and remove_dots(to.path)
	elseif to.path then
		result.path = merged_path(from, to.path)
	else
		result.path, result.params = from.path, to.params or from.params
		result.query = to.query or (not to.params and from.query) or nil
	end
	return M.build(result)
end

--- The segments of a path, unescaped, with is_absolute and is_directory.
function M.parse_path(path)
	local parsed = {}
	path = path or ""
	for segment in path:gmatch("[^/]+") do
		parsed[#parsed + 1] = M.unescape(segment)
	end
	parsed.is_absolute = path:sub(1, 1) == "/" and 1 or nil
	parsed.is_directory = path:sub(-1) == "/" and 1 or nil
	return parsed
end

--- The text of what parse_path() gives; `unsafe` leaves the segments as they are.
function M.build_path(parsed, unsafe)
	local segments = {}
	for i, segment in ipairs(parsed) do
		segments[i] = unsafe and segment or escape_segment(segment)
	end
	local text = (parsed.is_absolute and "/" or "") .. table.concat(segments, "/")
	return parsed.is_directory and #segments > 0 and text .. "/" or text
end

-- "+" is a blank in forms (HTML), besides the escapes.
local function form_decoded(text)
	return M.unescape((text:gsub("+", " ")))
end

--- The fields of a query, "a=1&b=2"; those without a value are "".
function M.parse_query(query)
	local parsed = {}
	for field in (query or ""):gsub("&amp;", "&"):gmatch("[^&]+") do
		local name, value = field:match("^([^=]*)=(.*)$")
		parsed[form_decoded(name or field)] = form_decoded(value or "")
	end
	return parsed
end

--- The query of a table of fields, sorted by name.
function M.build_query(fields)
	local list = {}
	for name, value in pairs(fields) do
		list[#list + 1] = M.escape(name) .. "=" .. M.escape(tostring(value))
	end
	table.sort(list)
	return table.concat(list, "&")
end

-- Punycode, RFC 3492 ------------------------------------------------------------

local function adapt(delta, points, first)
	delta = first and delta // 700 or delta // 2
	delta = delta + delta // points
	local k = 0
	while delta > 455 do
		delta, k = delta // 35, k + 36
	end
	return k + 36 * delta // (delta + 38)
end

local function digit(d)
	return string.char(d < 26 and 97 + d or 22 + d)
end

-- A delta as digits of variable weight, appended to `out`.
local function append_delta(out, delta, bias)
	local k = 36
	while true do
		local t = k <= bias and 1 or k >= bias + 26 and 26 or k - bias
		if delta < t then
			break
		end
		out[#out + 1] = digit(t + (delta - t) % (36 - t))
		delta, k = (delta - t) // (36 - t), k + 36
	end
	out[#out + 1] = digit(delta)
end

local function next_point(points, at_least)
	local smallest
	for _, point in ipairs(points) do
		if point >= at_least and (not smallest or point < smallest) then
			smallest = point
		end
	end
	return smallest
end

local function punycode(points)
	local out = {}
	for _, point in ipairs(points) do
		out[#out + 1] = point < 128 and string.char(point) or nil
	end
	local basic = #out
	local done, delta, bias, n = basic, 0, 72, 128
	if basic > 0 then
		out[#out + 1] = "-"
	end
	while done < #points do
		local m = next_point(points, n)
		delta, n = delta + (m - n) * (done + 1), m
		for _, point in ipairs(points) do
			if point < n then
				delta = delta + 1
			elseif point == n then
				append_delta(out, delta, bias)
				bias, delta, done = adapt(delta, done + 1, done == basic), 0, done + 1
			end
		end
		delta, n = delta + 1, n + 1
	end
	return table.concat(out)
end

local function ascii_label(label)
	local length = utf8.len(label)
	if not label:find("[\128-\255]") or not length or length > 63 then
		return label
	end
	return "xn--" .. punycode { utf8.codepoint(label, 1, -1) }
end

--- A host name as DNS knows it: labels with other than ASCII as "xn--...".
-- Bytes that are not UTF-8 stay.
function M.ascii_hostname(host)
	return (host:gsub("[^.]+", ascii_label))
end

return strict(M)
