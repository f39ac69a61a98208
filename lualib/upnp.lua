--- upnp: devices that answer SSDP (UPnP Device Architecture): one host or, by multicast, the
-- network: upnp.Helper:new(host, port):queryServices(). Descriptions come from the answering
-- host only, whatever the answer says.

local http = require "http"
local httpmessage = require "httpmessage"
local ipOps = require "ipOps"
local nmap = require "nmap"
local strict = require "strict"
local ipairs, setmetatable, tonumber, type = ipairs, setmetatable, tonumber, type
local math, string, table = math, string, table

local M = {}

local group, group6 = "239.255.255.250", "ff02::c"
local answers_max, devices_max, document_max = 100, 10, 1 << 17

--- A search for root devices, answered within `wait` seconds.
function M.build_search(address, wait)
	local shown = address:find(":", 1, true) and "[" .. address .. "]" or address
	return table.concat({ "M-SEARCH * HTTP/1.1", "HOST: " .. shown .. ":1900", 'MAN: "ssdp:discover"',
		"MX: " .. (wait or 1), "ST: upnp:rootdevice", "", "" }, "\r\n")
end

--- {server, location, usn} of an answer; nil if it is none.
function M.parse_answer(text)
	local first, after = text:match "^([^\r\n]*)\r?\n()"
	local status = first and httpmessage.parse_status_line(first)
	if not status or status.status ~= 200 then
		return nil
	end
	local header = httpmessage.parse_headers(text:sub(after))
	return { server = header.server, location = header.location, usn = header.usn }
end

--- "host", port and path of a location; nil if it is none of http.
function M.parse_location(location)
	local host, port, path = location:match "^http://([%w.%-]+):?(%d*)(/?[^%s]*)$"
	if not host then
		host, port, path = location:match "^http://%[([%x:.]+)%]:?(%d*)(/?[^%s]*)$"
	end
	local number = port and (port == "" and 80 or tonumber(port))
	if not number or number < 1 or number > 65535 then
		return nil
	end
	return host, number, path ~= "" and path or "/"
end

local tags = { { "friendlyName", "Name" }, { "manufacturer", "Manufacturer" }, { "modelDescription", "Model Descr" },
	{ "modelName", "Model Name" }, { "modelNumber", "Model Version" } }

local entities = { lt = "<", gt = ">", amp = "&", quot = '"', apos = "'" }

local function plain(text)
	return (text:gsub("&(%a+);", entities):match "^%s*(.-)%s*$")
end

--- Lines that say what the devices of a description are.
function M.describe(document)
	local lines, at = {}, 1
	for _ = 1, devices_max do
		local first, last = document:find("<device>", at, true)
		if not first then
			break
		end
		local stop = document:find("<device>", last + 1, true) or #document + 1
		local part = document:sub(last + 1, stop - 1)
		for _, tag in ipairs(tags) do
			local value = part:match("<" .. tag[1] .. ">([^<]*)</")
			if value and value ~= "" then
				lines[#lines + 1] = tag[2] .. ": " .. plain(value):sub(1, 200)
			end
		end
		at = last + 1
	end
	return lines
end

-- Asking --------------------------------------------------------------------------

local helper = {}
helper.__index = helper
M.Helper = helper

--- For a host, or with setMulticast() for the network.
function helper.new(class, host, port)
	local multicast = nmap.address_family() == "inet6" and group6 or group
	return setmetatable({ host = host, port = port or { number = 1900, protocol = "udp" }, address = multicast,
		multicast = false, timeout = 3000 }, class)
end

--- Whether everybody in the network is asked.
function helper:setMulticast(multicast)
	self.multicast = multicast
end

-- Who answered a multicast. Some engines know the group only; then it is who the answer names, as
-- long as that is a host of our own networks.
local function sender(socket, answer)
	local ok, _, _, peer = socket:get_info()
	if ok and peer and peer ~= group and peer ~= group6 then
		return peer
	end
	local host = answer.location and M.parse_location(answer.location)
	return host and ipOps.isPrivate(host) and host or nil
end

-- The answers: a list of parse_answer()'s tables with peer.
function helper:search()
	local socket, found, known = nmap.new_socket("udp"), {}, {}
	local target = self.multicast and self.address or self.host
	local request = M.build_search(self.multicast and self.address or self.host.ip, 1)
	local deadline = nmap.clock_ms() + self.timeout
	local ok = socket:sendto(target, self.port, request)
	for _ = 1, ok and answers_max or 0 do
		local left = math.floor(deadline - nmap.clock_ms())
		socket:set_timeout(math.max(left, 1))
		local heard, text = socket:receive()
		if not heard or left <= 0 then
			break
		end
		local answer = M.parse_answer(text)
		if answer and self.multicast then
			answer.peer = sender(socket, answer)
		elseif answer then
			answer.peer = self.host.ip
		end
		if answer and answer.peer and not known[answer.peer .. (answer.location or "")] then
			known[answer.peer .. (answer.location or "")] = true
			found[#found + 1] = answer
			if not self.multicast then
				break
			end
		end
	end
	socket:close()
	return found
end

-- What the description says, if it is where the answer came from.
local function description(answer)
	local host, port, path = M.parse_location(answer.location)
	if not host or host ~= answer.peer then
		return {}
	end
	local response = http.get(host, port, path, { timeout = 4000, max_body_size = document_max, truncated_ok = true,
		redirect_ok = false })
	if response.status ~= 200 or not response.body then
		return {}
	end
	local lines = M.describe(response.body:sub(1, document_max))
	local server = response.header and response.header.server
	if server then
		table.insert(lines, 1, "Webserver: " .. server)
	end
	return lines
end

local function to_output(answer)
	local lines = { name = answer.peer }
	if answer.server then
		lines[#lines + 1] = "Server: " .. answer.server
	end
	if answer.location then
		lines[#lines + 1] = "Location: " .. answer.location
		local more = description(answer)
		if #more > 0 then
			lines[#lines + 1] = more
		end
	end
	return lines
end

--- The devices that answer: true and for a host its lines (`name` is the address), with multicast
-- a list of such tables; false and why not.
function helper:queryServices()
	local out = {}
	for _, answer in ipairs(self:search()) do
		out[#out + 1] = to_output(answer)
	end
	if #out == 0 then
		return false, "UPnP: no answer"
	end
	table.sort(out, function(one, other)
		return ipOps.compare_ip(one.name, "lt", other.name) or false
	end)
	return true, self.multicast and out or out[1]
end

--- The text for lines: address, four blanks before each line, two more below the location.
function M.text_of(lines)
	local out = { "", lines.name }
	local function add(list, indent)
		for _, line in ipairs(list) do
			if type(line) == "table" then
				add(line, indent .. "  ")
			else
				out[#out + 1] = indent .. line
			end
		end
	end
	add(lines, "    ")
	return table.concat(out, "\n") .. "\n"
end

return strict(M)
