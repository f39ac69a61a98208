local base32 = require "base32"
local check = require "check"

local T = {}

function T.vectors_of_rfc_4648()
	for plain, coded in pairs { [""] = "", f = "MY======", fo = "MZXQ====", foo = "MZXW6===", foob = "MZXW6YQ=", fooba = "MZXW6YTB", foobar = "MZXW6YTBOI======" } do
		check.equal(base32.enc(plain), coded)
		check.equal(base32.dec(coded), plain)
	end
	check.equal(base32.enc("foobar", true), "CPNMUOJ1E8======")
	check.equal(base32.dec("CPNMUOJ1E8======", true), "foobar")
end

function T.decoding_undoes_encoding()
	check.seed(3)
	for i = 1, 300 do
		local bytes = check.bytes(40)
		check.equal(base32.dec(base32.enc(bytes, i % 2 == 0), i % 2 == 0), bytes)
	end
end

function T.what_is_not_base32_gives_nil()
	check.is_nil(base32.dec("MY1"))
	check.is_nil(base32.dec("M"))
	check.is_nil(base32.dec("MYM"))
	check.equal(base32.dec("mzxw 6ytb"), "fooba")
end

function T.any_bytes_decode_or_give_nil()
	check.fuzz(base32.dec, { "MZXW6YTBOI======" })
	check.is_nil(base32.dec(("="):rep(200000) .. "1"))
end

return T
