local check = require "check"
local xmppstream = require "xmppstream"

local T = {}

-- What Prosody and ejabberd say.
local head = "<?xml version='1.0'?><stream:stream id='17' version='1.0' xml:lang='en' " ..
	"xmlns:stream='http://etherx.jabber.org/streams' from='lab.test' xmlns='jabber:client'>"
local with_tls = head .. "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>" ..
	"<dialback xmlns='urn:xmpp:features:dialback'/></stream:features>"
local with_login = head .. "<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>" ..
	"<mechanism>PLAIN</mechanism><mechanism>SCRAM-SHA-1</mechanism></mechanisms><c xmlns='http://jabber.org/protocol/caps' " ..
	"hash='sha-1' node='http://n' ver='v='/><compression xmlns='c'><method>zlib</method></compression><new/></stream:features>"
local refused = head .. "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>" ..
	"<text xmlns='urn:ietf:params:xml:ns:xmpp-streams'>This &lt;server&gt; does not serve .</text></stream:error></stream:stream>"

function T.a_header_asks_for_a_name()
	check.is_true(xmppstream.header("jabber:client", "a'b<c"):find("to='abc'", 1, true))
end

function T.features()
	local seen = xmppstream.parse(with_tls)
	check.equal({ seen.id, seen.version, seen.lang }, { "17", "1.0", "en" })
	check.equal(seen.features, { "TLS (required)", "Server Dialback" })
	seen = xmppstream.parse(with_login)
	check.equal(seen.mechanisms, { "PLAIN", "SCRAM-SHA-1" })
	check.equal({ seen.methods, seen.unknown, seen.node, seen.ver }, { { "zlib" }, { "new" }, "http://n", "v=" })
end

function T.errors()
	local seen = xmppstream.parse(refused)
	check.equal({ seen.errors, seen.reason }, { { "host-unknown" }, "This <server> does not serve ." })
	check.is_true(xmppstream.parse("<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>").proceed)
	check.is_nil(xmppstream.parse("HTTP/1.1 400 Bad Request\r\n\r\n<html>").version)
end

function T.a_whole_answer()
	for _, xml in ipairs { with_tls, with_login, refused } do
		check.is_true(xmppstream.is_whole(xml))
	end
	check.is_true(not xmppstream.is_whole(head))
end

function T.two_answers_compared()
	local both, first, second = xmppstream.compare(xmppstream.parse(with_tls), xmppstream.parse(with_login))
	check.equal({ both.version, both.lang, both.features }, { "1.0", "en", {} })
	check.equal(first.features, { "TLS (required)", "Server Dialback" })
	check.equal({ second.mechanisms, second.node }, { { "PLAIN", "SCRAM-SHA-1" }, "http://n" })
end

function T.broken_answers_do_no_harm()
	check.fuzz(xmppstream.parse, { with_tls, with_login, refused })
	xmppstream.parse(("<"):rep(32768))
	xmppstream.parse(("<a b='"):rep(5000))
	xmppstream.parse(("<x>"):rep(10000))
end

return T
