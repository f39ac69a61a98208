-- portolan --script http-methods -p 80 TARGET
-- portolan --script http-methods --script-args http-methods.url-path=/upload/ TARGET

local finding = require "finding"
local http = require "http"
local nmap = require "nmap"
local rand = require "rand"
local shortport = require "shortport"
local stdnse = require "stdnse"
local stringaux = require "stringaux"
local tableaux = require "tableaux"
local ipairs, setmetatable = ipairs, setmetatable

description = [[
Shows the methods that a web server supports: those it names when asked with OPTIONS, and of GET,
HEAD, POST and OPTIONS those that it answers otherwise than a method that does not exist. Methods
that read only are not worth a word: the others are named apart. None of them is tried.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "safe" }

portrule = shortport.http

local harmless = { GET = true, HEAD = true, POST = true, OPTIONS = true }
local tried = { "GET", "HEAD", "POST", "OPTIONS" }
-- They change what is on the server.
local writing = { PUT = true, DELETE = true, PATCH = true, MOVE = true, COPY = true, MKCOL = true, PROPPATCH = true }
local methods_max = 60

-- Adds the methods of an Allow or Public header to the list.
local function add_named(methods, header)
	for method in (header or ""):gmatch("[%u%d_-]+") do
		if #methods < methods_max and not tableaux.contains(methods, method) then
			methods[#methods + 1] = method
		end
	end
end

local function answer_to(host, port, method, path)
	return http.generic_request(host, port, method, path)
end

-- Adds those of our own that the server does, though it did not name them.
local function add_tried(methods, host, port, path)
	local nonsense
	for _, method in ipairs(tried) do
		if not tableaux.contains(methods, method) then
			local response = answer_to(host, port, method, path)
			local status = response.status
			if status and status >= 400 and status ~= 405 and status ~= 501 then
				nonsense = nonsense or answer_to(host, port, rand.random_alpha(4):upper(), path)
				status = status ~= nonsense.status and status or nil
			end
			if status and status ~= 405 and status ~= 501 then
				methods[#methods + 1] = method
			end
		end
	end
end

local function report(methods, path)
	local writers = {}
	for _, method in ipairs(methods) do
		writers[#writers + 1] = writing[method] and method or nil
	end
	if tableaux.contains(methods, "TRACE") then
		finding.report {
			id = "http-trace", title = "HTTP TRACE is enabled", severity = "low",
			seen = "OPTIONS " .. path .. ": " .. stringaux.strjoin(" ", methods),
			why = "TRACE sends a request's headers back, cookies and logins with them, to whoever made a browser send it.",
			remedy = "Turn it off: TraceEnable off (Apache httpd), or allow the methods that are used only.",
			references = { "CWE-693" }, confidence = 0.9,
		}
	end
	if #writers > 0 then
		finding.report {
			id = "http-writing-methods", title = "HTTP methods that change files are announced", severity = "low",
			seen = "OPTIONS " .. path .. ": " .. stringaux.strjoin(" ", writers),
			why = "Whoever may use them can place or delete files on the server; whether they need a login was not tried.",
			remedy = "Turn off the methods (WebDAV) that are not needed, and require a login for the others.",
			references = { "CWE-650" }, confidence = 0.4,
		}
	end
end

-- What the server says to each method; those that change something are not sent.
local function status_lines(methods, host, port, path)
	local out = stdnse.output_table()
	for _, method in ipairs(methods) do
		if harmless[method] or method == "TRACE" then
			out[method] = (answer_to(host, port, method, path)["status-line"] or ""):gsub("%s+$", "")
		end
	end
	return out
end

action = function(host, port)
	local given = stdnse.get_script_args("http-methods.url-path")
	local path = given or "/"
	local response = http.generic_request(host, port, "OPTIONS", path)
	if not response.status then
		return nil
	end
	local methods, risky, output = {}, {}, stdnse.output_table()
	add_named(methods, response.header.allow)
	add_named(methods, response.header.public)
	add_tried(methods, host, port, path)
	for _, method in ipairs(methods) do
		risky[#risky + 1] = not harmless[method] and method or nil
	end
	report(methods, path)
	if #methods == 0 or #risky == 0 and nmap.verbosity() < 1 then
		return nil
	end
	local spaced = { __tostring = function(list) return stringaux.strjoin(" ", list) end }
	output["Supported Methods"] = nmap.verbosity() > 0 and setmetatable(methods, spaced) or nil
	output["Potentially risky methods"] = #risky > 0 and setmetatable(risky, spaced) or nil
	output["Path tested"] = given
	local retest = stdnse.get_script_args("http-methods.retest")
	output["Status Lines"] = retest and status_lines(methods, host, port, path) or nil
	return output
end
