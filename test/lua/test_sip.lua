local check = require "check"
local sip = require "sip"

local T = {}

local answer = "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.2;branch=z\r\nAllow: INVITE, ACK,\r\n BYE\r\n" ..
	"Server: Lab (1.0)\r\nContent-Length: 0\r\n\r\n"
local rtsp = "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, DESCRIBE\r\n\r\n"

function T.a_request_names_both_ends()
	local text = sip.build_options("udp", "10.0.0.2", 5061, "10.0.0.1", 5060)
	check.equal(text:match "^[^\r]+", "OPTIONS sip:10.0.0.1:5060 SIP/2.0")
	check.is_true(text:find("\r\nVia: SIP/2.0/UDP 10.0.0.2:5061;branch=z9hG4bK", 1, true))
	check.equal(text:sub(-4), "\r\n\r\n")
	check.is_true(sip.build_options("tcp", "::1", 1, "::2", 2):find("sip:[::2]:2", 1, true))
	check.equal(sip.build_rtsp_options():match "^[^\r]+", "OPTIONS * RTSP/1.0")
end

function T.responses_of_both_protocols()
	local seen = sip.parse_response(answer)
	check.equal({ seen.protocol, seen.status, seen.reason, seen.header.server }, { "SIP", 200, "OK", "Lab (1.0)" })
	check.equal(sip.methods(seen.header.allow), { "INVITE", "ACK", "BYE" })
	check.equal(sip.methods(sip.parse_response(rtsp).header.public), { "OPTIONS", "DESCRIBE" })
	check.equal(sip.among({ "BYE", "Register" }, { "REGISTER" }), { "Register" })
end

function T.others_are_none()
	check.is_nil(sip.parse_response "HTTP/1.1 200 OK\r\n\r\n")
	check.is_nil(sip.parse_response "SIP/2.0 200 OK")
	check.equal(sip.methods(nil), {})
	check.equal(#sip.methods(("A,"):rep(90)), 50)
end

function T.any_text_is_read_or_nil()
	check.fuzz(sip.parse_response, { answer, rtsp })
end

return T
