local check = require "check"
local fake = require "fake_socket"
local http = require "http"
local stub = require "stub"

local T = {}

local function lab()
	return { ip = "192.0.2.9", registry = {}, times = { timeout = 0.1 } }
end

local port = { number = 8080, protocol = "tcp", state = "open", service = "http", version = { name_confidence = 10 } }

local function ok(body, headers)
	return "HTTP/1.1 200 OK\r\n" .. (headers or "") .. "Content-Length: " .. #body .. "\r\n\r\n" .. body
end

-- A server whose pages are a table from paths to answers; each connection takes any number
-- of requests.
local function pages(answers)
	fake.listen(function()
		return { answers = function(sent)
			local out = {}
			for path in sent:gmatch("%u+ (%S+) HTTP/1.1\r\n") do
				out[#out + 1] = answers[path] or "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
			end
			return out
		end }
	end)
end

local function requests()
	local out = {}
	for _, connection in ipairs(fake.connections) do
		for _, sent in ipairs(connection.sent) do
			for line in sent:gmatch("(%u+ %S+) HTTP/1.1\r\n") do
				out[#out + 1] = line
			end
		end
	end
	return out
end

function T.a_page_and_what_was_asked()
	pages { ["/"] = ok("hello", "Server: x\r\nSet-Cookie: a=1; Secure\r\n") }
	local response = http.get(lab(), port, "/")
	check.equal(fake.connections[1].sent[1], "GET / HTTP/1.1\r\nHost: 192.0.2.9:8080\r\nUser-Agent: " .. http.USER_AGENT ..
		"\r\nConnection: close\r\n\r\n")
	check.equal({ response.status, response["status-line"], response.body, response.rawbody, response.ssl, response.version },
		{ 200, "HTTP/1.1 200 OK\r\n", "hello", "hello", false, "1.1" })
	check.equal(response.header, { server = "x", ["set-cookie"] = "a=1; Secure", ["content-length"] = "5" })
	check.equal(response.rawheader, { "Server: x", "Set-Cookie: a=1; Secure", "Content-Length: 5", "" })
	check.equal(response.cookies, { { name = "a", value = "1", secure = "" } })
	check.equal({ response.location, response.truncated, fake.connections[1].closed }, { nil, nil, true })
end

function T.options_that_change_the_request()
	pages {}
	http.get(lab(), port, "/a", { header = { ["user-agent"] = false, host = "other", ["X-B"] = 1, ["X-A"] = "2" },
		cookies = { { name = "c", value = "1" }, { name = "d", value = "2", path = "/z" } } })
	check.equal(fake.connections[1].sent[1], "GET /a HTTP/1.1\r\nConnection: close\r\nCookie: c=1\r\nX-A: 2\r\nX-B: 1\r\nhost: other\r\n\r\n")
	http.get(lab(), 80, "/a", { cookies = "x=y", auth = { username = "u", password = "p" } })
	check.is_true(fake.connections[2].sent[1]:find("Host: 192.0.2.9\r\n.*Cookie: x=y\r\nAuthorization: Basic dTpw\r\n"))
	http.post(lab(), port, "/p", nil, nil, { a = "1 2", b = "&" })
	check.is_true(fake.connections[3].sent[1]:find("^POST /p .*Content%-Type: application/x%-www%-form%-urlencoded\r\nContent%-Length: 13\r\n\r\na=1%%202&b=%%26$"))
	http.put(lab(), port, "/p", nil, "data")
	check.is_true(fake.connections[4].sent[1]:find("^PUT /p .*Content%-Length: 4\r\n\r\ndata$"))
	http.post(lab(), port, "/p")
	check.is_true(fake.connections[5].sent[1]:find("Content%-Length: 0\r\n\r\n$"))
	http.get({ ip = "fe80::1%eth0" }, port, "/")
	check.is_true(fake.connections[6].sent[1]:find("Host: [fe80::1]:8080\r\n", 1, true))
	stub.nmap.registry.args = { ["http.host"] = "h", ["http.useragent"] = "me" }
	http.get(lab(), port, "/")
	check.is_true(fake.connections[7].sent[1]:find("Host: h\r\nUser-Agent: me\r\n", 1, true))
end

function T.options_that_are_wrong_send_nothing()
	pages {}
	for _, options in ipairs { { timeout = "x" }, { auth = { username = "u" } }, { header = { A = "1\r\nB: 2" } } } do
		local response = http.get(lab(), port, "/", options)
		check.equal({ response.status, response["status-line"]:sub(1, 6) }, { nil, "Error:" })
	end
	check.is_nil(http.get(lab(), port, nil).status)
	check.is_nil(http.get(lab(), port, "/\r\nX: y").status)
	check.is_nil(http.get_url("nonsense").status)
	check.equal(#fake.connections, 0)
end

function T.bodies_in_pieces()
	fake.listen(function()
		return { answers = { { "HTTP/1.1 200 OK\r\nTransfer-En", "coding: chunked\r", "\n\r\n4\r", "\nWiki\r\n5\r\npe", "dia\r\n0\r\n\r\n" } } }
	end)
	check.equal(http.get(lab(), port, "/").body, "Wikipedia")
	fake.listen { { answers = { { "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\nun", "til close" } } } }
	check.equal(http.get(lab(), port, "/").body, "until close")
	fake.listen { { answers = { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef" } } }
	check.equal(http.get(lab(), port, "/").body, "abc")
	fake.listen { { answers = { "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n" } } }
	check.equal(http.head(lab(), port, "/").body, "")
end

local function failed(answer, last)
	fake.listen(function(_, _, proto)
		return proto == "tcp" and { answers = { answer }, last = last } or { fails = "ERROR" }
	end)
	local response = http.get(lab(), port, "/")
	check.equal({ response.status, response.header, response.rawheader, response.body }, { nil, {}, {} })
	return response
end

function T.responses_that_are_not_whole_have_no_status()
	local response = failed("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
	check.equal({ response["status-line"], response.incomplete.body, response.incomplete.status }, { "Error: EOF", "only this", 200 })
	response = failed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n9\r\nabc")
	check.equal(response.incomplete.body, "Wikiabc")
	check.equal(failed("HTTP/1.1 200 OK\r\nServer: ", "TIMEOUT").incomplete.status, 200)
	check.is_nil(failed("SSH-2.0-x\r\n").incomplete)
	check.is_nil(failed("<html>old</html>").incomplete)
	check.equal(failed(nil)["status-line"], "Error: no answer: ERROR")
	check.equal(failed(("HTTP/1.1 100 Continue\r\n\r\n"):rep(50))["status-line"], "Error: too many interim responses")
	check.equal(failed("HTTP/1.1 200 OK\r\n" .. ("X: y\r\n"):rep(20000))["status-line"], "Error: no HTTP response")
end

function T.large_bodies_are_cut()
	local big = ok(("y"):rep(5000))
	for _, answer in ipairs { big, "HTTP/1.1 200 OK\r\n\r\n" .. ("y"):rep(5000), "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1388\r\n" .. ("y"):rep(5000) .. "\r\n0\r\n\r\n" } do
		pages { ["/"] = answer }
		local response = http.get(lab(), port, "/", { max_body_size = 1000 })
		check.equal({ response.status, #response.incomplete.body, response.incomplete.truncated }, { nil, 1000, true })
		response = http.get(lab(), port, "/", { max_body_size = 1000, truncated_ok = true })
		check.equal({ response.status, #response.body, response.truncated }, { 200, 1000, true })
		check.equal(#http.get(lab(), port, "/", { max_body_size = 5000 }).body, 5000)
		check.equal(#http.get(lab(), port, "/", { max_body_size = -1 }).body, 5000)
	end
	stub.nmap.registry.args = { ["http.max-body-size"] = "10", ["http.truncated-ok"] = "true" }
	pages { ["/"] = big }
	check.equal(http.get(lab(), port, "/").body, ("y"):rep(10))
end

function T.a_server_that_never_ends_is_left()
	fake.listen(function() return { answers = function() return "HTTP/1.1 200 OK\r\n\r\n" end } end)
	local clock, now = stub.nmap.clock_ms, 0
	stub.nmap.clock_ms = function() now = now + 1000 return now end
	fake.connections, now = {}, 0
	fake.listen(function()
		local endless = {}
		for i = 1, 1000 do
			endless[i] = i == 1 and "HTTP/1.1 200 OK\r\n\r\n" or "."
		end
		return { answers = { endless } }
	end)
	local response = http.get(lab(), port, "/")
	stub.nmap.clock_ms = clock
	check.equal({ response.status, response["status-line"] }, { nil, "Error: the response takes too long" })
	check.is_true(#response.incomplete.body < 100)
end

function T.the_cache_answers_the_same_request()
	local host = lab()
	pages { ["/"] = ok "hello" }
	local one = http.get(host, port, "/")
	one.body, one.header["content-length"] = "changed", nil
	local other = http.get(host, port, "/")
	check.equal({ other.body, other.header["content-length"], #fake.connections }, { "hello", "5", 1 })
	other.header.x = "changed"
	check.is_nil(http.get(host, port, "/").header.x)
	http.get(host, port, "/", { bypass_cache = true })
	check.equal(#fake.connections, 2)
	http.head(host, port, "/")
	http.get(host, port, "/", { header = { A = "b" } })
	http.get(host, { number = 81, version = port.version, protocol = "tcp", state = "open" }, "/")
	http.get(lab(), port, "/")
	check.equal(#fake.connections, 6)
	http.get(host, port, "/no", { no_cache = true })
	http.get(host, port, "/no", { no_cache = true })
	check.equal(#fake.connections, 8)
	http.get({ ip = "192.0.2.9" }, port, "/")
	http.get("192.0.2.9", port, "/")
	check.equal(#fake.connections, 10)
	http.get(host, port, "/c", { no_cache_body = true })
	check.is_nil(http.get(host, port, "/c", { no_cache_body = true }).body)
	check.equal({ http.get(host, port, "/c").body, #fake.connections }, { "", 12 })
	check.equal(fake.mutex_held(), false)
end

function T.a_failure_counts_for_a_while()
	local host = lab()
	fake.listen(function() return { answers = { "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc" } } end)
	local one = http.get(host, port, "/")
	one.incomplete.body = "changed"
	check.equal({ http.get(host, port, "/").incomplete.body, #fake.connections }, { "abc", 1 })
	http.get(host, port, "/b")
	http.get(host, port, "/", { bypass_cache = true })
	check.equal(#fake.connections, 3)
	local clock, real = stub.nmap.clock_ms() + 31000, stub.nmap.clock_ms
	stub.nmap.clock_ms = function() return clock end
	http.get(host, port, "/")
	stub.nmap.clock_ms = real
	check.equal(#fake.connections, 4)
	for i = 1, 500 do
		http.get(host, port, "/" .. i)
	end
	check.is_true(host.registry.http_memory.cache.failures <= 200)
end

function T.the_cache_has_an_end()
	local host = lab()
	stub.nmap.registry.args = { ["http.max-cache-size"] = "3000" }
	fake.listen(function() return { answers = function() return ok(("z"):rep(300)) end } end)
	for i = 1, 20 do
		http.get(host, port, "/" .. i)
	end
	check.is_true(host.registry.http_memory.cache.bytes <= 3000)
	http.get(host, port, "/20")
	check.equal(#fake.connections, 20)
	http.get(host, port, "/1")
	check.equal(#fake.connections, 21)
end

local function moved(where, status)
	return "HTTP/1.1 " .. (status or 302) .. " Moved\r\nLocation: " .. where .. "\r\nContent-Length: 0\r\n\r\n"
end

function T.redirects_on_the_same_server_are_followed()
	pages { ["/a"] = moved "b?x=1", ["/b?x=1"] = moved "http://192.0.2.9:8080/c", ["/c"] = ok "there" }
	local response = http.get(lab(), port, "/a")
	check.equal({ response.body, response.location }, { "there", { "b?x=1", "http://192.0.2.9:8080/c" } })
	check.equal(requests(), { "GET /a", "GET /b?x=1", "GET /c" })
	check.equal(http.head(lab(), port, "/a").status, 200)
	check.equal({ http.generic_request(lab(), port, "GET", "/a").status, http.post(lab(), port, "/a").status }, { 302, 302 })
end

function T.redirects_elsewhere_or_without_end_are_not()
	for _, where in ipairs { "http://elsewhere.test/", "http://192.0.2.9:8081/x", "https://192.0.2.9:8080/x", "http://u:p@192.0.2.9:8080/x", "/" } do
		pages { ["/a"] = moved(where) }
		local response = http.get(lab(), port, "/a")
		check.equal({ response.status, response.location, #fake.connections }, { 302, { where }, 1 })
	end
	pages { ["/a"] = moved "/a" }
	check.equal(#http.get(lab(), port, "/a", { bypass_cache = true }).location, 6)
	check.equal(#fake.connections, 6)
	check.equal(#http.get(lab(), port, "/a", { redirect_ok = 2 }).location, 3)
	check.equal(#http.get(lab(), port, "/a", { redirect_ok = false }).location, 1)
	check.equal(#http.get(lab(), port, "/a", { redirect_ok = function() return function() return true end end }).location, 20)
	check.is_nil(http.parse_redirect(lab(), port, "/a", { status = 302, header = { location = "/x\ny" } }))
end

function T.a_rule_of_the_caller_may_leave_the_server()
	local seen
	pages { ["/a"] = moved "https://other.test/b" }
	local function rule(host, at)
		check.equal({ host.ip, at.number }, { "192.0.2.9", 8080 })
		return function(to)
			seen = to
			return true
		end
	end
	http.get(lab(), port, "/a", { redirect_ok = rule })
	check.equal({ seen.host, seen.port, seen.scheme, seen.path }, { "other.test", 443, "https", "/b" })
	check.equal({ fake.connections[2].host, fake.connections[2].port, fake.connections[2].proto }, { "other.test", 443, "ssl" })
end

function T.tls_is_found_and_remembered()
	local host, tls = lab(), { number = 443, protocol = "tcp", state = "open", version = { name_confidence = 3 } }
	fake.listen(function() return { proto = "ssl", answers = { ok "in" } } end)
	check.equal(http.get(host, tls, "/").ssl, true)
	check.equal(http.get(host, 9999, "/").ssl, true)
	check.equal({ fake.connections[2].proto, fake.connections[3].proto }, { "tcp", "ssl" })
	http.get(host, 9999, "/b")
	check.equal({ #fake.connections, fake.connections[4].proto }, { 4, "ssl" })
	check.equal(http.get_url("https://192.0.2.9/x").ssl, true)
	check.equal({ fake.connections[5].host, fake.connections[5].port }, { "192.0.2.9", 443 })
end

function T.ports_that_complain_of_plain_text_are_asked_over_tls()
	for _, complaint in ipairs { "\21\3\1\0\2\2\10", "HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port" } do
		fake.listen(function(_, _, proto)
			return { answers = { proto == "ssl" and ok "in" or complaint } }
		end)
		local response = http.get(lab(), port, "/")
		check.equal({ response.body, response.ssl }, { "in", true })
	end
end

function T.a_silent_port_is_not_asked_for_ever()
	local host = lab()
	fake.listen(function() return { last = "TIMEOUT" } end)
	for i = 1, 5 do
		check.is_nil(http.get(host, port, "/" .. i).status)
	end
	check.equal(#fake.connections, 4)
	check.equal(http.get(host, port, "/x")["status-line"], "Error: no answer: it has been silent before")
	http.get(host, 81, "/")
	check.equal(#fake.connections, 6)
end

function T.digest_asks_twice()
	pages { ["/d"] = "HTTP/1.1 401 No\r\nWWW-Authenticate: Digest realm=r, nonce=n\r\nContent-Length: 0\r\n\r\n",
		["/b"] = "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=r\r\nContent-Length: 0\r\n\r\n" }
	local auth = { auth = { username = "u", password = "p", digest = true } }
	check.equal(http.get(lab(), port, "/d", auth).status, 401)
	check.equal(#fake.connections, 2)
	check.is_nil(fake.connections[1].sent[1]:find("Authorization", 1, true))
	check.is_true(fake.connections[2].sent[1]:find('Authorization: Digest username="u", realm="r", nonce="n", uri="/d", response="%x+"\r\n'))
	-- Nothing is sent to who asks for the password itself.
	http.get(lab(), port, "/b", auth)
	check.equal(#fake.connections, 3)
end

local function queue(...)
	local list
	for _, path in ipairs { ... } do
		list = http.pipeline_add(path, nil, list)
	end
	return list
end

local function bodies(responses)
	local out = {}
	for i, response in ipairs(responses) do
		out[i] = response.body or response["status-line"]
	end
	return out
end

function T.pipelines_use_one_connection()
	local answers, paths = {}, {}
	for i = 1, 25 do
		paths[i] = "/" .. i
		answers[paths[i]] = ok("page " .. i)
	end
	pages(answers)
	local responses = http.pipeline_go(lab(), port, queue(table.unpack(paths)))
	check.equal({ #responses, responses[25].body, #fake.connections }, { 25, "page 25", 1 })
	-- One alone, then ten at a time.
	check.equal(#fake.connections[1].sent, 4)
	check.is_true(fake.connections[1].sent[4]:find("GET /25 .*Connection: close\r\n\r\n$"))
	check.equal(http.pipeline_go(lab(), port, {}), {})
	local mixed = http.pipeline_add("/1", { header = { A = "b" } }, nil, "HEAD")
	check.equal(mixed, { { path = "/1", options = { header = { A = "b" } }, method = "HEAD" } })
end

function T.pipelines_go_on_where_a_connection_ended()
	local count = 0
	fake.listen(function()
		return { answers = function(sent)
			local out = {}
			for path in sent:gmatch("GET (%S+)") do
				count = count + 1
				out[#out + 1] = #out < 2 and ok(path) or nil
			end
			return out
		end }
	end)
	check.equal(bodies(http.pipeline_go(lab(), port, queue("/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9"))),
		{ "/1", "/2", "/3", "/4", "/5", "/6", "/7", "/8", "/9" })
	-- 1 and 2-9 of which two are answered; then 4, and two at a time.
	check.equal({ #fake.connections, count }, { 2, 15 })
	fake.listen(function()
		return { last = "TIMEOUT", answers = function(_, number) return number == 1 and ok "x" or nil end }
	end)
	check.equal(#http.pipeline_go(lab(), port, queue("/1", "/2", "/3", "/4", "/5")), 5)
	local sent = {}
	for i, connection in ipairs(fake.connections) do
		sent[i] = #connection.sent
	end
	-- One silence is enough.
	check.equal(sent, { 2, 1, 1, 1, 1 })
	fake.listen(function() return { answers = { ok("x", "Connection: close\r\n") } } end)
	check.equal({ #http.pipeline_go(lab(), port, queue("/1", "/2", "/3")), #fake.connections }, { 3, 3 })
	fake.listen(function() return { answers = { "HTTP/1.0 200 OK\r\n\r\nold" } } end)
	check.equal(bodies(http.pipeline_go(lab(), port, queue("/1", "/2"))), { "old", "old" })
end

function T.pipelines_of_servers_that_stop()
	fake.listen {}
	check.is_nil(http.pipeline_go(lab(), port, queue("/1", "/2")))
	local left = 1
	fake.listen(function()
		left = left - 1
		return left >= 0 and { answers = { ok("x", "Connection: close\r\n") } } or { fails = "ERROR" }
	end)
	check.equal(#http.pipeline_go(lab(), port, queue("/1", "/2", "/3")), 1)
end

function T.pipeline_arguments()
	stub.nmap.registry.args = { ["http.pipeline"] = "2" }
	fake.listen(function()
		return { answers = function(sent)
			local _, count = sent:gsub("GET ", "")
			local out = {}
			for i = 1, count do
				out[i] = ok "x"
			end
			return out
		end }
	end)
	check.equal({ #http.pipeline_go(lab(), port, queue("/1", "/2", "/3", "/4", "/5")), #fake.connections }, { 5, 3 })
end

function T.what_absent_pages_look_like()
	pages {}
	check.equal({ http.identify_404(lab(), port) }, { true, 404 })
	fake.listen(function() return { answers = function(sent) return ok("no " .. sent:match("GET (%S+)") .. " here at 12:30:01") end } end)
	local host = lab()
	local known, status, page = http.identify_404(host, port)
	check.equal({ known, status }, { true, 200 })
	check.equal(http.page_exists(http.get(host, port, "/x"), status, page, "/x"), false)
	check.equal(http.page_exists({ status = 200, header = {}, body = "welcome" }, status, page, "/x"), true)
	local count = 0
	fake.listen(function()
		count = count + 1
		return { answers = { count == 2 and moved "/login" or ok "x" } }
	end)
	check.equal((http.identify_404(lab(), port)), false)
	fake.listen {}
	check.equal({ http.identify_404(lab(), port) }, { false, "no answer: ERROR" })
end

function T.pages_that_exist()
	local function exists(status, result, all)
		return http.page_exists({ status = status, header = {}, body = "x" }, result, nil, "/x", all)
	end
	check.equal({ exists(200, 404), exists(401, 404), exists(302, 404), exists(500, 404), exists(404, 404) }, { true, true, false, false, false })
	check.equal({ exists(302, 404, true), exists(302, 302, true), exists(404, 302, true), exists(200, 200) }, { true, false, false, true })
	check.equal({ http.page_exists(nil, 404), http.page_exists({ header = {} }, 404, nil, "/", true) }, { false, false })
end

function T.whether_methods_can_be_used()
	pages { ["/"] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", ["/401"] = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n" }
	local usable, response = http.can_use_head(lab(), port, 404)
	check.equal({ usable, response.status, http.can_use_head(lab(), port, 200), http.can_use_head(lab(), port, 404, "/no") }, { true, 200, false, false })
	check.equal({ (http.can_use_get(lab(), port, "/401")), http.can_use_get(lab(), port, "/no") }, { true, false })
end

function T.patterns_in_responses()
	local response = { status = 200, ["status-line"] = "HTTP/1.1 200 OK\r\n", header = { server = "lab/1" }, rawheader = { "Server: lab/1" }, body = "<title>hi</title>" }
	check.equal({ http.response_contains(response, "<title>(.-)</title>") }, { true, { "hi" } })
	check.equal({ http.response_contains(response, "LAB") }, { true, { "lab" } })
	check.equal({ http.response_contains(response, "LAB", true) }, { false })
	check.equal({ http.response_contains({ header = {} }, "x"), http.response_contains(nil, "x") }, { false, false })
	check.equal({ http.get_status_string(response), http.get_status_string(nil) }, { "200 OK", "<unknown status>" })
end

function T.dates_of_three_formats()
	local date = { day = 6, hour = 8, isdst = false, min = 49, month = 11, sec = 37, year = 1994 }
	for _, text in ipairs { "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994" } do
		check.equal(http.parse_date(text), date)
	end
	check.equal(http.parse_date("Sunday, 06-Nov-14 08:49:37 GMT").year, 2014)
	for _, text in ipairs { "", "Sun, 06 Nov 1994 08:49:37 +0200", "Sun, 06 Foo 1994 08:49:37 GMT" } do
		check.is_nil(http.parse_date(text))
	end
end

function T.paths_that_scripts_keep()
	http.save_path(lab(), port, "/a", 200, "/b")
	check.equal(stub.nmap.registry["192.0.2.9"].www[8080].status, { ["/a"] = { 200 } })
	check.equal(http.get_default_timeout(4).connect, 5000)
end

function T.any_answer_gives_a_response_or_says_why_not()
	local recorded = { ok("hello", "Server: x\r\nSet-Cookie: a=1; Path=/\r\nContent-Encoding: gzip\r\n"), moved "/b",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n0\r\n\r\n" }
	check.fuzz(function(bytes)
		fake.listen(function() return { answers = { bytes } } end)
		local response = http.get(lab(), port, "/")
		assert(response["status-line"] and response.header and (response.status == nil or response.body))
		assert(not fake.mutex_held())
	end, recorded, 500)
end

return T
