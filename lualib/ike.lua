--- ike: the first message of ISAKMP's main mode (RFC 2408, RFC 2409) and what the answer tells of
-- who sent it: vendor identities, the notification. No keys, no login.

local strict = require "strict"
local ipairs, string, table = ipairs, string, table

local M = {}

local payloads_max = 30
local SA, NOTIFICATION, VENDOR = 1, 11, 13

M.NOTIFICATIONS = { [1] = "INVALID-PAYLOAD-TYPE", [2] = "DOI-NOT-SUPPORTED", [4] = "INVALID-COOKIE",
	[5] = "INVALID-MAJOR-VERSION", [7] = "INVALID-EXCHANGE-TYPE", [14] = "NO-PROPOSAL-CHOSEN",
	[16] = "PAYLOAD-MALFORMED", [24] = "AUTHENTICATION-FAILED" }

-- Beginnings of vendor identities. Most are MD5 of a text that the maker chose; RFC 3706 and 3947
-- have theirs. The third field: a maker or program, not just something it can do.
local vendors = {
	{ "afcad71368a1f1c96b8696fc775701", "Dead Peer Detection v1.0" },
	{ "4a131c81070358455c5728f20e95452f", "RFC 3947 NAT-T" },
	{ "90cb80913ebb696e086381b5ec427b1f", "draft-ietf-ipsec-nat-t-ike-02\\n" },
	{ "cd60464335df21f87cfdb2fc68b6a448", "draft-ietf-ipsec-nat-t-ike-02" },
	{ "7d9419a65310ca6f2c179d9215529d56", "draft-ietf-ipsec-nat-t-ike-03" },
	{ "09002689dfd6b712", "XAUTH" },
	{ "12f5f28c457168a9702d9fe274cc", "Cisco Unity" },
	{ "4048b7d56ebce88525e7de7f00d6c2d3", "IKE FRAGMENTATION" },
	{ "1f07f70eaa6514d3b0fa96542a50", "Cisco VPN Concentrator", true },
	{ "1e2b516905991c7d7c96fcbfb587e461", "Microsoft Windows", true },
	{ "882fe56d6fd20dbc2251613b2ebe5beb", "strongSwan", true },
	{ "4f45", "Openswan or Libreswan", true },
	{ "1d6e178f6c2c0be284985465450fe9d4", "Fortinet FortiGate", true },
	{ "8299031757a36082c6a621de", "Fortinet FortiGate", true },
	{ "f4ed19e0c114eb516faaac0ee37daf28", "Check Point", true },
	{ "404bf439522ca3f6", "SonicWall", true },
	{ "166f932d55eb64d8e4df4fd37e2313f0d0fd8451", "Juniper NetScreen", true },
	{ "69936922", "Juniper or NetScreen", true },
	{ "7003cbc1097dbe9c2600ba6983bc8b35", "racoon", true },
	{ "da8e937880010000", "ISAKMP Heartbeat Notify" },
}

local function attribute(kind, value)
	return string.pack(">I2I2", 0x8000 | kind, value)
end

-- Cipher (and its bits), hash, login, group of each way that is offered.
local ways = { { 7, 256, 2, 1, 14 }, { 7, 128, 2, 1, 2 }, { 5, nil, 2, 1, 2 }, { 5, nil, 1, 1, 2 }, { 7, 256, 2, 3, 14 },
	{ 5, nil, 2, 3, 2 } }

local function transform(number, way, last)
	local body = string.pack(">BBI2", number, 1, 0) .. attribute(1, way[1]) ..
		(way[2] and attribute(14, way[2]) or "") .. attribute(2, way[3]) .. attribute(3, way[4]) ..
		attribute(4, way[5]) .. attribute(11, 1) .. attribute(12, 28800)
	return string.pack(">BBI2", last and 0 or 3, 0, #body + 4) .. body
end

--- The first message of main mode, with a cookie of eight bytes.
function M.build_request(cookie)
	local transforms = {}
	for i, way in ipairs(ways) do
		transforms[i] = transform(i, way, i == #ways)
	end
	local proposal = string.pack(">BBBB", 1, 1, 0, #ways) .. table.concat(transforms)
	local sa = string.pack(">I4I4", 1, 1) .. string.pack(">BBI2", 0, 0, #proposal + 4) .. proposal
	local payload = string.pack(">BBI2", 0, 0, #sa + 4) .. sa
	return cookie .. string.rep("\0", 8) .. string.pack(">BBBBI4I4", SA, 0x10, 2, 0, 0, 28 + #payload) .. payload
end

local function hex(bytes)
	return (bytes:gsub(".", function(c) return string.format("%02x", c:byte()) end))
end

--- {accepted (whether a proposal was), notification (a name), vendors (bytes)}; nil if it is no
-- answer to the message with that cookie.
function M.parse_response(bytes, cookie)
	if #bytes < 28 or bytes:sub(1, 8) ~= cookie or bytes:sub(9, 16) == string.rep("\0", 8) then
		return nil
	end
	local next_kind, at, told = bytes:byte(17), 29, { vendors = {} }
	for _ = 1, payloads_max do
		if next_kind == 0 or at + 3 > #bytes then
			break
		end
		local following, _, length = string.unpack(">BBI2", bytes, at)
		if length < 4 or at + length - 1 > #bytes then
			break
		end
		local data = bytes:sub(at + 4, at + length - 1)
		if next_kind == SA then
			told.accepted = true
		elseif next_kind == VENDOR then
			told.vendors[#told.vendors + 1] = data
		elseif next_kind == NOTIFICATION and #data >= 8 then
			local number = string.unpack(">I2", data, 7)
			told.notification = M.NOTIFICATIONS[number] or string.format("notification %d", number)
		end
		next_kind, at = following, at + length
	end
	return told
end

--- What vendor identities mean: the maker (nil if none tells), and a list of the others.
function M.describe_vendors(list)
	local maker, attributes = nil, {}
	for _, data in ipairs(list) do
		local digits, name, is_maker = hex(data), nil, nil
		for _, vendor in ipairs(vendors) do
			if not name and digits:sub(1, #vendor[1]) == vendor[1] then
				name, is_maker = vendor[2], vendor[3]
			end
		end
		if is_maker then
			maker = maker or name
		else
			attributes[#attributes + 1] = name or digits:sub(1, 64)
		end
	end
	return maker, attributes
end

return strict(M)
