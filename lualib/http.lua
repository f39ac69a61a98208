--- http: talks HTTP/1.1 with servers: get, head, post, put, generic_request, get_url,
-- pipelines; and what to make of their answers. Messages are httpmessage's, logins
-- httpauth's, forms htmltag's; this is what connects, waits, keeps and follows.
--
-- Options of requests (a table): timeout (ms), header (table: names to values; false takes
-- a header away), content (a text, or a table of form fields), cookies (the header's text
-- or a list of {name, value, path}), auth ({username, password, digest}), bypass_cache,
-- no_cache, no_cache_body, redirect_ok (false; how many; function(host, port) that gives a
-- function(url)), max_body_size, truncated_ok, scheme ("http", "https"), any_af.
--
-- A response: status, ["status-line"], version, header (by lower-case name), rawheader (a
-- list of lines), cookies, body, rawbody, ssl, truncated, location (redirects, whether
-- followed or not), decoded and undecoded (content codings). One that failed has no status;
-- its "status-line" says why, and `incomplete` is what had come.
--
-- Script arguments: http.useragent, http.host, http.max-body-size, http.truncated-ok,
-- http.max-cache-size, http.pipeline, http.max-pipeline.

local comm = require "comm"
local htmltag = require "htmltag"
local httpauth = require "httpauth"
local message = require "httpmessage"
local nmap = require "nmap"
local rand = require "rand"
local shortport = require "shortport"
local stdnse = require "stdnse"
local strict = require "strict"
local stringaux = require "stringaux"
local url = require "url"
local error, ipairs, math, next, pairs, pcall, require = error, ipairs, math, next, pairs, pcall, require
local setmetatable, string, table, tonumber, tostring, type = setmetatable, string, table, tonumber, tostring, type

local M = {}

M.USER_AGENT = stdnse.get_script_args("http.useragent") or "Mozilla/5.0 (compatible; portolan; network audit)"

local has_zlib, zlib = pcall(require, "zlib")
local has_openssl, openssl = pcall(require, "openssl")

-- What a server may cost us at most. Of a response's head and its time:
local head_bytes_max = 64 * 1024
local response_ms_max = 60000
local interim_max = 16
local body_bytes_default = 2 * 1024 * 1024
-- Of redirects:
local hops_default = 5
local hops_max = 20
local hops_ms_max = 30000
-- Of the cache, per host, and of pipelines:
local cache_bytes_default = 1000000
local pipeline_depth_default = 10
local pipeline_ms_max = 300000
-- How long a failure counts, and how many and how large ones are kept.
local failure_ms, failures_max, failure_bytes_max = 30000, 200, 65536
-- Of a port that was silent so often and never answered, no more is asked.
local silences_max = 2

local function number_argument(name, default)
	return tonumber(stdnse.get_script_args(name) or nil) or default
end

local function flag_argument(name)
	local value = stdnse.get_script_args(name)
	return value ~= nil and value ~= "false" and value ~= "0" and value ~= "no"
end

-- Responses that failed ---------------------------------------------------------

local function failure(why, incomplete)
	return { ["status-line"] = "Error: " .. why, header = {}, rawheader = {}, incomplete = incomplete }
end

-- Options ------------------------------------------------------------------------

local option_types = {
	timeout = "number", header = "table", auth = "table", bypass_cache = "boolean", no_cache = "boolean",
	no_cache_body = "boolean", any_af = "boolean", truncated_ok = "boolean", max_body_size = "number", scheme = "string",
}

-- nil, or what is wrong with the options.
local function wrong_option(options)
	for name, kind in pairs(option_types) do
		local value = options[name]
		if value ~= nil and type(value) ~= kind then
			return string.format("option %s is a %s, not a %s", name, type(value), kind)
		end
	end
	local auth = options.auth
	if auth and (type(auth.username) ~= "string" or type(auth.password) ~= "string") then
		return "option auth needs a username and a password"
	end
	return nil
end

local function body_limit(options)
	local limit = options.max_body_size or number_argument("http.max-body-size", body_bytes_default)
	return limit < 0 and message.BODY_MAX or math.min(math.floor(limit), message.BODY_MAX)
end

local function truncated_ok(options)
	if options.truncated_ok == nil then
		return flag_argument("http.truncated-ok")
	end
	return options.truncated_ok
end

