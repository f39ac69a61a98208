--- sip: requests and responses of SIP (RFC 3261) and RTSP (RFC 7826) as text and tables, as far as
-- the methods of a server go. No sockets, no calls.

local httpmessage = require "httpmessage"
local rand = require "rand"
local strict = require "strict"
local ipairs, string, table, tonumber = ipairs, string, table, tonumber

local M = {}

local methods_max = 50

--- An OPTIONS request of SIP from an address and port of ours to a server.
function M.build_options(transport, from, from_port, to, to_port)
	local shown = to:find(":", 1, true) and "[" .. to .. "]" or to
	return table.concat({
		string.format("OPTIONS sip:%s:%d SIP/2.0", shown, to_port),
		string.format("Via: SIP/2.0/%s %s:%d;branch=z9hG4bK%s;rport", transport:upper(), from, from_port,
			rand.random_alpha(12)),
		"Max-Forwards: 70",
		string.format("From: <sip:portolan@%s>;tag=%s", from, rand.random_alpha(8)),
		string.format("To: <sip:%s>", shown),
		string.format("Call-ID: %s@%s", rand.random_alpha(16), from),
		"CSeq: 1 OPTIONS",
		string.format("Contact: <sip:portolan@%s:%d>", from, from_port),
		"Accept: application/sdp",
		"Content-Length: 0", "", "" }, "\r\n")
end

--- The same for RTSP: all of the server ("*") unless a path is given.
function M.build_rtsp_options(url, sequence)
	return string.format("OPTIONS %s RTSP/1.0\r\nCSeq: %d\r\nUser-Agent: portolan\r\n\r\n", url or "*", sequence or 1)
end

--- A response: {protocol ("SIP", "RTSP"), status, reason, header (by lower-case name)}; nil if it
-- does not begin as one.
function M.parse_response(text)
	local first, after = text:match "^([^\r\n]*)\r?\n()"
	local protocol, status, reason = (first or ""):match "^(%u+)/%d%.%d (%d%d%d) ?(.*)$"
	if protocol ~= "SIP" and protocol ~= "RTSP" then
		return nil
	end
	local head = text:sub(after, (httpmessage.find_body(text)))
	return { protocol = protocol, status = tonumber(status), reason = reason,
		header = (httpmessage.parse_headers(head)) }
end

--- The names in an Allow or Public header, as a list.
function M.methods(value)
	local list = {}
	for name in (value or ""):gmatch "[%w_%-]+" do
		if #list < methods_max then
			list[#list + 1] = name
		end
	end
	return list
end

--- Which methods of a list are not harmless to leave open.
function M.among(list, wanted)
	local found = {}
	for _, name in ipairs(list) do
		for _, one in ipairs(wanted) do
			if name:upper() == one then
				found[#found + 1] = name
			end
		end
	end
	return found
end

return strict(M)
