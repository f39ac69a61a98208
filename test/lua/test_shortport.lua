local check = require "check"
local shortport = require "shortport"
local stub = require "stub"

local T = {}

local function port(number, service, protocol, state, version)
	return { number = number, service = service, protocol = protocol or "tcp", state = state or "open", version = version or {} }
end

function T.numbers()
	local rule = shortport.portnumber { 80, 81 }
	check.is_true(rule({}, port(81)))
	check.is_true(rule({}, port(80, nil, "tcp", "open|filtered")))
	check.equal(rule({}, port(82)), false)
	check.equal(rule({}, port(80, nil, "udp")), false)
	check.equal(rule({}, port(80, nil, "tcp", "filtered")), false)
	check.is_true(shortport.portnumber(53, { "tcp", "udp" })({}, port(53, nil, "udp")))
	check.is_true(shortport.portnumber(53, "udp", "closed")({}, port(53, nil, "udp", "closed")))
end

function T.services()
	check.is_true(shortport.service "http"({}, port(5, "http")))
	check.equal(shortport.service { "http" }({}, port(5)), false)
	local either = shortport.port_or_service(80, { "http", "www" })
	check.is_true(either({}, port(8, "www")))
	check.is_true(either({}, port(80, "other")))
	check.equal(either({}, port(8, "other")), false)
end

function T.ranges_with_protocols()
	local rule = shortport.port_range "T:1-10,20,U:53,S:-"
	check.is_true(rule({}, port(10)))
	check.is_true(rule({}, port(20)))
	check.equal(rule({}, port(11)), false)
	check.equal(rule({}, port(53)), false)
	check.is_true(rule({}, port(53, nil, "udp")))
	check.equal(rule({}, port(5, nil, "udp")), false)
	check.is_true(rule({}, port(60000, nil, "sctp")))
	check.is_true(shortport.port_range "100-"({}, port(65535, nil, "udp")))
	check.equal(shortport.port_range "1-10"({}, port(5, nil, "tcp", "closed")), false)
end

function T.version_rules_ask_intensity_and_exclusion()
	local rule = shortport.version_port_or_service(9100, "jetdirect", "tcp", nil, 5)
	check.is_true(rule({}, port(9100)))
	stub.state.intensity = 4
	check.equal(rule({}, port(9100)), false)
	stub.state.intensity = 5
	check.is_true(rule({}, port(9100)))
	stub.state.excluded = "tcp9100"
	check.equal(rule({}, port(9100)), false)
	check.is_true(shortport.port_is_excluded(9100, "tcp"))
end

function T.web_and_tls()
	check.is_true(shortport.http({}, port(8080)))
	check.is_true(shortport.http({}, port(9, "https")))
	check.equal(shortport.http({}, port(22, "ssh")), false)
	check.is_true(shortport.ssl({}, port(443)))
	check.is_true(shortport.ssl({}, port(9, "x", "tcp", "open", { service_tunnel = "ssl" })))
	check.equal(shortport.ssl({}, port(9, "x", "tcp", "open", { service_tunnel = "none" })), false)
	check.equal(shortport.ssl({}, port(443, nil, "udp")), false)
end

function T.ranges_include_their_ends()
	local rule = shortport.port_range "5-10"
	check.equal({ rule({}, port(4)), rule({}, port(5)), rule({}, port(10)), rule({}, port(11)) }, { false, true, true, false })
	check.is_true(shortport.port_range "-10"({}, port(0)))
end

return T
