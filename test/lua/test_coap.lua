local check = require "check"
local coap = require "coap"
local fake = require "fake_server"
local COAP = coap.COAP

local T = {}

function T.a_request_and_its_bytes()
	local bytes = COAP.header.build { code = 1, id = 0x1234, token = "ab", options = COAP.optionsOf "/.well-known/core" }
	check.equal(bytes, "\x42\1\x12\x34ab\xbb.well-known\4core")
	check.equal(COAP.header.build { code = 1, id = 1, options = COAP.optionsOf("/x", { number = 3, size = 2 }) },
		"\x40\1\0\1\xb1x\xc1\x32")
	check.equal(COAP.header.build { code = 2, id = 1, type = 1, payload = "p" }, "\x50\2\0\1\xffp")
end

function T.an_answer()
	local answer = COAP.header.parse "\x62\x45\x12\x34ab\xc1\x28\xb1\x0e\xff</x>"
	check.equal(answer, { type = 2, code = "2.05", id = 0x1234, token = "ab",
		options = { { number = 12, value = "\x28" }, { number = 23, value = "\x0e" } }, payload = "</x>" })
	check.equal(COAP.optionNumber(answer, COAP.options.block2), 14)
	check.is_nil(COAP.optionNumber(answer, COAP.options.etag))
end

function T.long_options()
	local value = ("v"):rep(300)
	local bytes = COAP.header.build { code = 1, options = { { number = 60, value = "s" }, { number = 2000, value = value } } }
	check.equal(COAP.header.parse(bytes).options, { { number = 60, value = "s" }, { number = 2000, value = value } })
end

function T.what_is_no_message()
	for _, bytes in ipairs { "", "\x40\1\0", "\x80\1\0\1", "\x49\1\0\1xxxxxxxxx", "\x40\1\0\1\xf0", "\x40\1\0\1\x05abc", "\x40\1\0\1\xd0" } do
		check.is_nil(COAP.header.parse(bytes), bytes)
	end
end

function T.lists_of_resources()
	check.equal(COAP.payload.parse '</>;title="General Info";ct=0,</time>;if="clock";obs,</a>;rt="a,b;\\"c"', {
		{ path = "/", attributes = { { name = "title", value = "General Info" }, { name = "ct", value = "0" } } },
		{ path = "/time", attributes = { { name = "if", value = "clock" }, { name = "obs", value = "" } } },
		{ path = "/a", attributes = { { name = "rt", value = 'a,b;"c' } } },
	})
	check.equal(COAP.payload.parse "no links", {})
	check.equal(#COAP.payload.parse(("<x>,"):rep(3000)), 1000)
end

local function answer(sent, fields)
	local request = COAP.header.parse(sent)
	return COAP.header.build { type = 2, code = fields.code or 0x45, id = request.id, token = request.token,
		options = fields.options or {}, payload = fields.payload }
end


function T.a_resource_in_blocks()
	local log
	local function block(number, more, payload)
		return function()
			return answer(log.sent[#log.sent], { payload = payload,
				options = { { number = 23, value = string.char(number << 4 | (more and 8 or 0)) } } })
		end
	end
	log = fake.serve { block(0, true, "0123456789abcdef"), block(1, false, "end") }
	local helper = coap.Helper:new(fake.host, fake.port(5683, "udp"))
	assert(helper:connect())
	local status, got = helper:get "/x"
	check.equal({ status, got.code, got.payload, #log.sent, log.proto }, { true, "2.05", "0123456789abcdefend", 2, "udp" })
	check.equal(COAP.optionNumber(COAP.header.parse(log.sent[2]), 23), 1 << 4)
end

function T.a_request_and_answer_in_names()
	local log
	log = fake.serve { function()
		return answer(log.sent[#log.sent], { payload = "</rd>;ct=40", options = { { number = 12, value = "\40" } } })
	end, function() return answer(log.sent[#log.sent], { code = 0x84 }) end }
	local helper = coap.Helper:new(fake.host, fake.port(5683, "udp"))
	local status, got = helper:connect { uri = "/.well-known/core", code = "get", type = "confirmable" }
	check.equal({ status, got.type, got.code, got.payload },
		{ true, "acknowledgement", "content", { { name = "/rd", parameters = { { name = "ct", value = "40" } } } } })
	status, got = helper:request { uri = "/none" }
	check.equal({ status, got.code, got.payload }, { true, "not_found", "" })
end

function T.options_in_names()
	local log
	log = fake.serve { function()
		return answer(log.sent[#log.sent], { options = { { number = 12, value = "" }, { number = 14, value = "\60" }, { number = 23, value = "\x1a" },
			{ number = 999, value = "x" } } })
	end }
	local helper = coap.Helper:new(fake.host, fake.port(5683, "udp"))
	local _, got = helper:connect { uri = "/" }
	check.equal(got.options, { { name = "content_format", value = "text/plain" }, { name = "max_age", value = 60 },
		{ name = "block2", value = { number = 1, more = true, length = 64 } }, { name = "999", value = "x" } })
	check.equal(COAP.header.find_option(got, "max_age"), 60)
	check.equal(COAP.header.find_options(got, "etag"), {})
end

function T.other_tokens_are_not_ours()
	fake.serve { "\x60\x45\0\1\xffx", "garbage" }
	local helper = coap.Helper:new(fake.host, fake.port(5683, "udp"))
	helper:connect()
	check.equal({ helper:get "/x" }, { false, "TIMEOUT" })
end

function T.blocks_without_end()
	local log
	log = fake.serve({ function() return answer(log.sent[#log.sent], { payload = "x", options = { { number = 23, value = "\8" } } }) end },
		"EOF", true)
	local helper = coap.Helper:new(fake.host, fake.port(5683, "udp"))
	helper:connect()
	local _, got = helper:get "/x"
	check.equal(#got.payload, 64)
end

function T.any_bytes()
	check.fuzz(function(bytes)
		COAP.header.parse(bytes)
		COAP.payload.parse(bytes)
	end, { "\x62\x45\x12\x34ab\xc1\x28\xb1\x0e\xff</x>", '</>;title="General Info";ct=0,</time>;if="clock";obs' }, 2000)
end

return T
