local finding = require "finding"
local nmap = require "nmap"
local pgsql = require "pgsql"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows whether a PostgreSQL server offers TLS and what it wants to know before it lets a
user in. No password is sent: a session is begun, and left as soon as one is asked for.
]]

-- @usage portolan --script pgsql-info -p 5432 --script-args pgsql-info.user=app,pgsql-info.database=app TARGET
-- @output
-- | pgsql-info:
-- |   TLS: yes
-- |   Authentication: scram
-- |_  Mechanisms: SCRAM-SHA-256
--
-- @args pgsql-info.user, pgsql-info.database (both "postgres")

author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 5432, 6432 }, { "postgresql", "postgres", "pgbouncer" })

local function connect(host, port)
	local socket = nmap.new_socket()
	socket:set_timeout(stdnse.get_timeout(host, 5000, 2000))
	return socket:connect(host, port) and socket or nil
end

local function offers_tls(host, port)
	local socket = connect(host, port)
	if not socket then
		return nil
	end
	local _, answer = pgsql.requestSSL(socket)
	socket:close()
	return ({ S = "yes", N = "no" })[answer]
end

-- In TLS where there is some: rules of pg_hba.conf may want that.
local function start(host, port, tls)
	local socket = connect(host, port)
	if not socket or (tls and not (pgsql.requestSSL(socket) and socket:reconnect_ssl())) then
		return nil
	end
	local user = stdnse.get_script_args "pgsql-info.user" or "postgres"
	local database = stdnse.get_script_args "pgsql-info.database" or "postgres"
	local status, found = pgsql.v3.sendStartup(socket, user, database)
	socket:close()
	found.user = user
	return status, found
end

local function report_open(found)
	finding.report {
		id = "postgresql-without-password", title = "PostgreSQL lets in without a password", severity = "high",
		seen = string.format("user %s was let in without a password, server_version %s", found.user,
			found.parameters.server_version or "unknown"),
		why = "Anybody who reaches the port reads and changes the data; a superuser runs programs on the host.",
		remedy = "Replace 'trust' in pg_hba.conf by scram-sha-256.",
		references = { "CWE-306" },
	}
end

local function report_clear_text(found, tls)
	if tls then
		return
	end
	finding.report {
		id = "postgresql-clear-text-password", title = "PostgreSQL asks for a password in clear text",
		severity = "medium", seen = "authentication request 3 (clear text password) without TLS for user " .. found.user,
		why = "Who listens on the path reads the password.",
		remedy = "Use scram-sha-256 in pg_hba.conf, and set ssl = on.",
		references = { "CWE-319" },
	}
end

local function describe(out, status, found, tls)
	if not status then
		out["Message"] = found.error.message
		return
	end
	local kinds = pgsql.AuthenticationType
	out["Authentication"] = pgsql.AuthenticationName[found.authtype] or found.authtype
	if found.mechanisms and #found.mechanisms > 0 then
		out["Mechanisms"] = table.concat(found.mechanisms, " ")
	end
	if found.authtype == kinds.Success then
		out["Version"] = found.parameters.server_version
		report_open(found)
	elseif found.authtype == kinds.Plain then
		report_clear_text(found, tls)
	end
end

function action(host, port)
	local tls = offers_tls(host, port)
	if not tls then
		return nil
	end
	local out = stdnse.output_table()
	out["TLS"] = tls
	local status, found = start(host, port, tls == "yes")
	if found then
		describe(out, status, found, tls == "yes")
	end
	if tls == "no" then
		finding.report {
			id = "postgresql-without-tls", title = "PostgreSQL without TLS", severity = "low",
			seen = "the request for TLS was answered by N",
			why = "Queries and results cross the network in clear text.",
			remedy = "Set ssl = on in postgresql.conf, and 'hostssl' in pg_hba.conf.",
			references = { "CWE-319" },
		}
	end
	return out
end
