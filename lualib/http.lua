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
local httpcache = require "httpcache"
local httpreader = require "httpreader"
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

local has_openssl, openssl = pcall(require, "openssl")

local body_bytes_default = 2 * 1024 * 1024
-- Of redirects:
local hops_default, hops_max, hops_ms_max = 5, 20, 30000
-- Of the cache, per host, and of pipelines:
local cache_bytes_default = 1000000
local pipeline_depth_default, pipeline_ms_max = 10, 300000
-- Of a port that was silent so often and never answered, no more is asked.
local silences_max = 2

local function number_argument(name, default)
	return tonumber(stdnse.get_script_args(name) or nil) or default
end

local function flag_argument(name)
	local value = stdnse.get_script_args(name)
	return value ~= nil and value ~= "false" and value ~= "0" and value ~= "no"
end

-- Options ------------------------------------------------------------------------

local option_types = {
	timeout = "number", header = "table", auth = "table", bypass_cache = "boolean", no_cache = "boolean",
	no_cache_body = "boolean", any_af = "boolean", truncated_ok = "boolean", max_body_size = "number",
	scheme = "string",
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

-- What httpreader wants to know.
local function reading(options)
	local limit = options.max_body_size or number_argument("http.max-body-size", body_bytes_default)
	local cut = options.truncated_ok
	if cut == nil then
		cut = flag_argument("http.truncated-ok")
	end
	limit = limit < 0 and message.BODY_MAX or math.min(math.floor(limit), message.BODY_MAX)
	return { limit = limit, truncated_ok = cut }
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
	registry.http_memory = registry.http_memory or { proto = {}, silences = {}, cache = httpcache.new() }
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

-- Exchanges ------------------------------------------------------------------------

local schemes = { http = "tcp", https = "ssl" }

-- nginx, Apache httpd, Go, others.
local complaints = {
	"plain http request was sent to https", "speaking plain http to an ssl", "http request to an https server", "requires tls",
}

-- What a port that wants TLS says to plain HTTP: an alert, or a complaint.
local function wants_tls(first)
	if first:find("^[\20\21]\3") then
		return true
	end
	local low = first:sub(1, 4096):lower()
	if low:find("^http/1%.[01] 4%d%d") then
		for _, complaint in ipairs(complaints) do
			if low:find(complaint, 1, true) then
				return true
			end
		end
	end
	return false
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
		return httpreader.failure "a line end in the request's options"
	end
	local socket, first, proto = converse(host, port, text, options)
	if not socket then
		return httpreader.failure("no answer: " .. tostring(first))
	end
	local response = httpreader.new(socket, first):next(method, reading(options))
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

local function cached_request(host, port, method, path, options, key)
	local cache = memory_of(host).cache
	local kept = not options.bypass_cache and cache:get(key, options.no_cache_body)
	if kept then
		return kept
	end
	local response = request(host, port, method, path, options)
	if not response.status then
		cache:put_failure(key, response)
	elseif not options.no_cache then
		cache:put(key, response, number_argument("http.max-cache-size", cache_bytes_default), options.no_cache_body)
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
		return httpreader.failure(wrong)
	elseif type(path) ~= "string" then
		return httpreader.failure "the path is no text"
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
		return httpreader.failure "not a URL of http or https"
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
	return not connection:find("close", 1, true) and
		(response.version ~= "1.0" or connection:find("keep-alive", 1, true) ~= nil)
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
	local response = reader:next(one.method, reading(one.options))
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
	local reader = httpreader.new(socket, first)
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

local months = {
	jan = 1, feb = 2, mar = 3, apr = 4, may = 5, jun = 6, jul = 7, aug = 8, sep = 9, oct = 10, nov = 11, dec = 12,
}

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
