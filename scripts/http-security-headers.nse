-- portolan --script http-security-headers -p 80,443 TARGET
-- portolan --script http-security-headers --script-args http-security-headers.path=/login TARGET

local finding = require "finding"
local http = require "http"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, table = ipairs, table

description = [[
Shows the headers with which a web server tells browsers to be careful, and what they ask for; those
that its front page (or http-security-headers.path) lacks are a finding.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.http

-- What a value asks for: pattern (in lower case) and words.
local meanings = {
	["x-frame-options"] = {
		{ "deny", "No page may show this one in a frame." },
		{ "sameorigin", "Only pages of the same origin may show this one in a frame." },
		{ "allow%-from", "One other origin may show this page in a frame; browsers of today ignore this." },
	},
	["x-xss-protection"] = {
		{ "^%s*0", "The filter of old browsers against reflected scripts is turned off." },
		{ "^%s*1.*mode%s*=%s*block", "Old browsers do not show a page in which they see a reflected script." },
	},
	["x-content-type-options"] = { { "nosniff", "Browsers take the content type that is declared, and guess none." } },
	["content-security-policy"] = {
		{ "default%-src", "Says from where anything may be loaded that has no rule of its own." },
		{ "script%-src", "Says from where scripts may come." },
		{ "object%-src", "Says from where plugins may come." },
		{ "style%-src", "Says from where style sheets may come." },
		{ "img%-src", "Says from where pictures may come." },
		{ "connect%-src", "Says whom scripts may connect to." },
		{ "frame%-src", "Says whose pages may be shown in frames." },
		{ "frame%-ancestors", "Says which pages may show this one in a frame." },
		{ "form%-action", "Says where forms may be sent." },
		{ "base%-uri", "Says what may be the base of relative links." },
		{ "sandbox", "Takes rights away from the page." },
		{ "upgrade%-insecure%-requests", "Has everything loaded over HTTPS." },
		{ "report%-", "Names where violations are reported." },
	},
	["x-permitted-cross-domain-policies"] = {
		{ "none", "No files with rules for other domains are allowed here." },
		{ "master%-only", "Only the master file with rules for other domains is allowed." },
		{ "all", "Any file may give rules for other domains." },
	},
}

-- Key of the output and the header, in their order.
local headers = {
	{ "Strict_Transport_Security", "Strict-Transport-Security" },
	{ "Public_Key_Pins_Report_Only", "Public-Key-Pins-Report-Only" },
	{ "X_Frame_Options", "X-Frame-Options" }, { "X_XSS_Protection", "X-XSS-Protection" },
	{ "X_Content_Type_Options", "X-Content-Type-Options" }, { "Content_Security_Policy", "Content-Security-Policy" },
	{ "X_Permitted_Cross_Domain_Policies", "X-Permitted-Cross-Domain-Policies" }, { "Referrer_Policy", "Referrer-Policy" },
	{ "Permissions_Policy", "Permissions-Policy" }, { "Cross_Origin_Opener_Policy", "Cross-Origin-Opener-Policy" },
	{ "Expect_CT", "Expect-CT" }, { "Cache_Control", "Cache-Control" }, { "Pragma", "Pragma" }, { "Expires", "Expires" },
}

local function lines_of(name, value)
	local lines = { "Header: " .. name .. ": " .. value }
	for _, meaning in ipairs(meanings[name:lower()] or {}) do
		if value:lower():find(meaning[1]) then
			lines[#lines + 1] = "Description: " .. meaning[2]
		end
	end
	return lines
end

local function report_missing(header, path)
	local missing = {}
	local policy = header["content-security-policy"] or ""
	for _, name in ipairs { "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy" } do
		missing[#missing + 1] = not header[name:lower()] and name or nil
	end
	if not header["x-frame-options"] and not policy:find("frame-ancestors", 1, true) then
		missing[#missing + 1] = "X-Frame-Options"
	end
	if #missing == 0 then
		return
	end
	finding.report {
		id = "http-missing-security-headers", title = "A page lacks headers that protect its visitors", severity = "low",
		seen = path .. " has no " .. table.concat(missing, ", "),
		why = "Browsers do not defend the page against injected scripts, framing and guessed content types.",
		remedy = "Add the headers in the server's configuration (Header always set, add_header ... always).",
		references = { "CWE-693", "CWE-1021" },
	}
end

local function report_hsts(path)
	finding.report {
		id = "https-without-hsts", title = "An HTTPS server without Strict-Transport-Security", severity = "low",
		seen = path .. " over TLS has no Strict-Transport-Security",
		why = "Who is on the way can keep a visitor on plain HTTP.",
		remedy = "Send Strict-Transport-Security: max-age=31536000 over HTTPS.",
		references = { "CWE-319" },
	}
end

local function is_page(response)
	return response.status == 200 and (response.header["content-type"] or ""):lower():find("text/html", 1, true) ~= nil
end

action = function(host, port)
	local path = stdnse.get_script_args("http-security-headers.path") or "/"
	local response = http.head(host, port, path)
	if not response.status or response.status == 405 or response.status == 501 then
		response = http.get(host, port, path)
	end
	if not response.status then
		return nil
	end
	local output, any = stdnse.output_table(), false
	for _, header in ipairs(headers) do
		local value = response.header[header[2]:lower()]
		if value then
			output[header[1]], any = lines_of(header[2], value), true
		end
		if header[1] == "Strict_Transport_Security" and not value and response.ssl then
			output[header[1]], any = { "HSTS not configured in HTTPS Server" }, true
			report_hsts(path)
		end
	end
	if is_page(response) then
		report_missing(response.header, path)
	end
	return any and output or nil
end
