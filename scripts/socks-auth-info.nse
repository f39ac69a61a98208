-- Shows how a SOCKS 5 proxy wants to be logged in to.
-- Example: portolan -p1080 --script socks-auth-info 192.0.2.1

local comm = require "comm"
local finding = require "finding"
local shortport = require "shortport"
local string, ipairs, setmetatable = string, ipairs, setmetatable

description = [[
Offers a SOCKS 5 proxy one way to log in after the other, and lists those it takes (RFC 1928, 3). Nothing is
sent through it.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 1080, 9050 }, { "socks", "socks4", "socks5", "tor-socks" })

local names = {
	{ 0, "No authentication" }, { 1, "GSSAPI" }, { 2, "Username and password" },
	{ 3, "Challenge-Handshake Authentication Protocol" }, { 5, "Challenge-Response Authentication Method" },
	{ 6, "Secure Sockets Layer" }, { 7, "NDS Authentication" }, { 8, "Multi-Authentication Framework" },
}

local method_text = {
	__tostring = function(self) return self.name end,
}

-- The proxy's choice when it has that one: true or false; nil from what is no SOCKS 5.
local function takes(host, port, method)
	local ok, answer = comm.exchange(host, port, string.char(5, 1, method), { bytes = 2, timeout = 5000 })
	if not ok or #answer ~= 2 or answer:byte() ~= 5 then
		return nil
	end
	return answer:byte(2) == method
end

local function report()
	finding.report { id = "socks-no-authentication", title = "The SOCKS proxy wants no login", severity = "medium",
		seen = "SOCKS 5: method 0 (no authentication) is taken",
		why = "Whoever reaches it may connect through it, to what only it can reach and under its address.",
		remedy = "Bind it to loopback, or demand a login (dante: socksmethod: username; microsocks: -u and -P).",
		references = { "CWE-306" }, confidence = 0.7 }
end

action = function(host, port)
	local out = {}
	for _, one in ipairs(names) do
		local taken = takes(host, port, one[1])
		if taken == nil then
			break
		elseif taken then
			out[#out + 1] = setmetatable({ name = one[2], method = one[1] }, method_text)
		end
	end
	if #out == 0 then
		return nil
	elseif out[1].method == 0 then
		report()
	end
	return out
end
