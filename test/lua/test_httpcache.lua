local check = require "check"
local httpcache = require "httpcache"
local stub = require "stub"

local T = {}

function T.what_is_kept_is_nobodys_to_change()
	local cache, response = httpcache.new(), { status = 200, body = "a", header = { x = "1" } }
	cache:put("k", response, 1000)
	response.header.x = "2"
	local one = cache:get "k"
	one.header.x = "3"
	check.equal(cache:get "k", { status = 200, body = "a", header = { x = "1" } })
	check.is_nil(cache:get "other")
end

function T.bodies_may_be_left_out()
	local cache = httpcache.new()
	cache:put("k", { status = 200, body = "a", rawbody = "a" }, 1000, true)
	check.is_nil(cache:get "k")
	check.equal(cache:get("k", true), { status = 200 })
	cache:put("k", { status = 200, body = "b" }, 1000)
	check.equal(cache:get("k").body, "b")
end

function T.the_oldest_go_first()
	local cache = httpcache.new()
	for i = 1, 20 do
		cache:put("k" .. i, { status = 200, body = ("x"):rep(300) }, 2000)
	end
	check.is_true(cache.bytes <= 2000)
	check.is_nil(cache:get "k1")
	check.equal(cache:get("k20").status, 200)
	cache:put("large", { status = 200, body = ("x"):rep(3000) }, 2000)
	check.is_nil(cache:get "large")
	check.equal(cache:get("k20").status, 200)
end

function T.failures_are_forgotten_after_a_while()
	local cache, real = httpcache.new(), stub.nmap.clock_ms
	cache:put_failure("k", { ["status-line"] = "Error: x", incomplete = { body = "part" } })
	check.equal(cache:get("k").incomplete.body, "part")
	local later = real() + 31000
	stub.nmap.clock_ms = function() return later end
	local gone = cache:get "k"
	stub.nmap.clock_ms = real
	check.is_nil(gone)
	cache:put_failure("k", { ["status-line"] = "Error: x", incomplete = { body = ("p"):rep(100000) } })
	check.equal(cache:get "k", { ["status-line"] = "Error: x" })
	for i = 1, 1000 do
		cache:put_failure("k" .. i, { ["status-line"] = "Error: x" })
	end
	check.is_true(cache.failures <= 200)
end

return T
