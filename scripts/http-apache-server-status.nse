-- portolan --script http-apache-server-status -p 80 TARGET

local finding = require "finding"
local html = require "htmltag"
local http = require "http"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, table = ipairs, table

description = [[
Shows what Apache httpd's status page (/server-status) tells anybody: its version, when it was
built, how long it runs, its load and its virtual hosts. The page also shows what others ask of the
server at the moment; that is not shown here.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.http

local vhosts_max = 100

-- Key, and how the page names it.
local facts = {
	{ "Server Version", "Server Version:%s*([^<\r\n]*)" }, { "Server Built", "Server Built:%s*([^<\r\n]*)" },
	{ "Server Uptime", "Server uptime:%s*([^<\r\n]*)" }, { "Server Load", "Server load:%s*([^<\r\n]*)" },
}

-- The hosts that the table of requests names, sorted.
local function vhosts_of(body)
	local out, seen = {}, {}
	for name in body:gmatch("<td[^>]*>%s*([%w._-]+:%d+)%s*</td>") do
		if not seen[name] and #out < vhosts_max then
			seen[name], out[#out + 1] = true, name
		end
	end
	table.sort(out)
	return out
end

action = function(host, port)
	local response = http.get(host, port, "/server-status", { redirect_ok = false })
	local heading = response.status == 200 and html.content(response.body, "h1")
	if not heading or not heading:find("^Apache Server Status") then
		return nil
	end
	local output = stdnse.output_table()
	output.Heading = html.shortened(heading, 200)
	for _, fact in ipairs(facts) do
		local value = response.body:match(fact[2])
		output[fact[1]] = value and html.shortened(value, 200) or nil
	end
	local vhosts = vhosts_of(response.body)
	output.VHosts = #vhosts > 0 and vhosts or nil
	finding.report {
		id = "http-exposed-status", title = "A web server shows its status to anybody", severity = "low",
		seen = "/server-status: " .. output.Heading,
		why = "The page shows who asks for what at the moment, secrets in addresses included, and exact versions.",
		remedy = "Allow it to the server's own addresses only: Require local in the Location of server-status.",
		references = { "CWE-200" },
	}
	return output
end