-- Where the server is ---------------------------------------------------------------

local function port_number(port)
	return type(port) == "table" and port.number or tonumber(port)
end

local function host_name(host)
	return type(host) == "table" and stdnse.get_hostname(host) or host
end

-- What we keep of a host goes with it; of hosts without a registry nothing is kept.
local function memory_of(host)
	local registry = type(host) == "table" and host.registry
	if type(registry) ~= "table" then
		return nil
	end
	registry.http_memory = registry.http_memory or { proto = {}, silences = {}, cache = {}, order = {}, bytes = 0,
		failed = {}, failures = 0 }
	return registry.http_memory
end

-- "tcp" or "ssl" where that port has answered before.
local function known_proto(host, port)
	local memory = memory_of(host)
	return memory and memory.proto[port_number(port)]
end

local function remember_proto(host, port, proto)
	local memory = memory_of(host)
	if memory then
		memory.proto[port_number(port)] = proto
	end
end

-- Whether a port has been silent too often, and never answered.
local function is_silent(host, port)
	local memory = memory_of(host)
	return memory and (memory.silences[port_number(port)] or 0) >= silences_max
end

local function remember_silence(host, port)
	local memory, number = memory_of(host), port_number(port)
	if memory and not memory.proto[number] then
		memory.silences[number] = (memory.silences[number] or 0) + 1
	end
end

local function speaks_tls(host, port)
	local known = known_proto(host, port)
	if known then
		return known == "ssl"
	end
	return type(port) == "table" and port.version ~= nil and port.version.name_confidence ~= nil and
		shortport.ssl(host, port) or port_number(port) == 443
end

-- Requests ------------------------------------------------------------------------

local function host_header(host, port)
	local name, number = host_name(host), port_number(port)
	name = name:find(":", 1, true) and "[" .. name:gsub("%%.*", "") .. "]" or name
	return (number == 80 or number == 443) and name or name .. ":" .. number
end

-- The Cookie header of the option; nil without.
local function cookie_header(cookies, path)
	if type(cookies) == "table" then
		return message.cookie_header(cookies, path)
	end
	return cookies
end

