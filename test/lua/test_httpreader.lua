local check = require "check"
local fake = require "fake_socket"
local httpreader = require "httpreader"
local stub = require "stub"

local T = {}

local generous = { limit = 100000 }

-- A reader of what comes in these pieces.
local function reader_of(...)
	fake.listen { { greeting = { ... } } }
	local socket = stub.nmap.new_socket()
	socket:connect("192.0.2.1", 80, "tcp")
	return httpreader.new(socket)
end

-- The text in pieces of so many bytes.
local function in_pieces(text, size)
	local out = {}
	for at = 1, #text, size do
		out[#out + 1] = text:sub(at, at + size - 1)
	end
	return table.unpack(out)
end

local one = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc"
local two = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nWiki\r\n5\r\npedia\r\n0\r\nX-T: 1\r\n\r\n"

function T.responses_one_behind_the_other_in_pieces_of_any_size()
	for size = 1, 40 do
		local reader = reader_of(in_pieces("HTTP/1.1 100 Continue\r\n\r\n" .. one .. two .. one, size))
		check.equal(reader:next("GET", generous).body, "abc")
		check.equal(reader:next("GET", generous).body, "Wikipedia")
		check.equal(reader:next("GET", generous).body, "abc")
		check.equal(reader:next("GET", generous)["status-line"], "Error: EOF")
	end
end

function T.bodies_that_end_with_the_connection_and_none()
	check.equal(reader_of("HTTP/1.0 200 OK\n\nun", "til"):next("GET", generous).body, "until")
	check.equal(reader_of(one):next("HEAD", generous).body, "")
	check.equal(reader_of("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n"):next("GET", generous).body, "")
end

function T.limits_cut_or_fail()
	for _, text in ipairs { one, two, "HTTP/1.1 200 OK\r\n\r\nabc" } do
		local response = reader_of(text):next("GET", { limit = 2 })
		check.equal({ response.status, #response.incomplete.body, response["status-line"] }, { nil, 2, "Error: the body is too large" })
		response = reader_of(text):next("GET", { limit = 2, truncated_ok = true })
		check.equal({ response.status, #response.body, response.truncated }, { 200, 2, true })
	end
	check.equal(reader_of(one):next("GET", { limit = 3 }).body, "abc")
	check.equal(reader_of("HTTP/1.1 200 OK\r\n\r\nabc"):next("GET", { limit = 3 }).body, "abc")
end

function T.heads_have_an_end()
	local endless = {}
	for i = 1, 1000 do
		endless[i] = i == 1 and "HTTP/1.1 200 OK\r\nX: " or ("y"):rep(1000)
	end
	check.equal(reader_of(table.unpack(endless)):next("GET", generous)["status-line"], "Error: no HTTP response")
	check.equal(reader_of("220 ftp\r\n"):next("GET", generous)["status-line"], "Error: no HTTP response")
	check.equal(reader_of("HTTP/1.1 banana\r\n\r\n"):next("GET", generous)["status-line"], "Error: no HTTP status line")
end

-- There is no zlib here: it is a fake that a new reader finds.
local function with_zlib(inflate, test)
	package.loaded.zlib, package.loaded.httpreader = { inflate = inflate }, nil
	local ok, why = pcall(test, require "httpreader")
	package.loaded.zlib, package.loaded.httpreader = nil, httpreader
	check.is_true(ok, why)
end

function T.codings_are_taken_off_within_the_limit()
	local left
	with_zlib(function(packed, bits)
		check.equal({ packed, bits }, { "abc", 47 })
		left = 5000
		return { read = function(_, count)
			local some = math.min(count, left)
			left = left - some
			return some > 0 and ("z"):rep(some) or nil
		end }
	end, function(module)
		local function response(limit)
			fake.listen { { greeting = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc" } }
			local socket = stub.nmap.new_socket()
			socket:connect("192.0.2.1", 80, "tcp")
			return module.new(socket):next("GET", { limit = limit, truncated_ok = true })
		end
		local all = response(10000)
		check.equal({ #all.body, all.rawbody, all.decoded, all.undecoded }, { 5000, "abc", { "gzip" }, {} })
		check.equal({ all.header["content-encoding"], all.header["content-length"] }, { nil, "5000" })
		local cut = response(100)
		check.equal({ #cut.body, cut.truncated }, { 100, true })
	end)
end

function T.codings_that_are_broken_or_unknown_stay()
	with_zlib(function() error "failed to decompress [-3]" end, function(module)
		fake.listen { { greeting = "HTTP/1.1 200 OK\r\nContent-Encoding: br, gzip\r\nContent-Length: 3\r\n\r\nabc" } }
		local socket = stub.nmap.new_socket()
		socket:connect("192.0.2.1", 80, "tcp")
		local response = module.new(socket):next("GET", generous)
		check.equal({ response.body, response.decoded, response.undecoded, response.header["content-encoding"] },
			{ "abc", {}, { "gzip", "br" }, "br, gzip" })
	end)
end

function T.any_bytes_give_a_response_or_say_why_not()
	check.fuzz(function(bytes)
		local response = reader_of(in_pieces(bytes, 7)):next("GET", { limit = 50, truncated_ok = true })
		assert(response["status-line"] and response.header and (not response.status or #response.body <= 50))
	end, { one, two, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nabc" }, 800)
end

return T
