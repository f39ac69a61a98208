local check = require "check"
local support = require "support"

local T = {}

-- The lists as they are shipped.
local lists = dofile "data/scripts/end_of_life.lua"
local backdoors = dofile "data/scripts/known_backdoors.lua"

local today = "2026-01-31"

local function branch(product, version, day)
	local found = support.ended(lists.products, product, version, day or today)
	return found and found.branch
end

function T.branches_are_whole_numbers()
	check.equal({ branch("Apache httpd", "2.2.34"), branch("Apache httpd", "2.2"), branch("nginx", "1.2.9") },
		{ "2.2", "2.2", "1.2" })
	check.is_nil(branch("Apache httpd", "2.4.57"))
	check.is_nil(branch("Apache httpd", "2.20.1"))
	check.equal({ branch("PostgreSQL DB", "9.6.24"), branch("PostgreSQL DB", "12.1") }, { "9.6", "12" })
	check.is_nil(branch("PostgreSQL DB", "17.2"))
end

function T.the_day_decides()
	check.is_nil(branch("PHP", "8.1.2", "2025-12-31"))
	check.equal(branch("PHP", "8.1.2", "2026-01-01"), "8.1")
end

function T.what_is_no_one_version_is_not_judged()
	check.is_nil(branch("PostgreSQL DB", "9.6.0 or later"))
	check.is_nil(branch("Samba smbd", "3.X - 4.X"))
	check.is_nil(branch("Samba smbd", ""))
	check.is_nil(branch("Nothing known", "1.0"))
	check.is_nil(branch("nginx", ("1."):rep(500)))
	check.is_nil(branch("phpMyAdmin", "5.2.1"))
	check.equal(branch("PHP cli server", "5.2.1"), "5.2")
	check.is_nil(branch("Docker Registry", "2.7"))
end

function T.before_a_version()
	check.equal({ branch("Exim smtpd", "4.89"), branch("Exim smtpd", "4.93.0.4"), branch("nginx", "0.7.67") },
		{ "before 4.94", "before 4.94", "before 1.0" })
	check.equal({ branch("Exim smtpd", "4.94"), branch("Exim smtpd", "4.94.2") }, { "4.94", "4.94" })
	check.is_nil(branch("Exim smtpd", "4.99.1"))
	check.is_nil(branch("Exim smtpd", "4.98.2", "2025-10-28"))
end

function T.programs_of_a_port()
	check.equal(support.programs { product = "Apache httpd", version = "2.4.6", extrainfo = "(CentOS) OpenSSL/1.0.2k-fips PHP/5.4.16" },
		{ { product = "Apache httpd", version = "2.4.6" }, { product = "PHP", version = "5.4.16" }, { product = "OpenSSL", version = "1.0.2k-fips" } })
	check.equal(support.programs { product = "MySQL", version = "5.5.5-10.3.39-MariaDB-0+deb10u1" },
		{ { product = "MariaDB", version = "10.3.39-MariaDB-0+deb10u1" } })
	check.equal(support.programs { product = "SimpleHTTPServer", version = "0.6", extrainfo = "Python 2.7.18" }[2],
		{ product = "Python", version = "2.7.18" })
	check.equal(support.programs { product = "nginx" }, {})
end

function T.packages_of_distributions()
	check.is_true(support.is_packaged { version = "10.11.19-MariaDB-0+deb12u1" })
	check.is_true(support.is_packaged { version = "2.4.6", extrainfo = "(CentOS)" })
	check.equal(support.is_packaged { version = "2.4.6", extrainfo = "(Unix)" }, false)
end

function T.systems_and_distributions()
	check.equal(support.system_ended(lists.systems, "Microsoft Windows Server 2008 R2 SP1", today).date, "2020-01-14")
	check.is_nil(support.system_ended(lists.systems, "Microsoft Windows Server 2019", today))
	check.equal(support.system_ended(lists.systems, "Microsoft Windows 8.1 Update 1", today).name, "Windows 8.1")
	check.is_nil(support.system_ended(lists.systems, "Linux 5.15", today))
	check.equal(support.system_ended(lists.systems, "Linux 2.6.39 - 3.10", today).date, "2018-05-31")
	check.is_nil(support.system_ended(lists.systems, "Microsoft Windows 10 - 11 or Server 2016 - 2025", today))
	check.equal(support.system_ended(lists.systems, "Microsoft Windows Vista - 8.1 or Server 2008 - 2012 R2", today).date, "2023-10-10")
	check.equal(support.distribution_ended(lists, { version = "8.4p1 Debian 5+deb10u3" }, today), { name = "Debian 10", date = "2024-06-30" })
	check.is_nil(support.distribution_ended(lists, { version = "9.2p1 Debian 2+deb12u3" }, today))
	check.equal(support.distribution_ended(lists, { product = "OpenSSH", version = "7.2p2 Ubuntu 4ubuntu2.10" }, today).name, "Ubuntu 16.04")
	check.is_nil(support.distribution_ended(lists, { product = "OpenSSH", version = "7.2p2" }, today))
end

function T.releases_with_a_backdoor()
	check.equal(support.backdoor(backdoors, "vsftpd", "2.3.4").reference, "CVE-2011-2523")
	check.is_nil(support.backdoor(backdoors, "vsftpd", "2.3.40"))
	check.is_nil(support.backdoor(backdoors, "ProFTPD", "1.3.3"))
	check.equal(support.backdoor(backdoors, "ProFTPD", "1.3.3c").confidence, 0.5)
	check.is_true(support.backdoor(backdoors, "PHP", "8.1.0-dev"))
	check.equal(support.backdoor(backdoors, "MiniServ", "1.890").confidence, 0.9)
	check.equal(support.backdoor(backdoors, "WordPress", "2.1.1").reference, "CVE-2007-1277")
	check.is_nil(support.backdoor(backdoors, "WordPress", "2.1.10"))
end

function T.any_text()
	check.fuzz(function(text)
		support.programs { product = "MySQL", version = text, extrainfo = text }
		support.ended(lists.products, "MySQL", text, today)
		support.distribution_ended(lists, { product = "OpenSSH", version = text }, today)
	end, { "5.5.5-10.3.39-MariaDB-0+deb10u1", "(CentOS) OpenSSL/1.0.2k-fips PHP/5.4.16" }, 1500)
end

return T
