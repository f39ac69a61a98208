--- dnssd: services that hosts announce over DNS (RFC 6763), asked by unicast of one host or by
-- multicast (RFC 6762) of the network: dnssd.Helper:new(host, port):queryServices().

local dns = require "dns"
local ipOps = require "ipOps"
local nmap = require "nmap"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, pairs, setmetatable, tonumber, tostring, type = ipairs, pairs, setmetatable, tonumber, tostring, type
local math, string, table = math, string, table

local M = {}

local all_services = "_services._dns-sd._udp.local"
local services_max = 100
local groups = { ["224.0.0.251"] = true, ["ff02::fb"] = true }

-- Records -------------------------------------------------------------------------

local function each_record(packet)
	local list = {}
	for _, section in ipairs { packet.answers, packet.auth, packet.add } do
		for _, record in ipairs(section) do
			list[#list + 1] = record
		end
	end
	return list
end

--- Puts the records of a packet into a table of what is known: pointers (name to the names it
-- points to), services (instance to its SRV record), texts, addresses (name to a list).
function M.gather(packet, known)
	known = known or { pointers = {}, services = {}, texts = {}, addresses = {} }
	local function add(kind, name, value)
		known[kind][name] = known[kind][name] or {}
		local list = known[kind][name]
		if value and #list < services_max and not stdnse.contains(list, value) then
			list[#list + 1] = value
		end
	end
	for _, record in ipairs(each_record(packet)) do
		if record.dtype == dns.types.PTR then
			add("pointers", record.dname, record.domain)
		elseif record.dtype == dns.types.SRV and record.SRV and record.SRV.target then
			known.services[record.dname] = record.SRV
		elseif record.dtype == dns.types.TXT and record.TXT then
			known.texts[record.dname] = record.TXT.text
		elseif record.dtype == dns.types.A or record.dtype == dns.types.AAAA then
			add("addresses", record.dname, record.ip or record.ipv6)
		end
	end
	return known
end

-- IPv4 first.
local function sorted_addresses(list)
	local sorted = table.move(list or {}, 1, #(list or {}), 1, {})
	table.sort(sorted, function(one, other)
		return ipOps.compare_ip(one, "lt", other)
	end)
	return sorted
end

-- "80/tcp http" and below it texts and addresses.
local function describe(instance, service, known, extra)
	local name, protocol = instance:match("%.?_([^.]+)%._(%a+)%.[^.]*$")
	if not name then
		name, protocol = instance:match("_([^.]+)%._(%a+)")
	end
	local entry = { name = string.format("%d/%s %s", service.port, protocol or "?", name or instance),
		port = service.port, protocol = protocol or "?", service = name or instance, texts = {} }
	for _, text in ipairs(known.texts[instance] or {}) do
		if text ~= "" then
			entry.texts[#entry.texts + 1] = text
		end
	end
	entry.addresses = sorted_addresses(known.addresses[service.target] or extra)
	return entry
end

--- What the gathered records announce: a list of {name = "80/tcp http", port, protocol, service,
-- texts, addresses}, by port.
function M.services_of(known, extra)
	local list = {}
	for instance, service in pairs(known.services) do
		list[#list + 1] = describe(instance, service, known, extra)
	end
	table.sort(list, function(one, other)
		return one.port < other.port or one.port == other.port and one.name < other.name
	end)
	return list
end

-- As format_output() shows it.
local function to_output(list)
	local out = {}
	for _, entry in ipairs(list) do
		local item = { name = entry.name }
		for _, text in ipairs(entry.texts) do
			item[#item + 1] = text
		end
		if #entry.addresses > 0 then
			item[#item + 1] = "Address=" .. table.concat(entry.addresses, " ")
		end
		out[#out + 1] = item
	end
	return out
end

-- Asking --------------------------------------------------------------------------

local helper = {}
helper.__index = helper
M.Helper = helper

--- For a host, or with setMulticast() for the network. Without arguments: mDNS's group.
function helper.new(class, host, port)
	return setmetatable({ host = host or (nmap.address_family() == "inet6" and "ff02::fb" or "224.0.0.251"),
		port = port or 5353, multicast = host == nil, timeout = 2500 }, class)
end

--- Whether everybody in the network is asked.
function helper:setMulticast(multicast)
	self.multicast = multicast
end

--- Milliseconds to wait for each answer.
function helper:setTimeout(timeout)
	self.timeout = math.floor(tonumber(timeout) or self.timeout)
end

-- The answers to a question: a list of {packet =, peer =}.
function helper:ask(name, dtype)
	local ok, answer = dns.query(name, { host = self.host, port = self.port, dtype = dtype, retPkt = true,
		timeout = self.timeout, sendCount = 2, multiple = self.multicast, norecurse = true })
	if not ok then
		return {}
	elseif not self.multicast then
		return { { packet = answer } }
	end
	local list = {}
	for i, one in ipairs(answer) do
		list[i] = { packet = one.output, peer = one.peer }
	end
	return list
end

-- Fills in what an instance's record did not bring along.
function helper:resolve(known, instance)
	if not known.services[instance] then
		for _, dtype in ipairs { dns.types.SRV, dns.types.TXT } do
			for _, answer in ipairs(self:ask(instance, dtype)) do
				M.gather(answer.packet, known)
			end
		end
	end
	local service = known.services[instance]
	if service and not known.addresses[service.target] then
		for _, answer in ipairs(self:ask(service.target, dns.types.A)) do
			M.gather(answer.packet, known)
		end
	end
end

-- The types that are announced, each once: who announces them is a table of peers.
function helper:service_types()
	local types, seen = {}, {}
	for _, answer in ipairs(self:ask(all_services, dns.types.PTR)) do
		for _, name in ipairs(M.gather(answer.packet).pointers[all_services] or {}) do
			if not seen[name] and #types < services_max then
				seen[name] = true
				types[#types + 1] = name
			end
		end
	end
	return types
end

-- Who answered a multicast. Some engines know the group only; then it is the first address that the
-- answer tells.
local function sender(answer)
	if answer.peer and not groups[answer.peer] then
		return answer.peer
	end
	for _, list in pairs(M.gather(answer.packet).addresses) do
		if list[1] then
			return list[1]
		end
	end
	return "?"
end

-- What each peer announces of the types: {peer = known}. A host that is asked alone is "".
function helper:collect(types)
	local peers = {}
	for _, name in ipairs(types) do
		for _, answer in ipairs(self:ask(name, dns.types.PTR)) do
			local peer = self.multicast and sender(answer) or ""
			peers[peer] = M.gather(answer.packet, peers[peer])
			if not self.multicast then
				for _, instance in ipairs(peers[peer].pointers[name] or {}) do
					self:resolve(peers[peer], instance)
				end
			end
		end
	end
	return peers
end

-- With the multicast each host is a table of its own.
local function by_peer(peers)
	local names, out = {}, {}
	for peer in pairs(peers) do
		names[#names + 1] = peer
	end
	table.sort(names)
	for _, peer in ipairs(names) do
		local list = to_output(M.services_of(peers[peer], { peer }))
		if #list > 0 then
			list.name = tostring(peer)
			out[#out + 1] = list
		end
	end
	return out
end

--- All services: true and a list for format_output() (with multicast a list for each host);
-- false and why not.
function helper:queryServices()
	local types = self:service_types()
	if #types == 0 then
		return false, "No services are announced"
	end
	local peers = self:collect(types)
	local list = self.multicast and by_peer(peers) or to_output(peers[""] and M.services_of(peers[""]) or {})
	return #list > 0, #list > 0 and list or "No services are announced"
end

--- The services of a type ("_http._tcp.local"), or of several.
function helper:queryServiceByType(types)
	local peers = self:collect(type(types) == "table" and types or { types })
	local list = {}
	for _, known in pairs(peers) do
		table.move(M.services_of(known), 1, services_max, #list + 1, list)
	end
	return #list > 0, #list > 0 and list or "No services are announced"
end

return strict(M)
