local finding = require "finding"
local mysql = require "mysql"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows what a MySQL or MariaDB server says before any login: protocol, version, thread,
capabilities, status, salt and the kind of login it wants.
]]

-- @usage portolan --script mysql-info -p 3306 TARGET
-- @output
-- | mysql-info:
-- |   Protocol: 10
-- |   Version: 5.5.5-10.11.19-MariaDB
-- |   Thread ID: 4
-- |   Capabilities flags: 63486
-- |   Some Capabilities: ConnectWithDatabase, FoundRows, Support41Auth
-- |   Status: Autocommit
-- |   Salt: l/@5)j]rIQ=}!'@L?4&`
-- |_  Auth Plugin Name: mysql_native_password

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service(3306, "mysql")

-- Names of the bits that are set, sorted.
local function names_of(flags, names)
	local set = {}
	for name, bit in pairs(names) do
		if flags & bit ~= 0 then
			set[#set + 1] = name
		end
	end
	table.sort(set)
	return set
end

local function capabilities_of(greeting)
	local names = names_of(greeting.capabilities, mysql.Capabilities)
	for _, name in ipairs(names_of(greeting.extcapabilities or 0, mysql.ExtCapabilities)) do
		names[#names + 1] = name
	end
	if #names == 0 then
		return nil
	end
	return setmetatable(names, { __tostring = function(list) return table.concat(list, ", ") end })
end

local function report_clear_text(greeting)
	local flags = greeting.capabilities
	if flags and flags & mysql.Capabilities.SwitchToSSLAfterHandshake == 0 then
		finding.report {
			id = "mysql-without-tls", title = "MySQL without TLS", severity = "low",
			seen = "version " .. greeting.version .. ", the greeting does not offer SSL",
			why = "Queries, results and the challenge of the login cross the network in clear text.",
			remedy = "Set ssl_cert and ssl_key, and require_secure_transport = ON.",
			references = { "CWE-319" },
		}
	end
end

local function greeting_of(host, port)
	local socket = nmap.new_socket()
	socket:set_timeout(stdnse.get_timeout(host, 5000, 2000))
	if not socket:connect(host, port) then
		return nil
	end
	local status, greeting = mysql.receiveGreeting(socket)
	socket:close()
	return status and greeting or nil
end

function action(host, port)
	local greeting = greeting_of(host, port)
	if not greeting then
		return nil
	end
	report_clear_text(greeting)
	local out = stdnse.output_table()
	out["Protocol"] = greeting.proto
	out["Version"] = greeting.version
	out["Thread ID"] = greeting.threadid
	if greeting.capabilities then
		out["Capabilities flags"] = greeting.capabilities
		out["Some Capabilities"] = capabilities_of(greeting)
	end
	if greeting.status then
		out["Status"] = greeting.status == mysql.ServerStatus.AutoCommit and "Autocommit" or greeting.status
	end
	out["Salt"] = greeting.salt
	out["Auth Plugin Name"] = greeting.auth_plugin_name
	return out
end
