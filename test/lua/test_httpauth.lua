local auth = require "httpauth"
local check = require "check"

local T = {}

function T.challenges_and_their_parameters()
	check.equal(auth.parse 'Basic realm="a b"', { { scheme = "Basic", params = { realm = "a b" } } })
	check.equal(auth.parse 'Basic realm="x\\"y", Digest realm="r", nonce="n,1", qop="auth,auth-int", algorithm=MD5', {
		{ scheme = "Basic", params = { realm = 'x"y' } },
		{ scheme = "Digest", params = { realm = "r", nonce = "n,1", qop = "auth,auth-int", algorithm = "MD5" } } })
	check.equal(auth.parse "Negotiate, NTLM", { { scheme = "Negotiate", params = {} }, { scheme = "NTLM", params = {} } })
	check.equal(auth.parse "Negotiate abc==", { { scheme = "Negotiate", params = {}, token68 = "abc==" } })
	check.equal(auth.parse "basic REALM=x", { { scheme = "basic", params = { REALM = "x" } } })
	check.equal(auth.parse "", {})
	check.is_nil(auth.parse 'Basic realm="open')
	check.is_nil(auth.parse "=,")
	check.is_nil(auth.parse "realm=x")
	check.is_nil(auth.parse(("Basic, "):rep(1000)))
	check.is_nil(auth.parse("Basic " .. ("a=b, "):rep(1000)))
	check.equal(auth.find('Basic realm="x", digest nonce=1', "Digest").params, { nonce = "1" })
	check.is_nil(auth.find(nil, "Digest"))
end

function T.basic_is_the_sample_of_its_rfc()
	check.equal(auth.basic("Aladdin", "open sesame"), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==")
end

-- What is hashed, in the order in which it is.
local function recorder(seen)
	return function(algorithm, text)
		seen[#seen + 1] = algorithm .. " " .. text
		return "\255" .. string.char(#seen)
	end
end

local request = { username = 'M"f', password = "C", method = "GET", uri = "/d", cnonce = "c0" }

function T.digest_hashes_what_its_rfc_says()
	local seen = {}
	local header = auth.digest({ realm = "r", nonce = "n", qop = "auth-int, auth", algorithm = "SHA-256", opaque = "o" }, request, recorder(seen))
	check.equal(seen, { 'sha256 M"f:r:C', "sha256 GET:/d", "sha256 ff01:n:00000001:c0:auth:ff02" })
	check.equal(header, [[Digest username="M\"f", realm="r", nonce="n", uri="/d", response="ff03", algorithm=SHA-256, opaque="o", qop=auth, nc=00000001, cnonce="c0"]])
	seen = {}
	check.is_true(auth.digest({ nonce = "n", algorithm = "MD5-sess" }, request, recorder(seen)))
	check.equal(seen, { 'md5 M"f::C', "md5 ff01:n:c0", "md5 GET:/d", "md5 ff02:n:ff03" })
end

function T.digests_that_we_cannot_do()
	local none = recorder {}
	check.is_nil(auth.digest({ nonce = "n", algorithm = "SHA-512-256" }, request, none))
	check.is_nil(auth.digest({ nonce = "n", qop = "auth-int" }, request, none))
	check.is_nil(auth.digest({ realm = "r" }, request, none))
end

function T.any_header_parses_or_gives_nil()
	check.fuzz(auth.parse, { 'Basic realm="a\\"b", Digest realm=r, nonce="n", NTLM, Negotiate YII=' }, 2000)
end

return T
