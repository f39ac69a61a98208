-- portolan --script http-internal-ip-disclosure -p 80 TARGET
-- portolan --script http-internal-ip-disclosure --script-args http-internal-ip-disclosure.path=/images TARGET

local comm = require "comm"
local finding = require "finding"
local ipOps = require "ipOps"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, tostring = ipairs, tostring

description = [[
Finds out whether a web server tells an address of its own, private network: some put it into a
redirect when a request of HTTP/1.0 names no host.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe", "vuln" }

portrule = shortport.http

-- The private address that a header with a URL leads to; nil without one.
local function private_address(head, known)
	for _, name in ipairs { "Location", "Content%-Location" } do
		local address = head:match("\n" .. name .. ":%s*https?://(%d+%.%d+%.%d+%.%d+)")
		if address and address ~= known and ipOps.expand_ip(address) and ipOps.isPrivate(address) then
			return address, head:match("\n(" .. name .. ":[^\r\n]*)")
		end
	end
	return nil
end

action = function(host, port)
	local path = tostring(stdnse.get_script_args("http-internal-ip-disclosure.path") or "/")
	if path:find("[%s%c]") then
		return nil
	end
	local socket, response = comm.tryssl(host, port, "GET " .. path .. " HTTP/1.0\r\n\r\n")
	if not socket then
		return nil
	end
	socket:close()
	local head = response:sub(1, 65536):match("^(HTTP/.-\r?\n)\r?\n") or ""
	local address, seen = private_address(head, host.ip)
	if not address then
		return nil
	end
	finding.report {
		id = "http-internal-address", title = "A web server tells an address of its private network", severity = "low",
		seen = "GET " .. path .. " HTTP/1.0: " .. seen:sub(1, 120),
		why = "Who attacks the network from outside learns how its inside is numbered.",
		remedy = "Give the server its public name: ServerName with UseCanonicalName on (Apache httpd), SetHostName (IIS).",
		references = { "CWE-200" },
	}
	local output = stdnse.output_table()
	output["Internal IP Leaked"] = address
	return output
end
