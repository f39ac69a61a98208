local check = require "check"
local fake = require "fake_server"

-- The description's fetching is not what is tested here.
local asked = nil
package.loaded.http = package.loaded.http or { get = function(host, port, path)
	asked = { host, port, path }
	return { status = 200, header = { server = "Lab/1" }, body = "<root><device><friendlyName>A &amp; B</friendlyName>" ..
		"<modelName>M</modelName><deviceList><device><friendlyName>C</friendlyName></device></deviceList></device></root>" }
end }
local upnp = require "upnp"

local T = {}

local answer = "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nServer: Lab UPnP/1.1\r\nLocation: http://10.0.0.1:5000/d.xml\r\n\r\n"

function T.a_device_and_its_description()
	local get = package.loaded.http.get
	fake.answer(function(bytes) return #bytes > 0 and { answer } end)
	local ok, lines = upnp.Helper:new({ ip = "10.0.0.1" }):queryServices()
	check.equal({ ok, lines.name, lines[1], lines[2] }, { true, "10.0.0.1", "Server: Lab UPnP/1.1",
		"Location: http://10.0.0.1:5000/d.xml" })
	if asked then
		check.equal(asked, { "10.0.0.1", 5000, "/d.xml" })
		check.equal(lines[3], { "Webserver: Lab/1", "Name: A & B", "Model Name: M", "Name: C" })
	end
	check.is_true(get)
	check.equal(upnp.text_of { name = "x", "a", { "b" } }, "\nx\n    a\n      b\n")
end

function T.descriptions_elsewhere_are_not_fetched()
	asked = nil
	fake.answer(function(bytes) return #bytes > 0 and { (answer:gsub("//10.0.0.1", "//10.9.9.9")) } end)
	local _, lines = upnp.Helper:new({ ip = "10.0.0.1" }):queryServices()
	check.equal({ #lines, asked }, { 2, nil })
end

function T.locations()
	check.equal({ upnp.parse_location "http://10.0.0.1/x" }, { "10.0.0.1", 80, "/x" })
	check.equal({ upnp.parse_location "http://[fe80::1]:99" }, { "fe80::1", 99, "/" })
	check.is_nil((upnp.parse_location "https://10.0.0.1/x"))
	check.is_nil((upnp.parse_location "http://10.0.0.1:99999/x"))
end

function T.a_network_gives_a_list()
	fake.answer(function(bytes) return #bytes > 0 and { answer, answer, "nonsense" } end)
	local helper = upnp.Helper:new()
	helper:setMulticast(true)
	local ok, list = helper:queryServices()
	check.equal({ ok, #list, list[1].name }, { true, 1, "10.0.0.1" })
	fake.answer(function() return {} end)
	check.equal((helper:queryServices()), false)
end

function T.any_text_is_read_or_nil()
	check.fuzz(function(text)
		upnp.parse_answer(text)
		upnp.describe(text)
		upnp.parse_location(text)
	end, { answer, "<device><friendlyName>x</friendlyName></device>" })
end

function T.who_answered_is_known_from_the_engine_or_the_answer()
	local function heard(from, location)
		fake.answer(function(bytes) return #bytes > 0 and { (answer:gsub("10.0.0.1", location)) } end)
		fake.from = from
		local helper = upnp.Helper:new()
		helper:setMulticast(true)
		local ok, list = helper:queryServices()
		fake.from = nil
		return ok and list[1].name
	end
	check.equal(heard("10.0.0.7", "10.0.0.9"), "10.0.0.7")
	check.equal(heard("239.255.255.250", "10.0.0.9"), "10.0.0.9")
	check.equal(heard("239.255.255.250", "203.1.1.1"), false)
	check.equal(heard("239.255.255.250", "host"), false)
end

function T.a_search_names_its_group()
	check.is_true(upnp.build_search("239.255.255.250"):find("\r\nHOST: 239.255.255.250:1900\r\n", 1, true))
	check.is_true(upnp.build_search("ff02::c", 2):find("HOST: [ff02::c]:1900\r\n", 1, true))
	check.equal(upnp.describe "<device><friendlyName>a</friendlyName></device><device><modelName>b</modelName></device>",
		{ "Name: a", "Model Name: b" })
end

return T
