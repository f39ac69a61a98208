local finding = require "finding"
local kafka = require "kafka"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows the brokers and topics of a Kafka cluster that wants no login, and how to log in where
it wants one.
]]

-- @usage portolan --script kafka-info -p 9092 TARGET
-- @output
-- | kafka-info:
-- |   Requests: 4 kinds
-- |   Brokers:
-- |     1 broker.lab.test:9092 (controller)
-- |   Topics:
-- |_    orders (1 partitions)

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 9092, 9093, 9094 }, { "kafka", "XmlIpcRegSvc" })

local lines_max = 100

local function connected(host, port)
	local client = kafka.Client:new(host, port)
	return client:connect() and client or nil
end

local function brokers_of(metadata)
	local lines = {}
	for i, broker in ipairs(metadata.brokers) do
		if i <= lines_max then
			lines[i] = string.format("%d %s:%d%s", broker.id, broker.host, broker.port,
				broker.id == metadata.controller and " (controller)" or "")
		end
	end
	return lines
end

local function topics_of(metadata)
	local lines = {}
	for _, topic in ipairs(metadata.topics) do
		if #lines < lines_max then
			lines[#lines + 1] = string.format("%s (%d partitions)%s", topic.name, #topic.partitions,
				topic.internal and " internal" or "")
		end
	end
	table.sort(lines)
	return lines
end

local function report_open(brokers, topics)
	finding.report {
		id = "kafka-without-login", title = "Kafka without a login", severity = "high",
		seen = string.format("metadata of %d brokers and %d topics%s", #brokers, #topics,
			topics[1] and ", the first: " .. topics[1] or ""),
		why = "Anybody who reaches the port reads and writes messages.",
		remedy = "Give listeners SASL_SSL, and an authorizer with allow.everyone.if.no.acl.found=false.",
		references = { "CWE-306" },
	}
end

local function report_plain(mechanisms, tls)
	for _, name in ipairs(mechanisms) do
		if name == "PLAIN" and not tls then
			finding.report {
				id = "kafka-clear-text-login", title = "Kafka takes passwords in clear text", severity = "medium",
				seen = "mechanisms: " .. table.concat(mechanisms, " ") .. ", without TLS",
				why = "Who listens on the path reads the passwords.",
				remedy = "Use SASL_SSL in place of SASL_PLAINTEXT in listeners.",
				references = { "CWE-319", "CWE-522" },
			}
		end
	end
end

local function add_metadata(out, metadata)
	local brokers, topics = brokers_of(metadata), topics_of(metadata)
	out["Brokers"] = brokers
	out["Topics"] = topics
	report_open(brokers, topics)
end

-- A broker that wants a login has ended the connection by now.
local function add_mechanisms(host, port, out)
	local client = connected(host, port)
	local mechanisms = client and client:mechanisms()
	if mechanisms and #mechanisms > 0 then
		out["Authentication"] = table.concat(mechanisms, " ")
		report_plain(mechanisms, client.stream.tls)
	end
	if client then
		client:close()
	end
end

function action(host, port)
	local client = connected(host, port)
	local versions = client and client:apiVersions()
	if not versions then
		return nil
	end
	local count = 0
	for _ in pairs(versions) do
		count = count + 1
	end
	local out = stdnse.output_table()
	out["Requests"] = count .. " kinds"
	local metadata = client:metadata()
	client:close()
	if metadata then
		add_metadata(out, metadata)
	else
		add_mechanisms(host, port, out)
	end
	port.version = port.version or {}
	port.version.name, port.version.product = "kafka", "Apache Kafka"
	nmap.set_port_version(host, port)
	return out
end
