-- portolan --script http-open-proxy -p 3128,8080 TARGET
-- portolan --script http-open-proxy --script-args proxy.url=http://www.example.org/,proxy.pattern=Example TARGET

local finding = require "finding"
local html = require "htmltag"
local http = require "http"
local rand = require "rand"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, string, table, tostring = ipairs, string, table, tostring

description = [[
Finds out whether a web proxy works for anybody. It is asked for a name that does not exist
(RANDOM.invalid, RFC 6761): a proxy that refuses strangers says so at once; one that does not tries,
and says that it found no such host. So nobody else is bothered. With proxy.url it is asked for that
address, and has to answer with a page (with proxy.pattern in it).
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "external", "safe" }

portrule = shortport.port_or_service({ 3128, 8000, 8080, 8118, 8123, 8888 },
	{ "http-proxy", "squid-http", "polipo", "privoxy", "tinyproxy" })

-- What proxies say of a host that they did not find, in lower case.
local not_found = {
	"err_dns_fail", "unable to determine ip", "no such domain", "could not resolve", "not be resolved",
	"cannot be resolved", "unable to connect to the remote", "name or service not known", "unknown host",
	"host not found", "dns error", "dns lookup",
	"no address associated", "can't resolve",
}
-- "Bad gateway", and that there was no answer in time.
local gateway_failed = { [502] = true, [503] = true, [504] = true }

local function says_not_found(response)
	local text = ((response.header["x-squid-error"] or "") .. " " .. (response.body or ""):sub(1, 16384)):lower()
	for _, phrase in ipairs(not_found) do
		if text:find(phrase, 1, true) then
			return phrase
		end
	end
	return nil
end

-- Whether an answer shows that the proxy tried; `own` is what it says of itself, as every
-- request of a gateway without its servers ends with 502.
local function tried(response, own)
	local status = response.status
	if not status or status == 403 or status == 407 or status == 405 or status == own then
		return false
	end
	return status >= 404 and (gateway_failed[status] or says_not_found(response)) and true or false
end

local function ask(host, port, method, target, name)
	return http.generic_request(host, port, method, target,
		{ header = { Host = name }, max_body_size = 65536, truncated_ok = true })
end

local function report(target, response)
	finding.report {
		id = "open-proxy", title = "A web proxy works for anybody", severity = "high",
		seen = target .. ": " .. http.get_status_string(response) .. (response.body and ", " .. html.shortened(
			html.content(response.body, "title") or "", 60) or ""),
		why = "Strangers reach the inner network through it, and others in its name.",
		remedy = "Allow known addresses only (http_access in Squid, Allow in tinyproxy), or require a login.",
		references = { "CWE-441" }, confidence = 0.9,
	}
end

-- The methods that the proxy tries for a host that does not exist.
local function methods_tried(host, port)
	local name = rand.random_alpha(12) .. ".invalid"
	local own = http.generic_request(host, port, "GET", "/", { max_body_size = 65536, truncated_ok = true }).status
	local out, status_of_get = {}, nil
	for _, method in ipairs { "GET", "HEAD", "CONNECT" } do
		local target = method == "CONNECT" and name .. ":443" or "http://" .. name .. "/"
		local response = ask(host, port, method, target, method == "CONNECT" and target or name)
		-- Without a body HEAD cannot say more than that it ends as GET did.
		if tried(response, own) or method == "HEAD" and out[1] and response.status == status_of_get then
			if #out == 0 then
				report(method .. " " .. target, response)
			end
			out[#out + 1] = method == "CONNECT" and "CONNECTION" or method
		end
		status_of_get = status_of_get or response.status
	end
	return out
end

-- Those with which it fetched what the user named.
local function methods_fetched(host, port, address, pattern)
	local out, name = {}, tostring(address):match("^http://([^/?#]+)")
	for _, method in ipairs { "GET", "HEAD" } do
		local response = name and ask(host, port, method, address, name) or {}
		if response.status == 200 and (method == "HEAD" and #out > 0 or method == "GET" and
			(not pattern or response.body:find(pattern, 1, true))) then
			if #out == 0 then
				report(method .. " " .. address, response)
			end
			out[#out + 1] = method
		end
	end
	return out
end

action = function(host, port)
	local address = stdnse.get_script_args("proxy.url") or stdnse.get_script_args("http-open-proxy.url")
	local methods
	if address then
		methods = methods_fetched(host, port, address, stdnse.get_script_args("proxy.pattern"))
	else
		methods = methods_tried(host, port)
	end
	if #methods == 0 then
		return nil
	end
	return string.format("Potentially OPEN proxy.\nMethods supported: %s", table.concat(methods, " "))
end
