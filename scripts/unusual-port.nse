-- Points out services on ports where others are usual.
-- Example: portolan -sV --script unusual-port 192.0.2.1

local datafiles = require "datafiles"

description = "Compares the service that version detection found with the one that is usual on the port."
author = "portolan"
license = "same as portolan's"
categories = { "safe" }

portrule = function(_, port)
	return port.state == "open" and port.version ~= nil and port.version.service_dtype == "probed"
end

-- Names that are another word for the same, or its way over TLS.
local same = { ["https"] = "http", ["http-proxy"] = "http", ["http-alt"] = "http", ["https-alt"] = "http",
	["ssl/http"] = "http", ["imaps"] = "imap", ["pop3s"] = "pop3", ["smtps"] = "smtp", ["submission"] = "smtp",
	["ldaps"] = "ldap", ["ldapssl"] = "ldap", ["nntps"] = "nntp", ["snews"] = "nntp", ["telnets"] = "telnet",
	["ftps"] = "ftp", ["ircs"] = "irc", ["domain-s"] = "domain", ["microsoft-ds"] = "netbios-ssn",
	["msrpc"] = "epmap", ["ms-wbt-server"] = "ms-wbt-server", ["rpcbind"] = "sunrpc", ["kerberos-sec"] =
	"kerberos", ["soap"] = "http", ["ipp"] = "http", ["upnp"] = "http", ["hadoop-ipc"] = "ipc" }

local function common(name)
	return same[name] or name
end

action = function(_, port)
	local found = port.version.name or port.service
	local usual = datafiles.service_of(port.number, port.protocol)
	if not found or found == "unknown" or usual and common(usual) == common(found) then
		return nil
	end
	return string.format("%s unexpected on port %s/%d", found, port.protocol, port.number)
end
