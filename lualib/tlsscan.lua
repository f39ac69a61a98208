--- tlsscan: which cipher suites a TLS server takes, in which order, and which compressors.
-- It asks by a function: ask(protocol, ciphers, compressors) gives what tls.exchange gives.
--   local found = tlsscan.protocol(ask, "TLSv1.2")
-- A hello names all suites that are left; the server takes one; until it takes none any more.

local strict = require "strict"
local tls = require "tls"
local ipairs, pairs, string, table = ipairs, pairs, string, table

local M = {}

--- The protocols, oldest first.
M.protocols = { "SSLv3", "TLSv1.0", "TLSv1.1", "TLSv1.2", "TLSv1.3" }

-- Servers and boxes on the way are known that do not take long hellos.
local short_hello = 60

local function is_13(name)
	return name:find "^TLS_AKE_" ~= nil
end

-- What servers have comes first, and last what some of them fail with: Dovecot closes when it should
-- take DHE and has no parameters for it.
local ranks = { "^TLS_ECDHE_[ER]", "^TLS_RSA_WITH", "^TLS_DHE_RSA", "_anon_" }

local function rank(name)
	for i, pattern in ipairs(ranks) do
		if name:find(pattern) then
			return i
		end
	end
	return #ranks + 1
end

--- All suites of a protocol, in the order to offer them.
function M.suites(protocol)
	local out = {}
	for name in pairs(tls.CIPHERS) do
		if is_13(name) == (protocol == "TLSv1.3") then
			out[#out + 1] = name
		end
	end
	table.sort(out, function(one, other)
		local first, second = rank(one), rank(other)
		return first < second or (first == second and tls.CIPHERS[one] < tls.CIPHERS[other])
	end)
	return out
end

local function index_of(list, item)
	for i, one in ipairs(list) do
		if one == item then
			return i
		end
	end
	return nil
end

-- The server's hello if it took that protocol and something it was offered; nil, and whether it said
-- no in TLS.
local function taken(answer, protocol, ciphers)
	local hello = answer and answer.server_hello
	if not hello or not hello.cipher then
		return nil, answer ~= nil and answer.alert ~= nil
	elseif hello.protocol ~= protocol or not index_of(ciphers, hello.cipher) then
		return nil, true
	end
	return hello
end

local function describe(answer)
	local hello = answer.server_hello
	local share = hello.extensions and hello.extensions.key_share
	local chain = answer.certificate and answer.certificate.certificates
	return {
		cipher = hello.cipher, compressor = hello.compressor, certificate = chain and chain[1],
		share = answer.server_key_exchange and answer.server_key_exchange.data,
		group = hello.protocol == "TLSv1.3" and share and #share >= 2 and string.unpack(">I2", share) or nil,
	}
end

local function names_of(found)
	local out = {}
	for i, one in ipairs(found) do
		out[i] = one.cipher
	end
	return out
end

-- Appends the suites that the server takes of these to `found`, in its order (or, if it has none, in
-- ours). Whether it said no in TLS at the end, and the suites that were left then.
local function drain(ask, protocol, suites, found)
	local left = table.move(suites, 1, #suites, 1, {})
	while #left > 0 do
		local answer = ask(protocol, left, { "NULL" })
		local hello, refused = taken(answer, protocol, left)
		if not hello then
			return refused, left
		end
		found[#found + 1] = describe(answer)
		table.remove(left, index_of(left, hello.cipher))
	end
	return true, left
end

-- A server that breaks off instead of saying no gets what is left in shorter hellos; the order of
-- all that it took is then asked for again.
local function find_all(ask, protocol)
	local found = {}
	local refused, left = drain(ask, protocol, M.suites(protocol), found)
	local before = #found
	for first = 1, refused and 0 or #left, short_hello do
		drain(ask, protocol, table.move(left, first, first + short_hello - 1, 1, {}), found)
	end
	if #found == before or #found < 2 then
		return found
	end
	local again = {}
	drain(ask, protocol, names_of(found), again)
	return #again == #found and again or found
end

-- "server", "client", or "indeterminate" and why.
local function preference(ask, protocol, found)
	if #found < 2 then
		return "indeterminate", "Too few ciphers supported"
	end
	local names, reversed = names_of(found), {}
	for i = #names, 1, -1 do
		reversed[#reversed + 1] = names[i]
	end
	local hello = taken(ask(protocol, reversed, { "NULL" }), protocol, reversed)
	if not hello then
		return "indeterminate", "The server did not answer"
	elseif hello.cipher == names[1] then
		return "server"
	elseif hello.cipher == reversed[1] then
		return "client"
	end
	return "indeterminate", "The server took neither its first choice nor the client's"
end

local function compressors(ask, protocol, found)
	local names, out = names_of(found), {}
	local left = { "DEFLATE", "LZS", "NULL" }
	while #left > 0 do
		local hello = taken(ask(protocol, names, left), protocol, names)
		local at = hello and index_of(left, hello.compressor)
		if not at then
			break
		end
		out[#out + 1] = table.remove(left, at)
		-- Without NULL a hello is not one (RFC 5246, 7.4.1.2).
		if not index_of(left, "NULL") then
			break
		end
	end
	return #out > 0 and out or { "NULL" }
end

--- What a server takes of that protocol: a table with ciphers (an array of tables: cipher, share, group,
-- certificate; in the server's order, or sorted by name if it has none), preference, preference_error,
-- compressors (nil for TLS 1.3). nil if it takes nothing.
function M.protocol(ask, protocol)
	local found = find_all(ask, protocol)
	if #found == 0 then
		return nil
	end
	local out = { ciphers = found }
	out.preference, out.preference_error = preference(ask, protocol, found)
	if protocol ~= "TLSv1.3" then
		out.compressors = compressors(ask, protocol, found)
	end
	if out.preference ~= "server" then
		table.sort(found, function(one, other) return one.cipher < other.cipher end)
	end
	return out
end

return strict(M)
