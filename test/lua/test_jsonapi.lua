local check = require "check"
local fake = require "fake_server"
local json = require "json"
local jsonapi = require "jsonapi"

local T = {}

-- Calls f with an http library that answers by answers[scheme or "none"].
local function with_http(answers, f)
	local asked, old = {}, package.loaded.http
	local function answer(method)
		return function(_, _, path, options)
			asked[#asked + 1] = method .. " " .. path .. " " .. (options.scheme or "none")
			return answers[options.scheme or "none"] or { header = {} }
		end
	end
	package.loaded.http = { get = answer "GET", post = answer "POST" }
	local ok, why = pcall(f, jsonapi.new(fake.host, fake.port(2379)))
	package.loaded.http = old
	assert(ok, why)
	return asked
end

function T.a_value_and_its_response()
	with_http({ none = { status = 200, body = '{"a":1}' } }, function(api)
		local value, response = api:get "/v"
		check.equal({ value, response.status }, { { a = 1 }, 200 })
	end)
	with_http({ none = { status = 401, body = '{"a":1}' } }, function(api)
		local value, response = api:get "/v"
		check.equal({ value, response.status }, { nil, 401 })
	end)
	with_http({ none = { status = 200, body = "<html>" } }, function(api) check.is_nil((api:get "/v")) end)
end

function T.tls_is_tried_when_plain_does_not_do()
	local good = { status = 200, body = "{}" }
	local asked = with_http({ https = good }, function(api)
		check.equal((api:get "/v"), {})
		check.equal((api:ask("/w", "{}")), {})
	end)
	check.equal(asked, { "GET /v none", "GET /v https", "POST /w https" })
	local told = { status = 400, body = "Client sent an HTTP request to an HTTPS server.\n" }
	asked = with_http({ none = told, https = good }, function(api) api:get "/v" end)
	check.equal(asked, { "GET /v none", "GET /v https" })
	asked = with_http({ none = { status = 400, body = "bad" } }, function(api) api:get "/v" end)
	check.equal(asked, { "GET /v none" })
	asked = with_http({}, function(api) api:get "/v" api:get "/v" end)
	check.equal(#asked, 4)
end

function T.parts_of_values()
	local _, value = json.parse '{"a":{"b":"c","n":null},"l":[1]}'
	check.equal({ jsonapi.at(value, "a", "b"), jsonapi.at(value, "a", "n"), jsonapi.at(value, "a", "b", "c"), jsonapi.at("x", "a") },
		{ "c" })
	check.equal({ jsonapi.text "x", jsonapi.text(5), jsonapi.text {}, jsonapi.object "x", jsonapi.object(json.NULL) }, { "x", "5" })
end

function T.output_is_sorted_and_has_an_end()
	local out = jsonapi.ordered(jsonapi.parse '{"b":[1,null,"x"],"a":{"d":null,"c":true}}')
	local names = {}
	for name in pairs(out) do
		names[#names + 1] = name
	end
	check.equal({ names, out.b[1], out.b[2], out.a.c }, { { "a", "b" }, 1, "x", true })
	local many = jsonapi.ordered(jsonapi.parse("[" .. ("1,"):rep(9000) .. "1]"))
	check.equal(#many, 2001)
	check.is_true(jsonapi.ordered(jsonapi.parse(("["):rep(200) .. ("]"):rep(200))))
end

function T.ports_are_theirs_by_number_service_or_product()
	local rule = jsonapi.rule({ 2379 }, "etcd-client", "etcd")
	local odd = fake.port(23311)
	check.equal({ rule(nil, fake.port(2379)), rule(nil, odd) }, { true, false })
	odd.version.product = "etcd"
	check.equal(rule(nil, odd), true)
	odd.state = "closed"
	check.equal(rule(nil, odd), false)
end

function T.any_text()
	check.fuzz(function(text)
		local value = jsonapi.parse(text)
		jsonapi.ordered(value)
		jsonapi.at(value, "a", "b")
	end, { '{"a":{"b":"c","n":null},"l":[1,{"x":false}]}' }, 1000)
end

return T
