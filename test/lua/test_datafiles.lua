local check = require "check"
local datafiles = require "datafiles"
local stub = require "stub"

local T = {}

-- Gives the stub a data file; it goes with the test.
local function with_file(name, text, test)
	local path = os.tmpname()
	local file = assert(io.open(path, "w"))
	file:write(text)
	file:close()
	stub.state.files[name] = path
	local ok, err = pcall(test)
	os.remove(path)
	check.is_true(ok, err)
end

function T.services_by_protocol()
	with_file("nmap-services", "# comment\nhttp\t80/tcp\t0.48\t# web\ndomain 53/udp 0.2\ndomain 53/tcp 0.1\nx\nbad /tcp\n", function()
		local ok, tcp = datafiles.parse_services "tcp"
		check.is_true(ok)
		check.equal(tcp, { [80] = "http", [53] = "domain" })
		local _, all = datafiles.parse_services()
		check.equal(all, { tcp = { [80] = "http", [53] = "domain" }, udp = { [53] = "domain" }, sctp = {} })
		check.equal(datafiles.service_of(80, "tcp"), "http")
		check.is_nil(datafiles.service_of(81, "tcp"))
	end)
	check.equal((datafiles.parse_services "icmp"), false)
end

function T.lists_are_files_of_lines()
	with_file("names.lst", "one two\n# comment\n\n  lead\n", function()
		check.equal({ datafiles.parse_file("names.lst", {}) }, { true, { "one two", "# comment", "  lead" } })
	end)
end

function T.protocols_rpc_and_vendors()
	with_file("nmap-protocols", "tcp 6 TCP # x\n", function()
		check.equal(select(2, datafiles.parse_protocols()), { [6] = "tcp" })
	end)
	with_file("nmap-rpc", "#c\nportmapper 100000 portmap sunrpc\n", function()
		check.equal(select(2, datafiles.parse_rpc()), { [100000] = "portmapper" })
	end)
	with_file("nmap-mac-prefixes", "# c\n00000C Cisco Systems\n0050C2000 Small One\n", function()
		check.equal(select(2, datafiles.parse_mac_prefixes()), { ["00000C"] = "Cisco Systems", ["0050C2000"] = "Small One" })
		check.equal(datafiles.vendor_of "\0\0\12\1\2\3", "Cisco Systems")
		check.equal(datafiles.vendor_of "\0\80\xc2\0\2\3", "Small One")
		check.is_nil(datafiles.vendor_of "\1\1\1\1\1\1")
	end)
end

function T.missing_files_are_told()
	local ok, why = datafiles.parse_rpc()
	check.equal(ok, false)
	check.is_true(why:find("nmap-rpc", 1, true))
	stub.state.files["nmap-rpc"] = "/nonexistent/file"
	check.equal((datafiles.parse_rpc()), false)
end

function T.lines_become_what_is_wanted()
	local lines = { "a 1", "# no", "b 2" }
	check.equal(select(2, datafiles.parse_lines(lines, { ["^(%a)"] = "(%d)$" })), { a = "1", b = "2" })
	check.equal(select(2, datafiles.parse_lines(lines, { "^(%a)" })), { "a", "b" })
	check.equal(select(2, datafiles.parse_lines(lines, { n = { ["^(%a)"] = function(l) return #l end } })), { n = { a = 3, b = 3 } })
	check.equal((datafiles.parse_lines(lines, "x")), false)
end

return T
