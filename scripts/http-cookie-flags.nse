-- portolan --script http-cookie-flags -p 80,443 TARGET
-- portolan --script http-cookie-flags --script-args http-cookie-flags.path=/login,http-cookie-flags.cookie=sid TARGET

local finding = require "finding"
local http = require "http"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, table = ipairs, table

description = [[
Looks at the cookies that a web server sets for sessions on its front page (or
http-cookie-flags.path): those that scripts of a page can read (no HttpOnly), and those that come
over HTTPS and would be sent over HTTP, too (no Secure). http-cookie-flags.cookie names another
cookie to look at.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "safe", "vuln" }

portrule = shortport.http

-- What cookies of sessions are called, in lower case.
local session_names = {
	"^phpsessid$", "^jsessionid$", "^asp%.net_sessionid$", "^aspsessionid", "^sessionid$",
	"^session_id$", "^session$", "^connect%.sid$", "^laravel_session$", "^ci_session$", "^cfid$", "^cftoken$",
	"^%.aspxauth$", "^%.aspnetcore%.session$", "^_session_id$", "^rack%.session$", "^wordpress_logged_in", "^sess%x*$",
}

local function is_session(name, wanted)
	if wanted then
		return name == wanted
	end
	for _, pattern in ipairs(session_names) do
		if name:lower():find(pattern) then
			return true
		end
	end
	return false
end

local function flags_missing(cookie, tls)
	local out = {}
	if tls and not cookie.secure then
		out[#out + 1] = "secure flag not set and HTTPS in use"
	end
	if not cookie.httponly then
		out[#out + 1] = "httponly flag not set"
	end
	return out
end

local function report(path, names)
	finding.report {
		id = "http-cookie-flags", title = "Session cookies without their flags", severity = "low",
		seen = path .. ": " .. table.concat(names, "; "):sub(1, 200),
		why = "Without HttpOnly a script that gets into a page reads the session; without Secure it crosses plain HTTP.",
		remedy = "Set HttpOnly, Secure and SameSite on the cookie (session.cookie_httponly in PHP, and so on).",
		references = { "CWE-1004", "CWE-614" },
	}
end

action = function(host, port)
	local path = stdnse.get_script_args("http-cookie-flags.path") or "/"
	local response = http.get(host, port, path)
	if not response.status then
		return nil
	end
	local wanted = stdnse.get_script_args("http-cookie-flags.cookie")
	local out, names = stdnse.output_table(), {}
	for _, cookie in ipairs(response.cookies) do
		local missing = is_session(cookie.name, wanted) and flags_missing(cookie, response.ssl) or {}
		if #missing > 0 then
			out[cookie.name] = missing
			names[#names + 1] = cookie.name .. ": " .. table.concat(missing, ", ")
		end
	end
	if #names == 0 then
		return nil
	end
	report(path, names)
	return { [path] = out }
end