-- Our own headers, those of the options instead where they have the name, in any case.
local function header_list(own, others)
	local out, taken, more = {}, {}, {}
	for name, value in pairs(others or {}) do
		if type(name) == "string" then
			taken[name:lower()] = true
			more[#more + 1] = value and { name, tostring(value) } or nil
		end
	end
	for _, header in ipairs(own) do
		if header[2] and not taken[header[1]:lower()] then
			out[#out + 1] = header
		end
	end
	table.sort(more, function(one, other) return one[1] < other[1] end)
	for _, header in ipairs(more) do
		out[#out + 1] = header
	end
	return out
end

-- The text of a request; nil when the options would put other lines into it.
local function request_text(host, port, method, path, options, connection, authorization)
	local content, content_type = options.content, nil
	if type(content) == "table" then
		content, content_type = url.build_query(content), "application/x-www-form-urlencoded"
	end
	return message.build_request(method, path, header_list({
		{ "Host", stdnse.get_script_args("http.host") or host_header(host, port) },
		{ "User-Agent", stdnse.get_script_args("http.useragent") or M.USER_AGENT },
		{ "Connection", connection },
		{ "Content-Type", content_type },
		{ "Cookie", cookie_header(options.cookies, path) },
		{ "Authorization", authorization },
	}, options.header), content and tostring(content))
end

-- Responses -----------------------------------------------------------------------

local Reader = {}
Reader.__index = Reader

-- What comes over a connection; `first` has come already.
local function reader_of(socket, first)
	return setmetatable({ socket = socket, buffer = first or "", deadline = nmap.clock_ms() + response_ms_max }, Reader)
end

-- Some bytes more, as a text; nil and why not.
function Reader:receive()
	if nmap.clock_ms() > self.deadline then
		return nil, "the response takes too long"
	end
	local ok, bytes = self.socket:receive()
	if not ok then
		return nil, bytes or "ERROR"
	end
	return bytes
end

-- One head of a response, taken off the buffer; nil, why not, and what had come of it.
local function read_head(reader)
	while true do
		local last, body = message.find_body(reader.buffer)
		if last then
			local head = message.parse_response_head(reader.buffer:sub(1, last))
			reader.buffer = reader.buffer:sub(body)
			return head, "no HTTP status line"
		elseif not ("HTTP/"):find(reader.buffer:sub(1, 5), 1, true) or #reader.buffer > head_bytes_max then
			return nil, "no HTTP response"
		end
		local bytes, why = reader:receive()
		if not bytes then
			return nil, why, message.parse_response_head(reader.buffer)
		end
		reader.buffer = reader.buffer .. bytes
	end
end

-- The head of the final response, behind interim ones.
local function final_head(reader)
	for _ = 1, interim_max do
		local head, why, part = read_head(reader)
		if not head or head.status >= 200 or head.status == 101 then
			return head, why, part
		end
	end
	return nil, "too many interim responses"
end

-- Body readers give: the body, why it is not whole (nil if it is), whether it is too large.

-- Until there are `length` bytes or, without it, until the end.
local function read_plain(reader, length, limit)
	local pieces, count = { reader.buffer }, #reader.buffer
	local wanted = math.min(length or limit + 1, limit + 1)
	local why
	while count < wanted do
		pieces[#pieces + 1], why = reader:receive()
		if why then
			break
		end
		count = count + #pieces[#pieces]
	end
	local all = table.concat(pieces)
	reader.buffer = length and all:sub(length + 1) or ""
	if count > limit and (length or limit + 1) > limit then
		return all:sub(1, limit), "the body is too large", true
	elseif not length and why == "EOF" then
		return all
	end
	return length and all:sub(1, length) or all, why
end

local function read_chunked(reader, limit)
	local decoder = message.chunked_decoder()
	local pieces, bytes, why = {}, reader.buffer, nil
	while true do
		pieces[#pieces + 1] = decoder:feed(bytes)
		if decoder.total > limit then
			return table.concat(pieces):sub(1, limit), "the body is too large", true
		elseif decoder.done or decoder.failed then
			reader.buffer = decoder.rest or ""
			return table.concat(pieces), decoder.failed
		end
		bytes, why = reader:receive()
		if not bytes then
			return table.concat(pieces), why
		end
	end
end

local function read_body(reader, response, method, limit)
	local kind, length = message.body_kind(response, method)
	if kind == "none" then
		return ""
	elseif kind == "chunked" then
		return read_chunked(reader, limit)
	end
	return read_plain(reader, length, limit)
end

local window_bits = { gzip = { 47 }, ["x-gzip"] = { 47 }, deflate = { 47, -15 } }

-- At most `limit` bytes of what is packed; nil if nothing could be unpacked.
local function inflated(packed, bits, limit)
	local pieces, count, more = {}, 0, true
	pcall(function()
		local stream = zlib.inflate(packed, bits)
		while more and count <= limit do
			more = stream:read(math.min(65536, limit + 1 - count))
			pieces[#pieces + 1] = more
			count = count + #(more or "")
		end
	end)
	return count > 0 and table.concat(pieces) or nil
end

local function unpacked(packed, coding, limit)
	for _, bits in ipairs(has_zlib and window_bits[coding] or {}) do
		local plain = inflated(packed, bits, limit)
		if plain then
			return plain
		end
	end
	return nil
end

-- Takes the content codings off the body, the last one first.
local function decode_body(response, limit)
	local codings = {}
	for coding in (response.header["content-encoding"] or ""):gmatch("[^%s,]+") do
		table.insert(codings, 1, coding:lower())
	end
	if #codings == 0 or #codings > 5 or response.body == "" then
		return
	end
	response.decoded, response.undecoded = {}, {}
	for _, coding in ipairs(codings) do
		local plain = #response.undecoded == 0 and unpacked(response.body, coding, limit)
		if plain then
			response.truncated = #plain > limit or response.truncated
			response.body = plain:sub(1, limit)
		end
		local list = plain and response.decoded or response.undecoded
		list[#list + 1] = coding
	end
	if #response.decoded > 0 then
		local left = table.concat(response.undecoded, ", ")
		response.header["content-encoding"] = left ~= "" and left or nil
		response.header["content-length"] = tostring(#response.body)
	end
end

-- The next response of a connection: the response, or one that says what failed.
local function next_response(reader, method, options)
	local limit = body_limit(options)
	local response, why, part = final_head(reader)
	if not response then
		return failure(why, part)
	end
	response["status-line"], response.reason = response["status-line"] .. "\r\n", nil
	response.rawheader[#response.rawheader + 1] = ""
	local body, too_large
	body, why, too_large = read_body(reader, response, method, limit)
	response.rawbody, response.body, response.truncated = body, body, too_large or nil
	if why and not (too_large and truncated_ok(options)) then
		return failure(why, response)
	end
	decode_body(response, limit)
	return response
end

-- Exchanges ------------------------------------------------------------------------

local schemes = { http = "tcp", https = "ssl" }

-- What a port that wants TLS says to plain HTTP: an alert, or a complaint.
local function wants_tls(first)
	if first:find("^[\20\21]\3") then
		return true
	end
	local low = first:sub(1, 4096):lower()
	return low:find("^http/1%.[01] 4%d%d") ~= nil and (low:find("plain http request was sent to https", 1, true) ~= nil or
		low:find("speaking plain http to an ssl", 1, true) ~= nil or low:find("requires tls", 1, true) ~= nil or
		low:find("http request to an https server", 1, true) ~= nil)
end

-- A connection on which the request was sent: the socket, the first bytes of the answer,
-- "tcp" or "ssl"; nil and why not.
local function converse(host, port, text, options)
	if is_silent(host, port) then
		return nil, "it has been silent before"
	end
	local opts = { timeout = options.timeout, any_af = options.any_af,
		proto = schemes[options.scheme or ""] or known_proto(host, port) }
	if opts.proto then
		local socket, first = comm.opencon(host, port, text, opts)
		return socket, first, opts.proto
	end
	local socket, first, proto = comm.tryssl(host, port, text, opts)
	if socket and proto == "tcp" and wants_tls(first) then
		opts.proto = "ssl"
		local other, answer = comm.opencon(host, port, text, opts)
		if other then
			socket:close()
			socket, first, proto = other, answer, "ssl"
		end
	end
	if socket then
		remember_proto(host, port, proto)
	elseif first == "TIMEOUT" and not options.timeout then
		remember_silence(host, port)
	end
	return socket, first, proto
end

local function exchange(host, port, method, path, options, authorization)
	local text = request_text(host, port, method, path, options, "close", authorization)
	if not text then
		return failure "a line end in the request's options"
	end
	local socket, first, proto = converse(host, port, text, options)
	if not socket then
		return failure("no answer: " .. tostring(first))
	end
	local response = next_response(reader_of(socket, first), method, options)
	socket:close()
	if response.status then
		response.ssl = proto == "ssl"
	end
	return response
end

-- The login that the server asked for, if it is one of ours.
local function digest_answer(response, method, path, auth)
	local challenge = response.status == 401 and httpauth.find(response.header["www-authenticate"], "Digest")
	return challenge and httpauth.digest(challenge.params, { username = auth.username, password = auth.password,
		method = method, uri = path, cnonce = rand.random_alpha(16) })
end

-- One request, and what came; no cache, no redirects.
local function request(host, port, method, path, options)
	local auth = options.auth
	if not auth then
		return exchange(host, port, method, path, options)
	elseif not auth.digest then
		return exchange(host, port, method, path, options, httpauth.basic(auth.username, auth.password))
	end
	local response = exchange(host, port, method, path, options)
	local authorization = digest_answer(response, method, path, auth)
	return authorization and exchange(host, port, method, path, options, authorization) or response
end

-- Cache ----------------------------------------------------------------------------

-- Tables of a response are copied, so that nobody changes another one's.
local function copied(value)
	if type(value) ~= "table" then
		return value
	end
	local copy = {}
	for key, item in pairs(value) do
		copy[key] = copied(item)
	end
	return copy
end

local function size_of(value)
	if type(value) ~= "table" then
		return type(value) == "string" and #value + 32 or 16
	end
	local size = 64
	for key, item in pairs(value) do
		size = size + size_of(key) + size_of(item)
	end
	return size
end

-- The key of a request in the cache of its host; nil when it is not to be there: only
-- requests that say no more than their path are the same for everybody.
local function cache_key(host, port, method, path, options)
	if options.header and next(options.header) or options.cookies or options.auth or options.content or
		not memory_of(host) then
		return nil
	end
	return table.concat({ port_number(port), method, options.scheme or "", host_name(host),
		tostring(options.max_body_size), tostring(options.truncated_ok), path }, " ")
end

local function forget_oldest(memory, most)
	while memory.bytes > most and memory.order[1] do
		local key = table.remove(memory.order, 1)
		memory.bytes, memory.cache[key] = memory.bytes - memory.cache[key].size, nil
	end
end

local function store(memory, key, response, options)
	if options.no_cache then
		return
	end
	local kept = copied(response)
	if options.no_cache_body then
		kept.body, kept.rawbody = nil, nil
	end
	local size = size_of(kept)
	local most = number_argument("http.max-cache-size", cache_bytes_default)
	if size > most or memory.cache[key] then
		return
	end
	memory.cache[key], memory.bytes = { response = kept, size = size }, memory.bytes + size
	memory.order[#memory.order + 1] = key
	forget_oldest(memory, most)
end

-- What failed is not tried again at once: many scripts ask for the same page, one after the
-- other, and each would wait as long as the first.
local function store_failure(memory, key, response)
	if memory.failures >= failures_max then
		memory.failed, memory.failures = {}, 0
	end
	local kept = size_of(response) <= failure_bytes_max and copied(response) or failure(M.get_status_string(response))
	memory.failed[key] = { response = kept, good_until = nmap.clock_ms() + failure_ms }
	memory.failures = memory.failures + 1
end

local function recent_failure(memory, key)
	local failed = memory.failed[key]
	return failed and nmap.clock_ms() < failed.good_until and copied(failed.response) or nil
end

local function cached_request(host, port, method, path, options, key)
	local memory = memory_of(host)
	local failed = not options.bypass_cache and recent_failure(memory, key)
	if failed then
		return failed
	end
	local kept = not options.bypass_cache and memory.cache[key]
	if kept and (kept.response.body or options.no_cache_body) then
		return copied(kept.response)
	end
	local response = request(host, port, method, path, options)
	if response.status then
		store(memory, key, response, options)
	else
		store_failure(memory, key, response)
	end
	return response
end

-- One request for a path at a time: who comes later finds it in the cache.
local function fetch(host, port, method, path, options)
	local key = cache_key(host, port, method, path, options)
	if not key then
		return request(host, port, method, path, options)
	end
	local mutex = nmap.mutex("http " .. tostring(host.ip) .. " " .. key)
	mutex "lock"
	local ok, response = pcall(cached_request, host, port, method, path, options, key)
	mutex "done"
	if not ok then
		error(response, 0)
	end
	return response
end

-- Redirects ------------------------------------------------------------------------

local redirects = { [300] = true, [301] = true, [302] = true, [303] = true, [307] = true, [308] = true }

--- Where a response wants us to go: a table as url.parse gives, with host, port and the
-- path with its query; nil when it does not.
function M.parse_redirect(host, port, path, response)
	local location = redirects[response.status] and response.header.location
	if type(location) ~= "string" or location:find("%c") then
		return nil
	end
	local base = url.parse(path) or {}
	local to = url.parse(location == "" and path or url.absolute(base, location))
	if not to then
		return nil
	end
	to.port = to.port or to.authority and to.scheme and url.get_default_port(to.scheme) or port_number(port)
	to.host = to.host or host_name(host)
	to.path = (to.path or "/") .. (to.query and "?" .. to.query or "")
	return to
end

--- The default rule for redirects: to the same host, port and scheme, without a login in
-- the URL, so many times. Not to "/": servers that send everybody home would seem to have
-- every page. Gives a function(url).
function M.redirect_ok(host, port, count)
	local left = count or hops_default
	local scheme = speaks_tls(host, port) and "https" or "http"
	return function(to)
		left = left - 1
		return left >= 0 and not to.userinfo and to.path ~= "/" and (to.scheme == nil or to.scheme == scheme) and
			to.host:lower() == host_name(host):lower() and to.port == port_number(port)
	end
end

local function redirect_rule(host, port, option)
	if type(option) == "function" then
		return option(host, port)
	elseif option == false then
		return function() return false end
	end
	return M.redirect_ok(host, port, type(option) == "number" and option or nil)
end

-- The host and port tables of a URL: those that we have, if it is the same server.
local function server_of(to, host, port)
	local same = to.host:lower() == host_name(host):lower()
	if same and to.port == port_number(port) then
		return host, port
	end
	return same and host or to.host, to.port
end

local function with_scheme(options, scheme)
	if scheme ~= "http" and scheme ~= "https" or options.scheme == scheme then
		return options
	end
	return setmetatable({ scheme = scheme }, { __index = options })
end

-- GET and HEAD: a request, and those that redirects ask for.
local function follow(host, port, method, path, options)
	local locations, allowed = {}, nil
	local response
	local deadline = nmap.clock_ms() + hops_ms_max
	for _ = 1, hops_max do
		response = fetch(host, port, method, path, options)
		local to = M.parse_redirect(host, port, path, response)
		if not to then
			break
		end
		allowed = allowed or redirect_rule(host, port, options.redirect_ok)
		locations[#locations + 1] = response.header.location
		if not allowed(to) or nmap.clock_ms() > deadline then
			break
		end
		host, port = server_of(to, host, port)
		path, options = to.path, with_scheme(options, to.scheme)
	end
	response.location = #locations > 0 and locations or nil
	return response
end

-- What scripts call: requests ---------------------------------------------------------

local function checked(how, host, port, method, path, options)
	options = options or {}
	local wrong = type(options) ~= "table" and "the options are no table" or wrong_option(options)
	if wrong then
		return failure(wrong)
	elseif type(path) ~= "string" then
		return failure "the path is no text"
	end
	return how(host, port, method, path, options)
end

--- A request by any method. Nothing is kept, redirects are not followed.
function M.generic_request(host, port, method, path, options)
	return checked(request, host, port, method, path, options)
end

--- GET: the response, from the cache if it was asked for before.
function M.get(host, port, path, options)
	return checked(follow, host, port, "GET", path, options)
end

--- HEAD, likewise.
function M.head(host, port, path, options)
	return checked(follow, host, port, "HEAD", path, options)
end

-- The options with a body; without one, an empty one.
local function with_content(options, content)
	return setmetatable({ content = content or options and options.content or "" }, { __index = options })
end

--- POST: `content` is a text or a table of form fields. `ignored` was something once.
function M.post(host, port, path, options, ignored, content)
	return checked(request, host, port, "POST", path, with_content(options, content))
end

--- PUT.
function M.put(host, port, path, options, content)
	return checked(request, host, port, "PUT", path, with_content(options, content))
end

--- GET for a whole URL.
function M.get_url(text, options)
	local parsed = url.parse(text)
	if not parsed or not parsed.host or not schemes[parsed.scheme or ""] then
		return failure "not a URL of http or https"
	end
	local path = (parsed.path or "/") .. (parsed.params and ";" .. parsed.params or "") ..
		(parsed.query and "?" .. parsed.query or "")
	options = setmetatable({ scheme = parsed.scheme }, { __index = options })
	return M.get(parsed.host, parsed.port or url.get_default_port(parsed.scheme), path, options)
end

-- Pipelines --------------------------------------------------------------------------

--- Appends a request to a list for pipeline_go (nil: begins one); gives the list.
function M.pipeline_add(path, options, list, method)
	list = list or {}
	list[#list + 1] = { path = path, options = options or {}, method = method or "GET" }
	return list
end

local function stays_open(response)
	local connection = (response.header.connection or ""):lower()
	return not connection:find("close", 1, true) and (response.version ~= "1.0" or connection:find("keep-alive", 1, true) ~= nil)
end

-- How many requests more the server says it takes on this connection.
local function promised(response)
	return tonumber((response.header["keep-alive"] or ""):match("max=(%d+)"))
end

local function pipelined_text(run, index)
	local one = run.requests[index]
	local connection = index == #run.requests and "close" or "keep-alive"
	return request_text(run.host, run.port, one.method, one.path, one.options, connection)
end

-- The texts of the next requests on this connection, at most `most`; their number.
local function batch_text(run, from, most)
	local texts = {}
	for index = from, math.min(#run.requests, from + most - 1) do
		local text = pipelined_text(run, index)
		if not text then
			break
		end
		texts[#texts + 1] = text
	end
	return table.concat(texts), #texts
end

-- Reads the response to the next request into the run; whether the connection is good for more.
local function take_response(run, reader, proto)
	local one = run.requests[#run.responses + 1]
	reader.deadline = nmap.clock_ms() + response_ms_max
	local response = next_response(reader, one.method, one.options)
	if not response.status and not response.incomplete then
		return nil
	elseif response.status then
		response.ssl = proto == "ssl"
	end
	run.responses[#run.responses + 1] = response
	return response.status and not response.truncated and stays_open(response) and response or nil
end

-- Batches over an open connection, until it or the requests end.
local function run_batches(run, socket, reader, proto, response)
	local left = run.per_connection or promised(response) or math.huge
	while #run.responses < #run.requests and left > 0 and run.depth > 0 do
		local text, count = batch_text(run, #run.responses + 1, math.min(run.depth, left))
		if count == 0 or not socket:send(text) then
			return
		end
		for at = 1, count do
			local before = #run.responses
			if not take_response(run, reader, proto) then
				-- What does not answer several at once is asked for fewer from now on; what answers
				-- once only has a connection for each.
				local worked = at - 1 + #run.responses - before
				run.depth = worked < count and worked or run.depth
				return
			end
		end
		left = left - count
	end
end

-- One connection; whether it gave at least one response.
local function run_connection(run)
	local before = #run.responses
	local text = pipelined_text(run, before + 1)
	local socket, first, proto
	if text then
		socket, first, proto = converse(run.host, run.port, text, run.requests[before + 1].options)
	end
	if not socket then
		return false
	end
	local reader = reader_of(socket, first)
	local response = take_response(run, reader, proto)
	if response then
		run_batches(run, socket, reader, proto, response)
	end
	socket:close()
	return #run.responses > before
end

--- Sends the requests of a list, as many over a connection as the server likes, and gives
-- the responses in their order: fewer when it stopped answering, nil when it never did.
function M.pipeline_go(host, port, list)
	local per_connection = number_argument("http.pipeline", nil)
	local run = { host = host, port = port, requests = list or {}, responses = {},
		per_connection = per_connection and math.max(per_connection - 1, 0),
		depth = math.max(number_argument("http.max-pipeline", per_connection or pipeline_depth_default), 1) }
	local failures, deadline = 0, nmap.clock_ms() + pipeline_ms_max
	while #run.responses < #run.requests and failures < 2 and nmap.clock_ms() < deadline do
		failures = run_connection(run) and 0 or failures + 1
	end
	return (#run.responses > 0 or #run.requests == 0) and run.responses or nil
end

-- What scripts call: judging responses ---------------------------------------------------

--- The code and reason of a response, "404 Not Found".
function M.get_status_string(response)
	local line = type(response) == "table" and response["status-line"]
	if not line then
		return "<unknown status>"
	end
	return (line:gsub("%s+$", ""):gsub("^%S+%s*", ""))
end

--- A page without what differs from one request to the next (paths, times, numbers), as
-- its hash where there is one.
function M.clean_404(body)
	body = body:sub(1, 65536):lower()
	body = body:gsub("%d+:%d+[:%d]*", ""):gsub("https?://[^%s\"'<>]*", ""):gsub("/[%w/._%%~-]+", "")
	body = body:gsub("%d+", ""):gsub("%s+", " ")
	return has_openssl and openssl.md5(body) or body
end

-- Three kinds of names, as servers treat them differently; the same ones for all scripts
-- of a run, so that the cache knows them.
local stem

local function absent_paths()
	stem = stem or rand.random_alpha(10)
	return { "/" .. stem .. "a", "/" .. stem:upper() .. "B", "/" .. stem .. "c/" .. stem .. "d" }
end

local function answer_to_absent(host, port, path)
	local response = M.get(host, port, path, { redirect_ok = false })
	if not response.status then
		return nil, M.get_status_string(response)
	end
	return response.status, response.status == 200 and M.clean_404(response.body) or nil
end

--- How a server answers for what is not there: true, the status, and with 200 the cleaned
-- page, for page_exists; or false and why pages cannot be told apart.
function M.identify_404(host, port)
	local status, page
	for i, path in ipairs(absent_paths()) do
		local one, what = answer_to_absent(host, port, path)
		if not one then
			return false, what
		elseif i > 1 and (one ~= status or what ~= page) then
			return false, "what is not there is answered differently each time"
		end
		status, page = one, what
	end
	return true, status, page
end

--- Whether a response is that of an existing page; `result_404` and `known_404` are what
-- identify_404 gave. With `all`, anything but the answer for absent pages is one.
function M.page_exists(response, result_404, known_404, _, all)
	local status = type(response) == "table" and response.status
	if not status or status == 404 then
		return false
	elseif status == 200 then
		return result_404 ~= 200 or known_404 == nil or M.clean_404(response.body or "") ~= known_404
	end
	return status == 401 or all and status ~= result_404 or false
end

-- The captures of a match in one of the texts; the whole match when it has none.
local function first_match(texts, pattern)
	for _, text in ipairs(texts) do
		local captures = { text:match(pattern) }
		if #captures > 0 then
			return captures
		end
	end
	return nil
end

--- Whether a response has a Lua pattern in its status line, a header or the body: true and
-- its captures. Letters match in either case unless `case_sensitive`.
function M.response_contains(response, pattern, case_sensitive)
	if type(response) ~= "table" or not response.status then
		return false
	end
	local texts = { response["status-line"] }
	for name, value in pairs(response.header) do
		texts[#texts + 1] = name .. ": " .. value
	end
	for _, line in ipairs(response.rawheader) do
		texts[#texts + 1] = line
	end
	texts[#texts + 1] = response.body
	local captures = first_match(texts, case_sensitive and pattern or stringaux.ipattern(pattern))
	if not captures then
		return false
	end
	return true, captures
end

--- Whether HEAD can be trusted: true and the response. Not where absent pages are 200.
function M.can_use_head(host, port, result_404, path)
	if result_404 == 200 then
		return false
	end
	local response = M.head(host, port, path or "/")
	if response.status ~= 200 or response.body ~= "" then
		return false
	end
	return true, response
end

--- Whether GET is answered with 200 or 401: true and the response.
function M.can_use_get(host, port, path)
	local response = M.get(host, port, path or "/")
	if response.status ~= 200 and response.status ~= 401 then
		return false
	end
	return true, response
end

--- Milliseconds to connect and to wait for an answer, by timing template.
function M.get_default_timeout(level)
	level = level or nmap.timing_level and nmap.timing_level() or 3
	local connect = level >= 4 and 5000 or 10000
	return { connect = connect, request = level >= 5 and connect + 2000 or connect + 5000 }
end

--- Keeps what was found of a path for other scripts, in the registry under the host's
-- name, "www", the port.
function M.save_path(host, port, path, status, links_to, linked_from, content_type)
	local subkeys = { host_name(host), "www", port_number(port) }
	local function add(kind, key, value)
		if value ~= nil then
			stdnse.registry_add_table({ subkeys[1], subkeys[2], subkeys[3], kind }, key, value)
		end
	end
	add("status", path, status)
	add("links_to", path, links_to)
	add("linked_from", path, linked_from)
	add("content_types", path, content_type)
end

--- A WWW-Authenticate header as a list of {scheme, params}; nil if it is malformed.
M.parse_www_authenticate = httpauth.parse

M.grab_forms, M.parse_form, M.tag_pattern = htmltag.grab_forms, htmltag.parse_form, htmltag.tag_pattern

local months = { jan = 1, feb = 2, mar = 3, apr = 4, may = 5, jun = 6, jul = 7, aug = 8, sep = 9, oct = 10, nov = 11, dec = 12 }

-- RFC 9110, 5.6.7: the one format that is sent, and the two that were.
local date_patterns = {
	{ "^%a+, (%d+)[ -](%a+)[ -](%d+) (%d+):(%d+):(%d+) GMT$", { "day", "month", "year", "hour", "min", "sec" } },
	{ "^%a+ (%a+) +(%d+) (%d+):(%d+):(%d+) (%d+)$", { "month", "day", "hour", "min", "sec", "year" } },
}

-- Years of two digits are those around ours.
local function full_year(year)
	return year >= 100 and year or year < 70 and year + 2000 or year + 1900
end

--- A Date header as os.time takes it, in UTC; nil if it is none.
function M.parse_date(text)
	for _, pattern in ipairs(date_patterns) do
		local values = { text:match(pattern[1]) }
		if #values > 0 then
			local date = { isdst = false }
			for i, name in ipairs(pattern[2]) do
				date[name] = name == "month" and months[values[i]:lower()] or math.tointeger(tonumber(values[i]))
			end
			date.year = date.year and full_year(date.year)
			return date.month and date.day and date.year and date or nil
		end
	end
	return nil
end

return strict(M)
