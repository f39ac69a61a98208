local check = require "check"
local ipOps = require "ipOps"

local T = {}

function T.addresses_become_bytes()
	check.equal(ipOps.ip_to_str "10.0.255.1", "\10\0\255\1")
	check.equal(ipOps.ip_to_str "::1", ("\0"):rep(15) .. "\1")
	check.equal(ipOps.ip_to_str "fe80::1%eth0", "\xfe\x80" .. ("\0"):rep(13) .. "\1")
	check.equal(ipOps.ip_to_str "::ffff:1.2.3.4", ("\0"):rep(10) .. "\255\255\1\2\3\4")
	check.equal(ipOps.ip_to_str "1:2:3:4:5:6:7:8", "\0\1\0\2\0\3\0\4\0\5\0\6\0\7\0\8")
	check.equal(ipOps.ip_to_str("1.2.3.4", "inet6"), ipOps.ip_to_str "::ffff:1.2.3.4")
	check.equal(ipOps.ip_to_str "1::", "\0\1" .. ("\0"):rep(14))
	check.equal(ipOps.ip_to_str "::", ("\0"):rep(16))
end

function T.what_is_no_address()
	for _, text in ipairs { "", "1.2.3", "1.2.3.4.5", "256.1.1.1", "1..2.3", "a.b.c.d", "1.2.3.-4", ":", ":::", "1::2::3",
		"1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8", "12345::", "g::", "1.2.3.4::", "::1.2.3", "1:", ":1", "1.2.3.4 " } do
		local bytes, why = ipOps.ip_to_str(text)
		check.is_nil(bytes, text)
		check.equal(type(why), "string")
	end
	check.is_nil(ipOps.ip_to_str(nil))
	check.is_nil(ipOps.str_to_ip "abc")
	check.is_nil(ipOps.str_to_ip(nil))
end

function T.printed_as_rfc_5952_asks()
	check.equal(ipOps.str_to_ip(ipOps.ip_to_str "2001:db8:0:0:1:0:0:1"), "2001:db8::1:0:0:1")
	check.equal(ipOps.str_to_ip(ipOps.ip_to_str "2001:db8:0:1:1:1:1:1"), "2001:db8:0:1:1:1:1:1")
	check.equal(ipOps.str_to_ip(ipOps.ip_to_str "2001:0:0:1::1"), "2001:0:0:1::1")
	check.equal(ipOps.str_to_ip(ipOps.ip_to_str "1::"), "1::")
	check.equal(ipOps.str_to_ip(("\0"):rep(16)), "::")
end

function T.text_and_bytes_are_each_others_inverse()
	check.seed(12)
	for i = 1, 500 do
		local bytes = {}
		for j = 1, i % 2 == 0 and 4 or 16 do
			bytes[j] = string.char(math.random(3) == 1 and math.random(0, 255) or 0)
		end
		local text = table.concat(bytes)
		check.equal(ipOps.ip_to_str(ipOps.str_to_ip(text)), text)
		check.equal(ipOps.bin_to_ip(ipOps.ip_to_bin(ipOps.str_to_ip(text))), ipOps.str_to_ip(text))
	end
end

function T.numbers()
	check.equal(ipOps.todword "1.2.3.4", 0x01020304)
	check.equal(ipOps.todword "255.255.255.255", 0xffffffff)
	check.is_nil(ipOps.todword "::1")
	check.equal(ipOps.fromdword(0x01020304), "1.2.3.4")
	check.is_nil(ipOps.fromdword(-1))
	check.equal(ipOps.get_parts_as_number "1.2.3.4", { 1, 2, 3, 4 })
	check.equal(ipOps.get_parts_as_number "1::ffff", { 1, 0, 0, 0, 0, 0, 0, 0xffff })
	check.equal(ipOps.hex_to_bin "0f", "00001111")
	check.is_nil(ipOps.hex_to_bin "0g")
end

function T.comparisons()
	check.is_true(ipOps.compare_ip("10.0.0.9", "lt", "10.0.0.10"))
	check.is_true(ipOps.compare_ip("fe80::1", "gt", "255.255.255.255"))
	check.is_true(ipOps.compare_ip("::1", "eq", "0:0:0:0:0:0:0:1"))
	check.is_true(ipOps.compare_ip("1.1.1.1", "ne", "1.1.1.2"))
	check.equal((ipOps.compare_ip("1.1.1.1", "ge", "1.1.1.2")), false)
	check.is_nil((ipOps.compare_ip("1.1.1.1", "like", "1.1.1.2")))
	check.is_nil((ipOps.compare_ip("1.1.1", "eq", "1.1.1.2")))
end

