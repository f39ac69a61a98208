local base64 = require "base64"
local check = require "check"
local openssl = require "openssl"
local sshkey = require "sshkey"
local stdnse = require "stdnse"

local T = {}

-- Made by ssh-keygen, as are the fingerprints (-l, -B, -lv -E md5).
local ed25519 = base64.dec "AAAAC3NzaC1lZDI1NTE5AAAAIK+qH4e7pdgJ1t9OL4LoU6FJwU0c70+GpiZ0lBgsaKfm"
local ecdsa = base64.dec("AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBJiXYiglyE5nLwWg+Edradw9Llrv0iUIkJfp/6tp"
	.. "NvmxezpyJPCsCF21WhhvHIcYlOuZKQrS+hrrzwTRH11z6kQ=")

openssl.known["md5" .. ed25519] = stdnse.fromhex "8584f22eb4defc442e3a3e2a172e1724"
openssl.known["sha1" .. ed25519] = stdnse.fromhex "b6d2fcf41a258d4358559553e87f56557c27ba67"
openssl.known["sha256" .. ed25519] = stdnse.fromhex "978f04a87799a15018e6146afc5b86ec8a85267a7dedf98a9d87b513311c40a5"

function T.what_is_in_keys()
	local key = sshkey.parse(ed25519)
	check.equal({ key.key_type, key.algorithm, key.bits, key.full_key },
		{ "ssh-ed25519", "ED25519", 256, "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK+qH4e7pdgJ1t9OL4LoU6FJwU0c70+GpiZ0lBgsaKfm" })
	key = sshkey.parse(ecdsa)
	check.equal({ key.key_type, key.algorithm, key.bits }, { "ecdsa-sha2-nistp256", "ECDSA", 256 })
	key = sshkey.parse(string.pack(">s4s4s4", "ssh-rsa", "\1\0\1", "\0\x80" .. ("\0"):rep(255)))
	check.equal({ key.algorithm, key.bits }, { "RSA", 2048 })
	key = sshkey.parse(string.pack(">s4s4", "ssh-dss", "\0\x80" .. ("\0"):rep(127)))
	check.equal({ key.algorithm, key.bits }, { "DSA", 1024 })
	check.is_nil(sshkey.parse(string.pack(">s4", "ssh-new")))
	check.is_nil(sshkey.parse "\0\0\0\7ssh")
end

function T.fingerprints()
	local key = sshkey.parse(ed25519)
	check.equal(sshkey.hex(key), "256 8584f22eb4defc442e3a3e2a172e1724 (ED25519)")
	check.equal(sshkey.sha256(key), "256 SHA256:l48EqHeZoVAY5hRq/FuG7IqFJnp97fmKnYe1EzEcQKU (ED25519)")
	check.equal(sshkey.bubblebabble(key),
		"256 xotit-duziz-gokyd-hifeg-fykeh-hohah-fapol-zohyh-hizyd-livyk-lexox (ED25519)")
end

-- The examples of the encoding's description.
function T.syllables()
	check.equal({ sshkey.babble "", sshkey.babble "1234567890", sshkey.babble "Pineapple" },
		{ "xexax", "xesef-disof-gytuf-katof-movif-baxux", "xigak-nyryk-humil-bosek-sonax" })
end

function T.the_picture()
	check.equal(sshkey.visual(sshkey.parse(ed25519)), table.concat({
		"+--[ED25519  256]----+",
		"|       ..        |",
		"|    . .. .       |",
		"|     o  . .      |",
		"|E . . .  .       |",
		"| o . o  S        |",
		"|  o o .o         |",
		"| . + +. o        |",
		"|o + +.oo         |",
		"| =.ooo ..        |",
		"+-----------------+" }, "\n"))
end

function T.any_key_is_survived()
	check.fuzz(sshkey.parse, { ed25519, ecdsa, string.pack(">s4s4s4", "ssh-rsa", "\1\0\1", "\0\x80\0") }, 400)
end

return T
