local bytestream = require "bytestream"
local finding = require "finding"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Lists the Erlang nodes (RabbitMQ, CouchDB, ejabberd ...) that have registered with a port
mapper, and their ports.
]]

-- @usage portolan --script epmd-info -p 4369 TARGET
-- @output
-- | epmd-info:
-- |   epmd_port: 4369
-- |   nodes:
-- |_    rabbit: 25672

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service(4369, "epmd")

local names_request = "\0\1n"
local answer_max, nodes_max = 65536, 500

-- The port mapper's own port (32 bits), then lines "name NAME at port NUMBER".
local function parse(answer)
	if #answer < 4 then
		return nil
	end
	local port = string.unpack(">I4", answer)
	if port == 0 or port > 65535 then
		return nil
	end
	local nodes, count, first = stdnse.output_table(), 0, nil
	for name, number in answer:sub(5):gmatch "name ([^\n]-) at port (%d+)\n" do
		count = count + 1
		if count > nodes_max then
			break
		end
		nodes[name], first = number, first or name
	end
	return port, nodes, count, first
end

local function ask(host, port)
	local stream = bytestream.open(host, port, { most = answer_max })
	if not stream then
		return nil
	end
	local answer = stream:send(names_request) and stream:rest() or ""
	stream:close()
	return answer
end

local function report(first, count)
	if count == 0 then
		return
	end
	finding.report {
		id = "epmd-exposed", title = "Erlang's port mapper answers anybody", severity = "low",
		seen = string.format("%d nodes, the first: %s", count, first),
		why = "It shows where nodes listen, whose only protection is a shared cookie: who knows it runs any code.",
		remedy = "Bind it to 127.0.0.1 (ERL_EPMD_ADDRESS), or let a firewall keep 4369 and the nodes' ports closed.",
		references = { "CWE-200" },
	}
end

function action(host, port)
	local own, nodes, count, first = parse(ask(host, port) or "")
	if not own then
		return nil
	end
	report(first, count)
	local out = stdnse.output_table()
	out.epmd_port = own
	out.nodes = nodes
	return out
end