function T.ranges()
	check.equal({ ipOps.get_ips_from_range "10.0.0.0/30" }, { "10.0.0.0", "10.0.0.3" })
	check.equal({ ipOps.get_ips_from_range "10.0.0.5 - 10.0.0.9" }, { "10.0.0.5", "10.0.0.9" })
	check.equal({ ipOps.get_ips_from_range "10/8" }, { "10.0.0.0", "10.255.255.255" })
	check.equal(select(2, ipOps.get_ips_from_range "2001:db8::/32"), "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff")
	check.is_nil((ipOps.get_ips_from_range "10.0.0.1-::1"))
	check.is_nil((ipOps.get_ips_from_range "10.0.0.0/33"))
	check.equal(ipOps.ip_in_range("192.168.1.7", "192.168.0.0/16"), true)
	check.equal(ipOps.ip_in_range("192.169.0.0", "192.168.0.0/16"), false)
	check.equal(ipOps.ip_in_range("::1", "192.168.0.0/16"), false)
	check.equal(ipOps.ip_in_range("10.0.0.200", "10.0.0.100-10.0.0.200"), true)
	check.is_nil((ipOps.ip_in_range("x", "10.0.0.0/8")))
end

function T.private_addresses()
	for _, text in ipairs { "10.1.2.3", "172.31.255.255", "192.168.0.1", "127.0.0.1", "169.254.1.1", "::1", "fe80::1", "fd00::1", "224.0.0.1" } do
		check.equal((ipOps.isPrivate(text)), true, text)
	end
	for _, text in ipairs { "8.8.8.8", "172.32.0.1", "2600::1" } do
		check.equal((ipOps.isPrivate(text)), false, text)
	end
	check.equal(select(2, ipOps.isPrivate "10.0.0.1"), "10.0.0.0/8")
	check.is_nil((ipOps.isPrivate "x"))
end

function T.short_forms_grow()
	check.equal(ipOps.expand_ip "10.1", "10.1.0.0")
	check.equal(ipOps.expand_ip "10.", "10.0.0.0")
	check.equal(ipOps.expand_ip "fe80::1", "fe80:0:0:0:0:0:0:1")
	check.equal(ipOps.expand_ip("1.2.3.4", "inet6"), "0:0:0:0:0:ffff:102:304")
	check.is_nil((ipOps.expand_ip "10.x"))
	check.equal(ipOps.get_first_ip("10.1.2.3", 16), "10.1.0.0")
	check.equal(ipOps.get_last_ip("10.1.2.3", 16), "10.1.255.255")
end

function T.any_text_gives_an_address_or_nil()
	check.fuzz(function(text)
		ipOps.ip_to_str(text)
		ipOps.expand_ip(text)
		ipOps.isPrivate(text)
		ipOps.get_ips_from_range(text)
		ipOps.str_to_ip(text)
		ipOps.bin_to_ip(text)
	end, { "10.0.0.1/24", "fe80::1.2.3.4%lo-::", "10.1-10.2" })
end

function T.colons_at_the_end()
	check.is_nil((ipOps.ip_to_str "1:2:3:4:5:6:7:8:"))
	check.is_nil((ipOps.ip_to_str "::1:"))
	check.is_nil((ipOps.ip_to_str "1:::"))
	check.equal(ipOps.expand_ip "::1", "0:0:0:0:0:0:0:1")
end

function T.equal_addresses_are_not_less()
	for operation, expected in pairs { lt = false, gt = false, le = true, ge = true, eq = true, ne = false } do
		check.equal(ipOps.compare_ip("10.0.0.1", operation, "10.0.0.1"), expected, operation)
	end
end

-- The first and last of each network, and what is next to it.
function T.edges_of_private_networks()
	for first, last in pairs { ["0.0.0.0"] = "0.255.255.255", ["10.0.0.0"] = "10.255.255.255", ["100.64.0.0"] = "100.127.255.255",
		["127.0.0.0"] = "127.255.255.255", ["169.254.0.0"] = "169.254.255.255", ["172.16.0.0"] = "172.31.255.255",
		["192.0.0.0"] = "192.0.0.255", ["192.0.2.0"] = "192.0.2.255", ["192.88.99.0"] = "192.88.99.255",
		["192.168.0.0"] = "192.168.255.255", ["198.18.0.0"] = "198.19.255.255", ["198.51.100.0"] = "198.51.100.255",
		["203.0.113.0"] = "203.0.113.255", ["224.0.0.0"] = "255.255.255.255" } do
		check.equal((ipOps.isPrivate(first)), true, first)
		check.equal((ipOps.isPrivate(last)), true, last)
	end
	for _, text in ipairs { "1.0.0.0", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.0",
		"172.15.255.255", "192.0.1.0", "192.0.3.0", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255",
		"64:ff9b::1", "2001:db9::", "fbff::1", "101::" } do
		check.equal((ipOps.isPrivate(text)), false, text)
	end
end

return T
