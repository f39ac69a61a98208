-- portolan --script http-server-header -p 80 TARGET
-- portolan -sV TARGET

local http = require "http"
local nmap = require "nmap"
local shortport = require "shortport"

description = [[
Shows the Server header of a web server, and takes it for the product's name where version detection
found none.
]]
author = "portolan"
license = "same as portolan's"
categories = { "version" }

portrule = shortport.version_port_or_service(shortport.LIKELY_HTTP_PORTS, shortport.LIKELY_HTTP_SERVICES)

-- Name and version of a header's first product: "nginx/1.22.1 (Ubuntu)".
local function keep_version(host, port, header)
	local product, version = header:match("^([^%s/]+)/(%d[%w._-]*)")
	port.version = port.version or {}
	if port.version.product then
		return
	end
	port.version.name = port.version.name or "http"
	port.version.product, port.version.version = product or header:match("^[^/(]+"), version
	nmap.set_port_version(host, port, "softmatched")
end

action = function(host, port)
	local response = http.get(host, port, "/", { redirect_ok = false })
	local header = response.status and response.header.server
	if not header or header == "" then
		return nil
	end
	keep_version(host, port, header)
	return { header }, header
end
