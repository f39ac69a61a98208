local coap = require "coap"
local finding = require "finding"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Lists the resources that a CoAP server names in /.well-known/core, with their attributes.
]]

-- @usage portolan -sU --script coap-resources -p 5683 TARGET
-- @output
-- | coap-resources:
-- |   /time:
-- |     ct: 0
-- |     if: clock
-- |_    title: Internal Clock
--
-- @args coap-resources.uri  the list's path (/.well-known/core)

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service(5683, "coap", "udp")

local function by(name)
	return function(one, other) return one[name] < other[name] end
end

local function add_attributes(into, attributes)
	table.sort(attributes, by "name")
	for _, attribute in ipairs(attributes) do
		into[attribute.name] = attribute.value
	end
end

local function table_of(resources)
	table.sort(resources, by "path")
	local out = stdnse.output_table()
	for _, resource in ipairs(resources) do
		out[resource.path] = out[resource.path] or stdnse.output_table()
		add_attributes(out[resource.path], resource.attributes)
	end
	return out
end

local function report(resources)
	finding.report {
		id = "coap-without-dtls", title = "CoAP without DTLS", severity = "low",
		seen = string.format("/.well-known/core names %d resources, the first: %s", #resources, resources[1].path),
		why = "Anybody may ask what a device measures and does, and a forged sender turns answers on a victim.",
		remedy = "Serve coaps (DTLS, port 5684) only, or keep the port inside the network of the devices.",
		references = { "CWE-306", "CWE-406" },
	}
end

function action(host, port)
	local helper = coap.Helper:new(host, port)
	if not helper:connect() then
		return nil
	end
	local status, answer = helper:get(stdnse.get_script_args "coap-resources.uri" or "/.well-known/core")
	helper:close()
	local resources = status and answer.code == "2.05" and coap.COAP.payload.parse(answer.payload) or {}
	if #resources == 0 then
		return nil
	end
	report(resources)
	return table_of(resources)
end
