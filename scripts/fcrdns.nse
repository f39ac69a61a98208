-- Checks that a host's name leads back to its address.
-- Example: portolan --script fcrdns 192.0.2.1

local dns = require "dns"
local ipOps = require "ipOps"
local stdnse = require "stdnse"

description = "Looks up the names of an address, and their addresses: forward-confirmed reverse DNS."
author = "portolan"
license = "same as portolan's"
categories = { "discovery", "safe" }

local names_max = 20

hostrule = function() return true end

local function verdict(status, reason, addresses)
	local result = stdnse.output_table()
	result.status = status
	result.reason = reason
	result.addresses = addresses
	return result
end

local function check(host, name, dtype)
	local ok, addresses = dns.query(name, { dtype = dtype, retAll = true })
	if not ok or type(addresses) ~= "table" then
		return verdict("fail", "No " .. dtype .. " record")
	end
	for _, address in ipairs(addresses) do
		if ipOps.compare_ip(address, "eq", host.ip) then
			return verdict("pass", nil, addresses)
		end
	end
	return verdict("fail", "FCRDNS mismatch", addresses)
end

action = function(host)
	local dtype = #host.bin_ip == 16 and "AAAA" or "A"
	local ok, names = dns.query(dns.reverse(host.ip), { dtype = "PTR", retAll = true })
	local result = stdnse.output_table()
	if not ok or type(names) ~= "table" then
		result["<none>"] = verdict("fail", "No PTR record")
		return result, "FAIL (No PTR record)"
	end
	for i = 1, math.min(#names, names_max) do
		result[names[i]] = check(host, names[i], dtype)
	end
	return result
end
