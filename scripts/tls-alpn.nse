-- portolan --script tls-alpn -p 443 TARGET

local sslcert = require "sslcert"
local tls = require "tls"
local ipairs, table = ipairs, table

description = [[
Asks a TLS server which application protocols it takes (ALPN, RFC 7301), in its order where it has
one. TLS 1.3 hides the answer, so that earlier versions are offered.
]]
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe", "default" }

portrule = sslcert.port_rule

-- IANA's registry of ALPN protocol names, and what was in use before it.
local names = {
	"h2", "http/1.1", "http/1.0", "http/0.9", "spdy/3.1", "spdy/3", "spdy/2", "spdy/1", "h2-16", "h2-15", "h2-14",
	"h2c", "h3", "stun.turn", "stun.nat-discovery", "webrtc", "c-webrtc", "ftp", "imap", "pop3", "smtp", "managesieve",
	"coap", "co", "xmpp-client", "xmpp-server", "acme-tls/1", "mqtt", "dot", "doq", "ntske/1", "sunrpc", "smb", "irc",
	"nntp", "nnsp", "postgresql", "radius/1.0", "radius/1.1", "tds/8.0", "sip/2", "grpc-exp", "grpc", "x-amzn-mqtt-ca",
	"apns-pack-v1", "apns-security-v2", "hq", "dicom",
}

local function chosen(answer)
	local list = answer and answer.server_hello and answer.server_hello.extensions and
		answer.server_hello.extensions.application_layer_protocol_negotiation
	if not list or #list < 4 then
		return nil
	end
	local length = list:byte(3)
	return #list >= 3 + length and length > 0 and list:sub(4, 3 + length) or nil
end

action = function(host, port)
	local left, out = table.move(names, 1, #names, 1, {}), {}
	while #left > 0 do
		local name = chosen(sslcert.ask(host, port, { protocol = "TLSv1.2", extensions = {
			application_layer_protocol_negotiation =
				tls.EXTENSION_HELPERS.application_layer_protocol_negotiation(left),
		} }))
		local at
		for i, one in ipairs(left) do
			at = one == name and i or at
		end
		if not at then
			break
		end
		out[#out + 1] = table.remove(left, at)
	end
	return #out > 0 and out or nil
end
