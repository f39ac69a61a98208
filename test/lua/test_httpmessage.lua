local check = require "check"
local http = require "httpmessage"

local T = {}

local sample = "HTTP/1.1 200 OK\r\nServer: x\r\nSet-Cookie: a=1; Path=/p; HttpOnly\r\nSet-Cookie: b=\"2\"; Secure; Max-Age=5\r\n" ..
	"X-Long: one\r\n  two\r\nTransfer-Encoding: chunked\r\n\r\n4;ext=1\r\nWiki\r\n5\r\npedia\r\n0\r\nTrailer: x\r\n\r\nrest"

function T.status_lines()
	check.equal(http.parse_status_line "HTTP/1.1 404 Not Found\r", { version = "1.1", status = 404, reason = "Not Found", line = "HTTP/1.1 404 Not Found" })
	check.equal(http.parse_status_line("HTTP/1.0 200").status, 200)
	for _, line in ipairs { "", "HTTP/1.1", "HTTP/1.1 20 x", "SSH-2.0-x", "HTTP/1.1 abc" } do
		check.is_nil(http.parse_status_line(line))
	end
end

function T.a_whole_response()
	local response, rest = http.parse_response(sample)
	check.equal({ response.status, response.header.server, response.header["x-long"] }, { 200, "x", "one two" })
	check.equal({ response.body, rest, response["status-line"] }, { "Wikipedia", "rest", "HTTP/1.1 200 OK" })
	check.is_nil(response.truncated)
	check.equal(response.cookies, { { name = "a", value = "1", path = "/p", httponly = "" },
		{ name = "b", value = '"2"', secure = "", ["max-age"] = "5" } })
	check.equal(response.header["set-cookie"], "a=1; Path=/p; HttpOnly, b=\"2\"; Secure; Max-Age=5")
end

function T.bodies_by_length_and_close()
	local response, rest = http.parse_response "HTTP/1.1 200 OK\nContent-Length: 3\n\nabcdef"
	check.equal({ response.body, rest }, { "abc", "def" })
	response = http.parse_response "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"
	check.equal({ response.body, response.truncated }, { "abc", true })
	check.equal(http.parse_response("HTTP/1.0 200 OK\r\n\r\nabc").body, "abc")
	response, rest = http.parse_response("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHTTP/1.1", "HEAD")
	check.equal({ response.body, rest }, { "", "HTTP/1.1" })
	check.equal(http.parse_response("HTTP/1.1 304 x\r\nContent-Length: 3\r\n\r\n").body, "")
	check.equal(http.parse_response("HTTP/1.1 200 x\r\nContent-Length: 2, 2\r\n\r\nabc").body, "ab")
	check.equal(http.parse_response("HTTP/1.1 200 x\r\nContent-Length: 99999999999999999999\r\n\r\nabc").body, "abc")
end

function T.interim_responses_are_passed_over()
	check.equal(http.parse_response("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Hints\r\nA: b\r\n\r\nHTTP/1.1 204 No\r\n\r\n").status, 204)
	check.equal(http.parse_response("HTTP/1.1 101 Switch\r\n\r\n").status, 101)
	check.is_true(http.parse_response(("HTTP/1.1 100 x\r\n\r\n"):rep(5000)))
end

function T.heads_that_are_cut_off()
	local response = http.parse_response "HTTP/1.1 200 OK\r\nServ"
	check.equal({ response.status, response.truncated }, { 200, true })
	check.is_nil(http.parse_response "not http")
	check.is_nil(http.find_body "a\r\nb\r\n")
	check.equal({ http.find_body "a\r\n\r\nb" }, { 1, 6 })
end

