local amqp = require "amqp"
local finding = require "finding"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows what a server of AMQP (RabbitMQ and others) says of itself before a login: product,
version, platform, capabilities and the ways to log in.
]]

-- @usage portolan --script amqp-info -p 5672 TARGET
-- @output
-- | amqp-info:
-- |   product: RabbitMQ
-- |   version: 3.10.8
-- |   mechanisms: PLAIN AMQPLAIN
-- |_  locales: en_US

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe", "version" }

portrule = shortport.version_port_or_service({ 5671, 5672 }, { "amqp", "amqps" }, "tcp", { "open", "open|filtered" })

local function set_version(host, port, client)
	port.version = port.version or {}
	port.version.name, port.version.extrainfo = "amqp", client:getProtocolVersion()
	port.version.product, port.version.version = client:getServerProduct(), client:getServerVersion()
	nmap.set_port_version(host, port)
end

local reports = {
	{
		pattern = "ANONYMOUS", id = "amqp-anonymous", title = "AMQP without a login", severity = "high",
		why = "Anybody who reaches the port may log in as the anonymous user, and read and send messages.",
		remedy = "Take the mechanism ANONYMOUS out (RabbitMQ: auth_mechanisms, anonymous_login_user = none).",
		references = { "CWE-306" },
	},
	{
		pattern = "PLAIN", clear = true, id = "amqp-clear-text-login", title = "AMQP takes passwords in clear text",
		severity = "medium", why = "The connection is not encrypted: who listens on the path reads the password.",
		remedy = "Serve clients on the TLS port (listeners.ssl) only, and set listeners.tcp = none.",
		references = { "CWE-319", "CWE-522" },
	},
}

local function report(start, tls)
	for _, one in ipairs(reports) do
		if (" " .. start.mechanisms .. " "):find(" " .. one.pattern .. " ", 1, true) and not (one.clear and tls) then
			one.seen = "mechanisms: " .. start.mechanisms
			finding.report(one)
		end
	end
end

function action(host, port)
	local client = amqp.AMQP:new(host, port)
	if not client:connect() then
		return nil
	end
	local status = client:handshake()
	client:disconnect()
	if not status then
		return nil
	end
	set_version(host, port, client)
	report(client.start, client.stream.tls)
	return stdnse.format_output(true, client:getServerProperties())
end
