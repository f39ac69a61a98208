local base64 = require "base64"
local check = require "check"

local T = {}

function T.vectors_of_rfc_4648()
	for plain, coded in pairs { [""] = "", f = "Zg==", fo = "Zm8=", foo = "Zm9v", foob = "Zm9vYg==", fooba = "Zm9vYmE=", foobar = "Zm9vYmFy" } do
		check.equal(base64.enc(plain), coded)
		check.equal(base64.dec(coded), plain)
	end
end

function T.decoding_undoes_encoding()
	check.seed(2)
	for _ = 1, 300 do
		local bytes = check.bytes(60)
		check.equal(base64.dec(base64.enc(bytes)), bytes)
	end
end

function T.other_characters_are_passed_over()
	check.equal(base64.dec("Zm9v\r\nYmFy"), "foobar")
	check.equal(base64.dec("Zm9vYg"), "foob")
	check.is_nil(base64.dec("Zm9vY"))
end

function T.any_bytes_decode_or_give_nil()
	check.fuzz(base64.dec, { "Zm9vYmFy", "Zg==" })
	check.equal(base64.dec(("="):rep(200000)), "")
end

return T
