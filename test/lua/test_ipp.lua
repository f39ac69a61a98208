local check = require "check"
local fake = require "fake_server"
local ipp = require "ipp"

local T = {}

local function attribute(tag, name, value)
	return string.pack(">Bs2s2", tag, name, value)
end

local head = "\1\1\0\0\0\0\0\1\1" .. attribute(0x47, "attributes-charset", "utf-8")
local printers = head .. "\4" .. attribute(0x42, "printer-name", "laser") .. attribute(0x23, "printer-state", "\0\0\0\3") ..
	attribute(0x21, "queued-job-count", "\0\0\0\2") .. attribute(0x44, "kinds", "a") .. attribute(0x44, "", "b") ..
	"\4" .. attribute(0x42, "printer-name", "ink") .. "\3"

-- Calls f with an http library that answers so; gives what was posted.
local function with_http(answer, f)
	local posted, old
	old, package.loaded.http = package.loaded.http, { post = function(_, _, path, options, _, content)
		posted = path .. " " .. options.header["Content-Type"] .. " " .. content
		return answer
	end }
	local ok, why = pcall(f, ipp.Helper:new(fake.host, fake.port(631)))
	package.loaded.http = old
	assert(ok, why)
	return posted
end

function T.a_request_and_its_bytes()
	check.equal(ipp.buildRequest(0x4002, { { 0x44, "requested-attributes", "a", "b" } }), "\1\1\x40\2\0\0\0\1\1" ..
		attribute(0x47, "attributes-charset", "utf-8") .. attribute(0x48, "attributes-natural-language", "en") ..
		attribute(0x44, "requested-attributes", "a") .. attribute(0x44, "", "b") .. "\3")
end

function T.groups_of_an_answer()
	local got = ipp.parseResponse(printers)
	check.equal({ got.status, #got, got[2] }, { 0, 3, { tag = 4,
		attributes = { ["printer-name"] = "laser", ["printer-state"] = 3, ["queued-job-count"] = 2, kinds = "a" } } })
	for length = 0, #printers - 1 do
		check.is_nil(ipp.parseResponse(printers:sub(1, length)))
	end
	check.is_nil(ipp.parseResponse "<html><body>no</body></html>")
	check.is_nil(ipp.parseResponse("\1\1\0\0\0\0\0\1" .. attribute(0x42, "x", "y") .. "\3"))
end

function T.printers_and_jobs()
	local posted = with_http({ status = 200, body = printers }, function(helper)
		check.equal({ helper:connect(), helper:getPrinters() },
			{ true, true, { { name = "laser", state = 3, queue_count = 2 }, { name = "ink" } } })
	end)
	check.is_true(posted:find("^/ application/ipp \1\1\x40\2"))
	local jobs = head .. "\2" .. attribute(0x21, "job-id", "\0\0\0\7") .. attribute(0x42, "job-name", "report") .. "\3"
	with_http({ status = 200, body = jobs }, function(helper)
		check.equal({ helper:getJobs() }, { true, { { id = 7, name = "report" } } })
	end)
end

function T.what_is_refused()
	with_http({ status = 403 }, function(helper) check.equal({ helper:getPrinters() }, { false, "HTTP status 403" }) end)
	with_http({}, function(helper) check.equal({ helper:getJobs() }, { false, "HTTP status nil" }) end)
	with_http({ status = 200, body = "x" }, function(helper) check.equal({ helper:getPrinters() }, { false, "not IPP" }) end)
	with_http({ status = 200, body = "\1\1\4\6\0\0\0\1\3" }, function(helper)
		check.equal({ helper:getPrinters() }, { false, "IPP status 0x0406" })
	end)
end

function T.groups_without_end()
	check.equal(#ipp.parseResponse(head .. ("\4"):rep(9000)), 500)
end

function T.any_bytes()
	check.fuzz(ipp.parseResponse, { printers }, 2000)
end

return T
