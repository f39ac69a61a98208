local check = require "check"
local tlsscan = require "tlsscan"

local T = {}

-- A server that takes these suites of these protocols.
local function server(options)
	local asked = 0
	return function(protocol, ciphers, compressors)
		asked = asked + 1
		if options.longest and #ciphers > options.longest then
			return nil, "EOF"
		end
		local first, second = ciphers, options.suites
		if options.ordered then
			first, second = second, first
		end
		for _, one in ipairs(first) do
			for _, other in ipairs(second) do
				if one == other and options[protocol] then
					return { server_hello = { protocol = protocol, cipher = one,
						compressor = options.compresses and compressors[1] or "NULL" } }
				end
			end
		end
		return { alert = { description = "handshake_failure" } }
	end, function() return asked end
end

local function names(found)
	local out = {}
	for i, one in ipairs(found.ciphers) do
		out[i] = one.cipher
	end
	return out
end

local three = { "TLS_RSA_WITH_RC4_128_SHA", "TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA" }

function T.the_servers_order()
	local ask, asked = server { suites = three, ordered = true, ["TLSv1.2"] = true }
	local found = tlsscan.protocol(ask, "TLSv1.2")
	check.equal({ names(found), found.preference, found.preference_error, found.compressors },
		{ three, "server", nil, { "NULL" } })
	check.equal(asked(), 4 + 1 + 1)
	check.is_nil(tlsscan.protocol(ask, "TLSv1.1"))
end

function T.the_clients_order_is_sorted()
	local found = tlsscan.protocol(server { suites = three, ["TLSv1.0"] = true }, "TLSv1.0")
	check.equal(found.preference, "client")
	check.equal(names(found), { three[3], three[2], three[1] })
end

function T.one_suite_has_no_order()
	local found = tlsscan.protocol(server { suites = { three[1] }, SSLv3 = true }, "SSLv3")
	check.equal({ found.preference, found.preference_error }, { "indeterminate", "Too few ciphers supported" })
end

function T.servers_that_want_short_hellos()
	local ask = server { suites = { "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", three[1], three[2] }, longest = 64, ordered = true,
		["TLSv1.2"] = true }
	local found = tlsscan.protocol(ask, "TLSv1.2")
	check.equal({ names(found)[1], #found.ciphers, found.preference },
		{ "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", 3, "server" })
end

function T.a_server_that_breaks_off_at_a_suite()
	local ask = server { suites = { three[1], three[2] }, ["TLSv1.2"] = true }
	local function breaks(protocol, ciphers, methods)
		for _, name in ipairs(ciphers) do
			if name == "TLS_DHE_RSA_WITH_AES_128_CBC_SHA" and #ciphers < 350 then
				return nil, "EOF"
			end
		end
		return ask(protocol, ciphers, methods)
	end
	check.equal(names(tlsscan.protocol(breaks, "TLSv1.2")), { three[2], three[1] })
end

function T.compressors()
	local found = tlsscan.protocol(server { suites = three, compresses = true, ["TLSv1.0"] = true }, "TLSv1.0")
	check.equal(found.compressors, { "DEFLATE", "LZS", "NULL" })
	found = tlsscan.protocol(server { suites = { "TLS_AKE_WITH_AES_128_GCM_SHA256" }, ["TLSv1.3"] = true }, "TLSv1.3")
	check.is_nil(found.compressors)
end

function T.a_server_that_takes_what_was_not_offered_is_left()
	local asked = 0
	local function ask()
		asked = asked + 1
		return { server_hello = { protocol = "TLSv1.2", cipher = "TLS_RSA_WITH_RC4_128_SHA", compressor = "NULL" } }
	end
	check.equal(#tlsscan.protocol(ask, "TLSv1.2").ciphers, 1)
	check.is_true(asked < 6)
	check.is_nil(tlsscan.protocol(function() return nil, "TIMEOUT" end, "TLSv1.2"))
end

return T
