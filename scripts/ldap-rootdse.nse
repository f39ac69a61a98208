local bytestream = require "bytestream"
local finding = require "finding"
local ldap = require "ldap"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Shows what an LDAP server tells anybody of itself (its root entry), and finds out whether it
also shows entries of its directory to anybody.
]]

-- @usage portolan --script ldap-rootdse -p 389 TARGET
-- @output
-- | ldap-rootdse:
-- | LDAP Results
-- |   <ROOT>
-- |       namingContexts: dc=lab,dc=test
-- |       supportedLDAPVersion: 3
-- |_      subschemaSubentry: cn=Subschema

author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service({ 389, 636, 3268, 3269 }, { "ldap", "ldaps", "ldapssl", "globalcatLDAP" })

-- Of RFC 4512, 5.1, and of Active Directory (MS-ADTS, 3.1.1.3.2).
local attributes = {
	"configurationNamingContext", "currentTime", "defaultNamingContext", "dnsHostName",
	"domainControllerFunctionality", "domainFunctionality", "dsServiceName", "forestFunctionality",
	"highestCommittedUSN", "isGlobalCatalogReady", "isSynchronized", "ldapServiceName", "namingContexts",
	"rootDomainNamingContext", "schemaNamingContext", "serverName", "subschemaSubentry", "supportedCapabilities",
	"supportedControl", "supportedExtension", "supportedLDAPPolicies", "supportedLDAPVersion",
	"supportedSASLMechanisms", "altServer", "vendorName", "vendorVersion",
}

local start_tls = "1.3.6.1.4.1.1466.20037"

local function read_root(socket)
	local status, entries = ldap.searchRequest(socket, {
		baseObject = "", scope = ldap.SCOPE.base, attributes = attributes,
		filter = { op = ldap.FILTER.present, obj = "objectClass" },
	})
	return status and #entries > 0 and entries or nil
end

-- The names of a few entries below a naming context, without any of their attributes.
local function names_below(socket, context)
	local status, entries = ldap.searchRequest(socket, {
		baseObject = context, scope = ldap.SCOPE.sub, attributes = { "1.1" }, sizeLimit = 5, timeLimit = 5,
		filter = { op = ldap.FILTER.present, obj = "objectClass" },
	})
	local names = {}
	for _, entry in ipairs(status and entries or {}) do
		if entry.objectName:lower() ~= context:lower() then
			names[#names + 1] = entry.objectName
		end
	end
	return names
end

local function report_open(names)
	if #names > 0 then
		finding.report {
			id = "ldap-anonymous-read", title = "LDAP shows its directory to anybody", severity = "high",
			seen = "an anonymous search found " .. names[1],
			why = "Names, addresses and groups of an organisation are open to whoever reaches the port.",
			remedy = "Let only users that have logged in read (OpenLDAP: access rules and 'disallow bind_anon').",
			references = { "CWE-306" },
		}
	end
end

local function report_clear_text(entries)
	for _, extension in ipairs(ldap.extractAttribute(entries, "supportedExtension") or {}) do
		if extension == start_tls then
			return
		end
	end
	finding.report {
		id = "ldap-clear-text-login", title = "LDAP takes passwords in clear text", severity = "medium",
		seen = "no TLS on this port, and supportedExtension has no StartTLS (" .. start_tls .. ")",
		why = "Who listens on the path reads the passwords of simple binds.",
		remedy = "Give the server a certificate, and serve ldaps or StartTLS only.",
		references = { "CWE-319", "CWE-522" },
	}
end

function action(host, port)
	local stream = bytestream.open(host, port)
	if not stream then
		return nil
	end
	local entries = read_root(stream.socket)
	local context = entries and (ldap.extractAttribute(entries, "namingContexts") or {})[1]
	if context then
		report_open(names_below(stream.socket, context))
	end
	ldap.unbind(stream.socket)
	stream:close()
	if not entries then
		return nil
	end
	if not stream.tls then
		report_clear_text(entries)
	end
	local text = ldap.searchResultToTable(entries)
	text.name = "LDAP Results"
	return stdnse.format_output(true, text)
end
