-- portolan --script smtp-commands -p 25,465,587 TARGET
--   --script-args smtp.domain=NAME    the name to greet with

local nmap = require "nmap"
local shortport = require "shortport"
local smtp = require "smtp"
local stdnse = require "stdnse"
local table = table

description = [[
Asks a mail server what it can do: its answer to EHLO, and to HELP where it has one.
]]
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 25, 465, 587 }, { "smtp", "smtps", "submission" })

-- The lines of an answer without their codes, joined.
local function texts(answer, separator)
	local out = {}
	for line in answer:gmatch "[^\r\n]+" do
		out[#out + 1] = (line:gsub("^%d%d%d[- ]?", ""):gsub("^%s+", ""):gsub("%s+$", ""))
	end
	return table.concat(out, separator)
end

action = function(host, port)
	local socket, reason = smtp.connect(host, port, { ssl = true })
	if not socket then
		return stdnse.debug1("%s", reason)
	end
	local ok, answer = smtp.ehlo(socket, smtp.get_domain(host))
	if not ok then
		smtp.quit(socket)
		return nmap.verbosity() > 1 and "EHLO was refused: " .. answer or nil
	end
	local out = { texts(answer, ", ") }
	local helped, help = smtp.help(socket)
	smtp.quit(socket)
	if helped and help:find "^214" then
		out[2] = " " .. texts(help, " ")
	end
	return table.concat(out, "\n")
end
