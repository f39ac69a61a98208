-- Shows which system an SMB server runs on, its names and its time, as it tells without a login.
-- Example: portolan -p445 --script smb-os-discovery 192.0.2.1

local datetime = require "datetime"
local smb = require "smb"
local stdnse = require "stdnse"

description = "Shows operating system, names, domain or workgroup and time of an SMB 1 server."
author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

hostrule = function(host)
	return smb.get_port(host) ~= nil
end

-- The keys, and the words for them.
local lines = {
	{ "cpe", "OS CPE" }, { "computer", "Computer name" }, { "server", "NetBIOS computer name" },
	{ "domain_dns", "Domain name" }, { "forest_dns", "Forest name" }, { "fqdn", "FQDN" },
	{ "domain", "NetBIOS domain name" }, { "workgroup", "Workgroup" }, { "date", "System time" },
}

-- With the offset of the zone that the server keeps its time in.
local function local_time(told)
	if not told.time then
		return nil
	end
	return datetime.format_timestamp(told.time - told.timezone * 60, -told.timezone * 60)
end

local cpes = {
	{ "^Windows 5%.0", "cpe:/o:microsoft:windows_2000" }, { "^Windows 5%.1", "cpe:/o:microsoft:windows_xp" },
	{ "^Windows Server 2003", "cpe:/o:microsoft:windows_server_2003" },
	{ "^Windows Server.* 2008 R2", "cpe:/o:microsoft:windows_server_2008:r2" },
	{ "^Windows Server.* 2008", "cpe:/o:microsoft:windows_server_2008" },
	{ "^Windows Server 2012 R2", "cpe:/o:microsoft:windows_server_2012:r2" },
	{ "^Windows Server 2012", "cpe:/o:microsoft:windows_server_2012" },
	{ "^Windows Server 2016", "cpe:/o:microsoft:windows_server_2016" },
	{ "^Windows 7 ", "cpe:/o:microsoft:windows_7" }, { "^Windows 8%.1", "cpe:/o:microsoft:windows_8.1" },
	{ "^Windows 10 ", "cpe:/o:microsoft:windows_10" },
}

local function cpe_of(os)
	for _, pair in ipairs(cpes) do
		if os:find(pair[1]) then
			return pair[2] .. (os:find "Service Pack 1" and ":sp1" or "")
		end
	end
end

local function describe(told)
	local result = stdnse.output_table()
	result.os = told.os
	result.lanmanager = told.lanmanager
	result.cpe = cpe_of(told.os)
	result.domain = told.domain
	result.workgroup = told.workgroup
	result.server = told.server
	result.date = local_time(told)
	result.fqdn = told.fqdn
	result.domain_dns = told.domain_dns
	result.forest_dns = told.forest_dns
	return result
end

-- Whoever has a domain's name in DNS has no need of the workgroup's.
local function as_text(result)
	local out = { "OS: " .. result.os .. (result.lanmanager and " (" .. result.lanmanager .. ")" or "") }
	for _, line in ipairs(lines) do
		local value = result[line[1]]
		if line[1] == "computer" then
			value = result.fqdn and result.fqdn:match "^[^.]+"
		elseif line[1] == "workgroup" and result.domain_dns then
			value = nil
		end
		if value then
			out[#out + 1] = line[2] .. ": " .. value
		end
	end
	return stdnse.format_output(true, out)
end

action = function(host)
	local ok, told = smb.get_os(host)
	if not ok or not told.os then
		return nil
	end
	if told.time then
		datetime.record_skew(host, told.time)
	end
	local result = describe(told)
	return result, as_text(result)
end
