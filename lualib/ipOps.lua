--- ipOps: addresses as text, bytes, bits and numbers; ranges and networks.
-- IPv4, and IPv6 as RFC 4291 writes it (printed as RFC 5952 asks).
-- What is not an address gives nil and why not.

local strict = require "strict"
local ipairs, string, table, tonumber, type = ipairs, string, table, tonumber, type

local M = {}

local function v4_bytes(text)
	local bytes = {}
	for part in (text .. "."):gmatch("([^.]*)%.") do
		local number = part:match("^%d%d?%d?$") and tonumber(part)
		if not number or number > 255 or #bytes == 4 then
			return nil
		end
		bytes[#bytes + 1] = string.char(number)
	end
	return #bytes == 4 and table.concat(bytes) or nil
end

-- The groups on one side of "::" as bytes; the last may be an IPv4 address.
local function v6_side(text, may_end_in_v4)
	if text == "" then
		return ""
	end
	local out = {}
	for group, after in text:gmatch("([^:]*)(:?)") do
		if group == "" and after == "" then
			break
		elseif group:match("^%x%x?%x?%x?$") then
			out[#out + 1] = string.pack(">I2", tonumber(group, 16))
		else
			local v4 = after == "" and may_end_in_v4 and v4_bytes(group)
			if not v4 then
				return nil
			end
			out[#out + 1] = v4
		end
	end
	return text:sub(-1) ~= ":" and table.concat(out) or nil
end

local function v6_bytes(text)
	text = text:gsub("%%.*$", "")
	local head, tail = text:match("^(.-)::(.*)$")
	local left = v6_side(head or text, head == nil)
	local right = v6_side(tail or "", true)
	if not left or not right then
		return nil
	end
	local missing = 16 - #left - #right
	if head and missing < 2 or not head and missing ~= 0 then
		return nil
	end
	return left .. string.rep("\0", missing) .. right
end

local v4_mapped = string.rep("\0", 10) .. "\255\255"

--- The bytes of an address: 4 or 16, in the order of the network. With "inet6"
-- as the family, an IPv4 address is given as one of ::ffff:0:0/96.
function M.ip_to_str(text, family)
	if type(text) ~= "string" then
		return nil, "Error in ipOps.ip_to_str: Expected an IP address as a string"
	end
	local bytes = text:find(":", 1, true) and v6_bytes(text) or v4_bytes(text)
	if not bytes then
		return nil, "Error in ipOps.ip_to_str: Not an IP address: " .. text
	end
	return family == "inet6" and #bytes == 4 and v4_mapped .. bytes or bytes
end

-- Where the longest run of at least two zero groups begins, and its length.
local function zero_run(groups)
	local best, length, from = nil, 1, nil
	for i = 1, 9 do
		if groups[i] == 0 then
			from = from or i
		elseif from then
			if i - from > length then
				best, length = from, i - from
			end
			from = nil
		end
	end
	return best, length
end

local function groups_text(groups, first, last)
	local out = {}
	for i = first, last do
		out[#out + 1] = string.format("%x", groups[i])
	end
	return table.concat(out, ":")
end

local function v6_text(bytes)
	local groups = { string.unpack(">I2I2I2I2I2I2I2I2", bytes) }
	groups[9] = nil
	local from, length = zero_run(groups)
	if not from then
		return groups_text(groups, 1, 8)
	end
	return groups_text(groups, 1, from - 1) .. "::" .. groups_text(groups, from + length, 8)
end

--- The text of 4 or 16 bytes.
function M.str_to_ip(bytes)
	if type(bytes) == "string" and #bytes == 4 then
		return string.format("%d.%d.%d.%d", bytes:byte(1, 4))
	elseif type(bytes) == "string" and #bytes == 16 then
		return v6_text(bytes)
	end
	return nil, "Error in ipOps.str_to_ip: Expected 4 or 16 bytes"
end

--- An IPv4 address as a number; fromdword() is the way back.
function M.todword(text)
	local bytes, err = M.ip_to_str(text)
	if not bytes then
		return nil, err
	elseif #bytes ~= 4 then
		return nil, "Error in ipOps.todword: Expected IPv4 address"
	end
	return (string.unpack(">I4", bytes))
end

function M.fromdword(number)
	if type(number) ~= "number" or number < 0 or number > 0xffffffff or number % 1 ~= 0 then
		return nil, "Error in ipOps.fromdword: Expected 32-bit number"
	end
	return M.str_to_ip(string.pack(">I4", number))
end

--- The groups of an address as a list of numbers: 4 or 8.
function M.get_parts_as_number(text)
	local bytes, err = M.ip_to_str(text)
	if not bytes then
		return nil, err
	end
	local parts = { string.unpack(#bytes == 4 and "BBBB" or ">I2I2I2I2I2I2I2I2", bytes) }
	parts[#parts] = nil
	return parts
end

local comparisons = {
	eq = function(a, b) return a == b end,
	ne = function(a, b) return a ~= b end,
	lt = function(a, b) return a < b end,
	le = function(a, b) return a <= b end,
	gt = function(a, b) return a > b end,
	ge = function(a, b) return a >= b end,
}

-- A text that sorts as the addresses do, in any locale: digits only.
local function in_order(bytes)
	return string.format("%02d", #bytes) .. bytes:gsub(".", function(c) return string.format("%03d", c:byte()) end)
end

--- Compares two addresses: eq, ne, lt, le, gt, ge. IPv4 comes before IPv6.
function M.compare_ip(left, operation, right)
	local compare = comparisons[operation]
	local one, err = M.ip_to_str(left)
	local other, err2 = M.ip_to_str(right)
	if not compare then
		return nil, "Error in ipOps.compare_ip: Invalid operator"
	elseif not one or not other then
		return nil, err or err2
	end
	return compare(in_order(one), in_order(other))
end

local function bits_of(bytes)
	return (bytes:gsub(".", function(c)
		local out, byte = {}, c:byte()
		for i = 7, 0, -1 do
			out[#out + 1] = byte >> i & 1
		end
		return table.concat(out)
	end))
end

--- The bits of an address as "0" and "1", and the way back.
function M.ip_to_bin(text)
	local bytes, err = M.ip_to_str(text)
	if not bytes then
		return nil, err
	end
	return bits_of(bytes)
end

function M.bin_to_ip(bits)
	if type(bits) ~= "string" or bits:find("[^01]") or (#bits ~= 32 and #bits ~= 128) then
		return nil, "Error in ipOps.bin_to_ip: Expected string of 32 or 128 bits"
	end
	return M.str_to_ip((bits:gsub("........", function(byte) return string.char(tonumber(byte, 2)) end)))
end

--- The bits of hexadecimal digits.
function M.hex_to_bin(digits)
	if type(digits) ~= "string" or digits == "" or digits:find("%X") then
		return nil, "Error in ipOps.hex_to_bin: Expected string of hex digits"
	end
	return (digits:gsub(".", function(c) return bits_of(string.char(tonumber(c, 16))):sub(5) end))
end

local function filled(text, prefix, bit)
	local bits, err = M.ip_to_bin(text)
	prefix = tonumber(prefix)
	if not bits then
		return nil, err
	elseif not prefix or prefix < 0 or prefix > #bits or prefix % 1 ~= 0 then
		return nil, "Error in ipOps: Invalid prefix length"
	end
	return M.bin_to_ip(bits:sub(1, prefix) .. string.rep(bit, #bits - prefix))
end

--- The first and the last address of a network.
function M.get_first_ip(text, prefix)
	return filled(text, prefix, "0")
end

function M.get_last_ip(text, prefix)
	return filled(text, prefix, "1")
end

--- A full address from one that leaves out parts: "10.1" and "10." (IPv4) have
-- zeroes behind; IPv6 gets all its groups. `family` ("inet6") makes an IPv4
-- address one of ::ffff:0:0/96.
function M.expand_ip(text, family)
	if type(text) ~= "string" then
		return nil, "Error in ipOps.expand_ip: Expected an IP address as a string"
	elseif text:find(":", 1, true) then
		local bytes, err = M.ip_to_str(text)
		if not bytes then
			return nil, err
		end
		return groups_text({ string.unpack(">I2I2I2I2I2I2I2I2", bytes) }, 1, 8)
	end
	local full = text:match("^.*[^.]") or ""
	local _, dots = full:gsub("%.", "")
	full = full .. string.rep(".0", 3 - dots)
	local bytes, err = M.ip_to_str(full)
	if not bytes then
		return nil, err
	elseif family == "inet6" then
		return M.expand_ip("::ffff:" .. full)
	end
	return full
end

--- The ends of "10.0.0.0/8", "10.0.0.1-10.0.0.9", "10.0.0.1"; nil, nil, why not.
function M.get_ips_from_range(range)
	local first, last, err
	if type(range) ~= "string" then
		return nil, nil, "Error in ipOps.get_ips_from_range: Expected a range as a string"
	end
	local network, prefix = range:match("^%s*([^/%s]+)%s*/%s*(%d+)%s*$")
	local from, to = range:match("^%s*([^-%s]+)%s*%-%s*([^-%s]+)%s*$")
	if network then
		network, err = M.expand_ip(network)
		first = network and M.get_first_ip(network, prefix)
		last = network and M.get_last_ip(network, prefix)
	elseif from then
		first, err = M.expand_ip(from)
		last = M.expand_ip(to)
	else
		first, err = M.expand_ip((range:gsub("%s", "")))
		last = first
	end
	if not first or not last or #M.ip_to_str(first) ~= #M.ip_to_str(last) then
		return nil, nil, err or "Error in ipOps.get_ips_from_range: Invalid range: " .. range
	end
	return first, last
end

--- Whether an address is within a range (as get_ips_from_range takes them).
function M.ip_in_range(text, range)
	local first, last, err = M.get_ips_from_range(range)
	if not first then
		return nil, err
	end
	local bytes, err2 = M.ip_to_str(text)
	if not bytes then
		return nil, err2
	elseif #bytes ~= #M.ip_to_str(first) then
		return false
	end
	return M.compare_ip(text, "ge", first) and M.compare_ip(text, "le", last)
end

-- IANA's special-purpose registries of addresses (RFC 6890): those that are
-- not reached from elsewhere.
local private = {
	inet = { "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
		"192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4" },
	inet6 = { "::/127", "::ffff:0:0/96", "64:ff9b:1::/48", "100::/64", "2001:2::/48", "2001:db8::/32",
		"fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8" },
}

--- Whether an address is not one of the public ones; true and the network.
function M.isPrivate(text)
	local bytes, err = M.ip_to_str(text)
	if not bytes then
		return nil, err
	end
	for _, range in ipairs(private[#bytes == 4 and "inet" or "inet6"]) do
		if M.ip_in_range(text, range) then
			return true, range
		end
	end
	return false
end

return strict(M)
