-- portolan -sV --script smtp-strangeport -p 1-65535 TARGET

local finding = require "finding"

description = [[
Tells of a mail server on a port where none is expected: software that sends mail behind its
owner's back is often found so.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "malware", "safe" }

local expected = { [25] = true, [465] = true, [587] = true, [2525] = true }

portrule = function(_, port)
	return port.service == "smtp" and port.protocol == "tcp" and port.state == "open" and
		port.version.name_confidence > 3 and not expected[port.number]
end

action = function(_, port)
	local seen = "SMTP on port " .. port.number
	if port.version.product then
		seen = seen .. ", " .. port.version.product
	end
	finding.report {
		id = "smtp-strange-port", title = "A mail server on an unusual port", severity = "low", seen = seen,
		why = "Mail servers on unusual ports are seldom set up by administrators; malware that sends spam uses them.",
		remedy = "Find the program that listens there; end it if nobody knows it.", confidence = 0.5,
	}
	return "Mail server on unusual port: possible malware"
end
