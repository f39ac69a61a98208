--- sshkey: host keys of SSH: what is in their bytes (RFC 4253, 6.6; RFC 5656, 3.1; RFC 8709), and their
-- fingerprints as people compare them.
--   local key = sshkey.parse(blob)          -- type, bits, algorithm
--   sshkey.hex(key), sshkey.sha256(key), sshkey.bubblebabble(key), sshkey.visual(key)

local base64 = require "base64"
local cut = require "cut"
local openssl = require "openssl"
local stdnse = require "stdnse"
local strict = require "strict"
local math, string, table = math, string, table

local M = {}

-- A string of SSH at a place, and the place behind it; nil if there is no whole one.
local function read_string(bytes, at)
	return cut.unpack(">s4", bytes, at)
end
M.read_string = read_string

local function bits_of(number)
	local significant = number:gsub("^\0+", "")
	if significant == "" then
		return 0
	end
	return #significant * 8 - 7 + math.floor(math.log(significant:byte(), 2))
end

local function parse_rsa(blob, at)
	local _, modulus
	_, at = read_string(blob, at)
	modulus = read_string(blob, at)
	return modulus and bits_of(modulus)
end

local function parse_dsa(blob, at)
	local prime = read_string(blob, at)
	return prime and bits_of(prime)
end

local curve_bits = { nistp256 = 256, nistp384 = 384, nistp521 = 521 }

local function parse_ecdsa(blob, at)
	local curve = read_string(blob, at)
	return curve and curve_bits[curve]
end

local kinds = {
	{ "^ssh%-rsa$", "RSA", parse_rsa }, { "^ssh%-dss$", "DSA", parse_dsa }, { "^ecdsa%-sha2%-", "ECDSA", parse_ecdsa },
	{ "^ssh%-ed25519$", "ED25519", function() return 256 end }, { "^ssh%-ed448$", "ED448", function() return 456 end },
}

--- What is in a key's bytes: key (the bytes), key_type ("ssh-rsa"), algorithm ("RSA"), bits,
-- fingerprint (its MD5), fp_sha256, full_key (as in known_hosts). nil if it is none.
function M.parse(blob)
	local name, at = read_string(blob, 1)
	if not name then
		return nil
	end
	for i = 1, #kinds do
		local pattern, algorithm, parse = table.unpack(kinds[i])
		local bits = name:find(pattern) and parse(blob, at)
		if bits then
			return {
				key = base64.enc(blob), key_type = name, fp_input = blob, bits = bits, algorithm = algorithm,
				full_key = name .. " " .. base64.enc(blob), fingerprint = openssl.md5(blob),
				fp_sha256 = openssl.digest("sha256", blob),
			}
		end
	end
	return nil
end

local function line(key, fingerprint)
	return string.format("%d %s (%s)", key.bits, fingerprint, key.algorithm)
end

--- "2048 16 bytes of MD5 in hexadecimal digits (RSA)".
function M.hex(key)
	return line(key, stdnse.tohex(key.fingerprint))
end

--- "256 SHA256:base64 (ED25519)".
function M.sha256(key)
	return line(key, "SHA256:" .. base64.enc(key.fp_sha256):gsub("=+$", ""))
end

local vowels, consonants = "aeiouy", "bcdfghklmnprstvzx"

local function letter(set, index)
	return set:sub(index + 1, index + 1)
end

-- One group of three letters: two numbers' vowels, a consonant between.
local function triple(a, b, c)
	return letter(vowels, a) .. letter(consonants, b) .. letter(vowels, c)
end

--- Bytes as syllables (Antti Huima, "The Bubble Babble Binary Data Encoding").
function M.babble(bytes)
	local out, check = { "x" }, 1
	for i = 1, #bytes - 1, 2 do
		local one, other = bytes:byte(i, i + 1)
		out[#out + 1] = triple(((one >> 6) + check) % 6, one >> 2 & 15, ((one & 3) + check // 6) % 6) ..
			letter(consonants, other >> 4) .. "-" .. letter(consonants, other & 15)
		check = (check * 5 + one * 7 + other) % 36
	end
	if #bytes % 2 == 1 then
		local one = bytes:byte(#bytes)
		out[#out + 1] = triple(((one >> 6) + check) % 6, one >> 2 & 15, ((one & 3) + check // 6) % 6)
	else
		out[#out + 1] = triple(check % 6, 16, check // 6)
	end
	return table.concat(out) .. "x"
end

--- "256 xodaf-hyzoc-... (ED25519)", of the SHA-1.
function M.bubblebabble(key)
	return line(key, M.babble(openssl.sha1(key.fp_input)))
end

-- The picture: a bishop walks over a board, two bits a step, and marks how often it was where
-- (Dirk Loss and others, "The drunken bishop").
local columns, rows = 17, 9
local marks = " .o+=*BOX@%&#/^SE"

local function walk(bytes)
	local board, x, y = {}, columns // 2, rows // 2
	for i = 1, #bytes do
		local byte = bytes:byte(i)
		for _ = 1, 4 do
			x = math.max(0, math.min(columns - 1, x + (byte & 1 ~= 0 and 1 or -1)))
			y = math.max(0, math.min(rows - 1, y + (byte & 2 ~= 0 and 1 or -1)))
			local at = y * columns + x
			board[at] = math.min((board[at] or 0) + 1, #marks - 3)
			byte = byte >> 2
		end
	end
	board[rows // 2 * columns + columns // 2] = #marks - 2
	board[y * columns + x] = #marks - 1
	return board
end

--- The fingerprint as a picture of eleven lines.
function M.visual(key)
	local board = walk(key.fingerprint)
	local out = { string.format("+--[%4s %4d]----+", key.algorithm, key.bits) }
	for y = 0, rows - 1 do
		local row = {}
		for x = 0, columns - 1 do
			row[x + 1] = letter(marks, board[y * columns + x] or 0)
		end
		out[#out + 1] = "|" .. table.concat(row) .. "|"
	end
	out[#out + 1] = "+" .. ("-"):rep(columns) .. "+"
	return table.concat(out, "\n")
end

return strict(M)