function T.chunks_in_pieces_of_any_size()
	local body = "4\r\nWiki\r\n5\r\npedia\r\nA\r\n0123456789\r\n0\r\n\r\nZ"
	for size = 1, #body do
		local decoder, out = http.chunked_decoder(), {}
		for at = 1, #body, size do
			out[#out + 1] = decoder:feed(body:sub(at, at + size - 1))
			if decoder.done then
				break
			end
		end
		check.equal({ table.concat(out), decoder.done }, { "Wikipedia0123456789", true })
	end
end

function T.bad_chunks_fail()
	for _, body in ipairs { "x\r\n", "\r\n", "FFFFFFFFFF\r\n", "1\r\nab\r\n", "-1\r\n", ("1"):rep(5000) } do
		local decoder = http.chunked_decoder()
		decoder:feed(body)
		check.equal(type(decoder.failed), "string", body)
		check.equal(decoder.done, false)
	end
	local decoder = http.chunked_decoder()
	decoder:feed("A00001\r\n" .. ("x"):rep(http.BODY_MAX + 1))
	check.equal(decoder.failed, "the body is too large")
end

function T.cookies_go_where_they_belong()
	local cookies = { { name = "a", value = "1", path = "/x" }, { name = "b", value = "2" } }
	check.equal(http.cookie_header(cookies, "/x/y"), "a=1; b=2")
	check.equal(http.cookie_header(cookies, "/xy"), "b=2")
	check.is_nil(http.cookie_header({ cookies[1] }, "/"))
	check.is_nil(http.parse_set_cookie "novalue; Path=/")
	check.is_nil(http.parse_set_cookie "=x")
	check.equal(http.parse_set_cookie("a=b=c").value, "b=c")
end

function T.requests_and_injected_lines()
	check.equal(http.build_request("GET", "/", { { "Host", "h" } }), "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	check.equal(http.build_request("POST", "/", {}, "ab"), "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab")
	check.is_nil(http.build_request("GET", "/ HTTP/1.1\r\nX: y", {}))
	check.is_nil(http.build_request("GET", "/", { { "A", "b\nC: d" } }))
end

local function redirect(status, location, base, method, anywhere)
	local to, how = http.redirect({ status = status, header = { location = location } }, base or "http://h/a/b", method or "GET", anywhere)
	return to and string.format("%s %s://%s:%d%s", how, to.scheme, to.host, to.port, to.path)
end

function T.redirects_that_are_followed()
	check.equal(redirect(301, "/new?x=1"), "GET http://h:80/new?x=1")
	check.equal(redirect(302, "c"), "GET http://h:80/a/c")
	check.equal(redirect(303, "/x", nil, "POST"), "GET http://h:80/x")
	check.equal(redirect(307, "/x", nil, "POST"), "POST http://h:80/x")
	check.equal(redirect(302, "/x", nil, "HEAD"), "HEAD http://h:80/x")
	check.equal(redirect(301, "HTTP://H:80/"), "GET http://H:80/")
	check.equal(redirect(301, "https://other/y", nil, nil, true), "GET https://other:443/y")
end

function T.redirects_that_are_not()
	check.is_nil(redirect(200, "/new"))
	check.is_nil(redirect(304, "/new"))
	check.is_nil(redirect(301, nil))
	check.is_nil(redirect(301, ""))
	check.is_nil(redirect(301, "http://other/"))
	check.is_nil(redirect(301, "http://h:81/"))
	check.is_nil(redirect(301, "https://h/"))
	check.is_nil(redirect(301, "ftp://h/", nil, nil, true))
	check.is_nil(redirect(301, "javascript:alert(1)", nil, nil, true))
	check.is_nil(redirect(301, "/a\r\nb"))
end

function T.any_bytes_parse_or_give_nil()
	check.fuzz(function(bytes)
		local response = http.parse_response(bytes)
		if response then
			response.header.location = response.header.location or bytes
			http.redirect(response, "http://h/", "GET", true)
		end
		http.parse_set_cookie(bytes)
		http.chunked_decoder():feed(bytes)
	end, { sample, "HTTP/1.1 302 Found\r\nLocation: http://[::1]:80/a?b\r\nContent-Length: 3\r\n\r\nabc" }, 2000)
end

function T.long_runs_take_no_time()
	for _, run in ipairs { " ", "\t", "=", ";", "\n ", ":", "a", "\r", "\n" } do
		local text = run:rep(60000)
		http.parse_response("HTTP/1.1 200 OK\r\nA: " .. text .. "x\r\nSet-Cookie: a" .. text .. "b\r\n\r\n")
		http.parse_set_cookie(text .. "x")
		http.parse_headers(text .. "x")
	end
	local decoder = http.chunked_decoder()
	check.equal(#decoder:feed(("1\r\na\r\n"):rep(50000)), 50000)
end

function T.a_body_that_is_all_there_is_not_truncated()
	local response = http.parse_response "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
	check.equal({ response.body, response.truncated }, { "abc", nil })
	check.equal({ http.body_kind({ status = 204, header = { ["content-length"] = "3" } }, "GET") }, { "none" })
	check.equal({ http.body_kind({ status = 199, header = {} }, "GET") }, { "none" })
	check.equal({ http.body_kind({ status = 200, header = {} }, "CONNECT") }, { "none" })
	check.equal({ http.body_kind({ status = 300, header = {} }, "CONNECT") }, { "close" })
	check.equal({ http.body_kind({ status = 200, header = { ["transfer-encoding"] = "gzip", ["content-length"] = "5" } }, "GET") }, { "close" })
	check.is_nil((http.redirect({ status = 301, header = { location = "/x" } }, "", "GET")))
end

return T
