local check = require "check"
local fake = require "fake_server"
local tls = require "tls"

local T = {}

local function record(kind, content)
	return string.pack(">BI2s2", kind, 0x0303, content)
end

local function message(kind, body)
	return string.char(kind) .. string.pack(">I3", #body) .. body
end

local random = "\x5f\0\0\1" .. ("r"):rep(28)
local hello_body = "\3\3" .. random .. "\1s" .. "\xc0\x2f" .. "\0" .. string.pack(">s2", string.pack(">I2s2", 65281, "\0"))
local server_hello = message(2, hello_body)
local certificate = message(11, string.pack(">I3", 9) .. string.pack(">I3", 2) .. "C1" .. string.pack(">I3", 1) .. "D")
local share = message(12, "\3\0\23" .. string.pack(">s1", ("p"):rep(65)) .. "signature")
local done = message(14, "")
local answer_bytes = record(22, server_hello .. certificate .. share) .. record(22, done)

function T.a_hello_and_its_bytes()
	local hello = tls.client_hello {
		protocol = "TLSv1.0", ciphers = { "TLS_RSA_WITH_RC4_128_SHA" }, random = ("x"):rep(32),
		extensions = {
			server_name = tls.EXTENSION_HELPERS.server_name "a.b",
			elliptic_curves = tls.EXTENSION_HELPERS.elliptic_curves { "secp256r1" },
		},
	}
	check.equal(hello, "\x16\3\1\0\x49\1\0\0\x45\3\1" .. ("x"):rep(32) .. "\0\0\2\0\5\1\0" ..
		"\0\x1a\0\0\0\8\0\6\0\0\3a.b" .. "\0\10\0\4\0\2\0\23" .. "\0\11\0\2\1\0")
	check.equal(tls.client_hello { protocol = "SSLv3" }:sub(1, 3), "\x16\3\0")
end

function T.a_hello_of_13_hides_behind_12()
	local hello = tls.client_hello { protocol = "TLSv1.3" }
	check.equal(hello:sub(1, 3) .. hello:sub(10, 11), "\x16\3\1\3\3")
	check.equal(tls.client_hello({ protocol = "TLSv1.3", record_protocol = "TLSv1.3" }):sub(1, 3), "\x16\3\1")
	check.is_true(hello:find("\0\43\0\3\2\3\4", 1, true), "supported_versions")
	check.is_true(hello:find("\0\51\0\38\0\36\0\29\0\32", 1, true), "key_share")
end

function T.records_and_their_messages()
	local at, one = tls.record_read(answer_bytes, 1)
	check.equal({ one.type, one.protocol, #one.body, one.fragment }, { "handshake", "TLSv1.2", 3 })
	local hello = one.body[1]
	check.equal({ hello.type, hello.protocol, hello.time, hello.session_id, hello.cipher, hello.compressor },
		{ "server_hello", "TLSv1.2", 0x5f000001, "s", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "NULL" })
	check.equal(hello.extensions, { renegotiation_info = "\0" })
	check.equal(one.body[2].certificates, { "C1", "D" })
	local after, other = tls.record_read(answer_bytes, at)
	check.equal({ after, other.body[1].type }, { #answer_bytes + 1, "server_hello_done" })
	check.equal({ tls.record_read(answer_bytes:sub(1, 20), 1) }, { 1, nil })
end

function T.a_message_in_two_records()
	local cut = record(22, certificate:sub(1, 7)) .. record(22, certificate:sub(8))
	local at, one = tls.record_read(cut, 1)
	check.equal({ #one.body, one.fragment }, { 0, certificate:sub(1, 7) })
	local _, other = tls.record_read(cut, at, one.fragment)
	check.equal(other.body[1].certificates, { "C1", "D" })
end

function T.an_exchange_ends_with_the_hello()
	local socket = fake.connected { { "^\x16", answer_bytes .. "more" } }
	local answer = tls.exchange(socket, tls.client_hello())
	check.equal(answer.server_hello.cipher, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
	check.equal({ #answer.certificate.certificates, answer.alert }, { 2, nil })
	local share_info = tls.unpack_ecdhparams(answer.server_key_exchange.data)
	check.equal({ share_info.ecdhparams.curve_params.curve, share_info.strength }, { "secp256r1", 256 })
end

function T.warnings_do_not_end_it_errors_do()
	local socket = fake.connected { { "^\x16", record(21, "\1\112") .. answer_bytes } }
	check.is_true(tls.exchange(socket, tls.client_hello()).server_hello)
	socket = fake.connected { { "^\x16", record(21, "\2\40") } }
	check.equal(tls.exchange(socket, tls.client_hello()).alert, { level = "fatal", description = "handshake_failure" })
end

function T.what_is_no_tls()
	local socket = fake.connected { { "^\x16", "HTTP/1.1 400 Bad Request\r\n" } }
	check.equal({ tls.exchange(socket, tls.client_hello()) }, { nil, "no TLS record" })
	socket = fake.connected {}
	check.equal({ tls.exchange(socket, tls.client_hello()) }, { nil, "EOF" })
end

function T.the_version_of_13_is_in_an_extension()
	local body = "\3\3" .. random .. "\0" .. "\x13\1" .. "\0" .. string.pack(">s2", string.pack(">I2s2", 43, "\3\4"))
	local _, one = tls.record_read(record(22, message(2, body)), 1)
	check.equal({ one.protocol, one.body[1].protocol, one.body[1].cipher },
		{ "TLSv1.2", "TLSv1.3", "TLS_AKE_WITH_AES_128_GCM_SHA256" })
end

function T.what_names_say()
	local function brief(name)
		local info = tls.cipher_info(name)
		return { info.kex or "", info.cipher or "", info.size or "", info.mode or "", info.hash or "" }
	end
	check.equal(brief "TLS_RSA_EXPORT_WITH_RC4_40_MD5", { "RSA_EXPORT", "RC4", 40, "", "MD5" })
	check.equal(brief "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", { "ECDHE_RSA", "AES", 128, "GCM", "SHA256" })
	check.equal(brief "TLS_RSA_WITH_AES_256_CCM_8", { "RSA", "AES", 256, "CCM_8", "SHA256" })
	check.equal(brief "TLS_RSA_WITH_NULL_MD5", { "RSA", "NULL", 0, "", "MD5" })
	check.equal(brief "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA", { "DHE_RSA", "3DES", 112, "CBC", "SHA" })
	check.equal(brief "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", { "ECDHE_RSA", "CHACHA20", 256, "", "SHA256" })
	check.equal(brief "SSL_RSA_FIPS_WITH_DES_CBC_SHA", { "RSA", "DES", 56, "CBC", "SHA" })
	check.is_true(tls.cipher_info("TLS_DH_anon_WITH_RC4_128_MD5").anon)
	check.is_true(tls.cipher_info("TLS_RSA_EXPORT1024_WITH_DES_CBC_SHA").export)
	check.equal({ tls.cipher_info("TLS_AKE_WITH_AES_128_GCM_SHA256").tls13only, tls.cipher_info("TLS_RSA_WITH_NULL_MD5").tls13ok },
		{ true, false })
	for name in pairs(tls.CIPHERS) do
		local info = tls.cipher_info(name)
		check.is_true(info.size and info.kex, name)
	end
end

function T.strengths()
	check.equal({ tls.rsa_equiv("rsa", 1024), tls.rsa_equiv("ec", 256), tls.rsa_equiv("ec", 521), tls.rsa_equiv("ec", 192) },
		{ 1024, 3072, 15360, 1024 })
	check.equal(tls.unpack_dhparams("\0\2\0\x80" .. "\0\1\2" .. "\0\1\3").strength, 8)
	check.is_nil(tls.unpack_dhparams "\0\2\0")
	check.is_nil(tls.unpack_ecdhparams "\1\0\23\1x")
	local share = tls.unpack_key_share "\0\29\0\1x"
	check.equal({ share.ecdhparams.curve_params.curve, share.ecdhparams.public, share.strength }, { "ecdh_x25519", "x", 256 })
	check.equal(tls.unpack_key_share("\1\0").type, "dh")
	check.is_nil(tls.unpack_key_share "\99\99")
	check.equal({ tls.KEX_ALGORITHMS.DHE_RSA.type, tls.KEX_ALGORITHMS.DHE_RSA.pubkey, tls.KEX_ALGORITHMS.DHE_RSA.pfs },
		{ "dh", "rsa", true })
	check.equal(tls.KEX_ALGORITHMS.ECDHE_ECDSA.pubkey, "ec")
	check.equal({ tls.KEX_ALGORITHMS.RSA.type, tls.KEX_ALGORITHMS.RSA.pfs }, { "rsa", nil })
	check.is_true(tls.KEX_ALGORITHMS.DH_anon.anon)
end

function T.messages_one_by_one()
	local at, hello = tls.handshake_parse.server_hello("xx" .. hello_body .. "yy", 3, 3 + #hello_body)
	check.equal({ at, hello.cipher }, { 3 + #hello_body, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256" })
	check.is_true(tls.record_version_ok("TLSv1.2", "TLSv1.3"))
	check.is_true(not tls.record_version_ok("TLSv1.1", "TLSv1.2"))
	check.equal(tls.unpack_dhparams("\0\2\0\x80" .. "\0\1\2" .. "\0\1\3", "TLSv1.2").strength, 8)
end

function T.names_to_ask_for()
	check.equal(tls.servername { targetname = "a.b", name = "c.d" }, "a.b")
	check.equal(tls.servername { name = "c.d" }, "c.d")
	check.is_nil(tls.servername { name = "" })
	check.is_nil(tls.servername { targetname = "10.0.0.1" })
end

function T.any_answer_is_survived()
	check.fuzz(function(bytes)
		local at, one = 1, nil
		repeat
			local fragment = one and one.fragment
			at, one = tls.record_read(bytes, at, fragment)
		until not one
		tls.exchange(fake.connected { { "", bytes } }, "x")
		tls.unpack_dhparams(bytes)
		tls.unpack_ecdhparams(bytes)
		tls.unpack_rsaparams(bytes)
		tls.unpack_key_share(bytes)
	end, { answer_bytes, record(21, "\2\40"), share:sub(5), "\0\2\0\x80\0\1\2\0\1\3" }, 600)
end

return T
