--- httpauth: challenges of HTTP servers (RFC 9110, 11.6.1) and what answers them: Basic
-- (RFC 7617) and Digest (RFC 7616).

local base64 = require "base64"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, pcall, require, string, table = ipairs, pcall, require, string, table

local M = {}

M.CHALLENGES_MAX = 20
local params_max = 40

local has_openssl, openssl = pcall(require, "openssl")

local token = "[%w!#$%%&'*+.^_`|~-]+"

-- A quoted text from `at` (behind the quote) on, and the place behind it; nil when it is
-- not closed.
local function quoted(text, at)
	local out = {}
	while true do
		local stop = text:find('["\\]', at)
		if not stop then
			return nil
		end
		out[#out + 1] = text:sub(at, stop - 1)
		if text:sub(stop, stop) == '"' then
			return table.concat(out), stop + 1
		end
		out[#out + 1], at = text:sub(stop + 1, stop + 1), stop + 2
	end
end

local function parameter(text, at)
	local name, behind = text:match("^(" .. token .. ")%s*=%s*()", at)
	if not name then
		return nil
	elseif text:sub(behind, behind) == '"' then
		return name, quoted(text, behind + 1)
	end
	local value = text:match("^[^%s,\"]*", behind)
	return name, value, behind + #value
end

-- A scheme, and the bare text that some (Negotiate) have behind it.
local function scheme(text, at)
	local name, behind = text:match("^(" .. token .. ")%s*()", at)
	if not name then
		return nil
	end
	local bare, last = text:match("^([%w._~+/-]+=*)%s*()", behind)
	if bare and (last > #text or text:sub(last, last) == ",") then
		return { scheme = name, params = {}, token68 = bare }, last
	end
	return { scheme = name, params = {} }, behind
end

--- The challenges of a WWW-Authenticate header: a list of {scheme, params = {name = value},
-- token68}; nil if it is malformed.
function M.parse(text)
	local out, params, at = {}, 0, 1
	while true do
		at = text:match("^[%s,]*()", at)
		if at > #text then
			return out
		end
		local name, value, behind = parameter(text, at)
		if name and #out > 0 and value and params < params_max then
			out[#out].params[name], params = value, params + 1
		elseif name or #out >= M.CHALLENGES_MAX then
			return nil
		else
			out[#out + 1], behind = scheme(text, at)
		end
		if not behind then
			return nil
		end
		at = behind
	end
end

--- The Authorization header for Basic.
function M.basic(username, password)
	return "Basic " .. base64.enc(username .. ":" .. password)
end

--- The challenge of a scheme in a header's text; nil without one.
function M.find(text, name)
	for _, challenge in ipairs(text and M.parse(text) or {}) do
		if challenge.scheme:lower() == name:lower() then
			return challenge
		end
	end
	return nil
end

local algorithms = { ["MD5"] = "md5", ["MD5-SESS"] = "md5", ["SHA-256"] = "sha256", ["SHA-256-SESS"] = "sha256" }

local function quote(text)
	return '"' .. text:gsub('["\\]', "\\%0") .. '"'
end

-- The quality of protection that we can do: "auth", nil when none is asked for; false when
-- only others are.
local function usable_qop(params)
	if not params.qop then
		return nil
	end
	for word in params.qop:gmatch("[^%s,]+") do
		if word:lower() == "auth" then
			return "auth"
		end
	end
	return false
end

--- The Authorization header for a Digest challenge; nil when it asks for what we cannot
-- do. `digest(algorithm, text)` gives the raw hash.
function M.digest(params, request, digest)
	digest = digest or has_openssl and openssl.digest
	local name = (params.algorithm or "MD5"):upper()
	local algorithm, qop = algorithms[name], usable_qop(params)
	if not digest or not algorithm or qop == false or not params.nonce then
		return nil
	end
	local realm, count = params.realm or "", "00000001"
	local function hash(...)
		return stdnse.tohex(digest(algorithm, table.concat({ ... }, ":")))
	end
	local secret = hash(request.username, realm, request.password)
	if name:find("-SESS", 1, true) then
		secret = hash(secret, params.nonce, request.cnonce)
	end
	local what = hash(request.method, request.uri)
	local response = qop and hash(secret, params.nonce, count, request.cnonce, qop, what) or
		hash(secret, params.nonce, what)
	local fields = { "username=" .. quote(request.username), "realm=" .. quote(realm), "nonce=" .. quote(params.nonce),
		"uri=" .. quote(request.uri), "response=" .. quote(response) }
	if params.algorithm then
		fields[#fields + 1] = "algorithm=" .. params.algorithm
	end
	if params.opaque then
		fields[#fields + 1] = "opaque=" .. quote(params.opaque)
	end
	if qop then
		fields[#fields + 1] = string.format("qop=%s, nc=%s, cnonce=%s", qop, count, quote(request.cnonce))
	end
	return "Digest " .. table.concat(fields, ", ")
end

return strict(M)
