-- Releases that were spread with a backdoor in them, checked on 2026-11-26 against the CVE records
-- and what their makers told. `product` is a part of how version detection calls it (in lower
-- case), `versions` the exact ones. Most had their backdoor only in copies from a certain server
-- or time, so a version is a hint: `confidence`.

return {
	{ product = "vsftpd", versions = { "2.3.4" }, reference = "CVE-2011-2523", confidence = 0.6,
		what = "copies of 2011-06-30 to 07-03 open a shell on port 6200 for a user name with a smiley" },
	{ product = "proftpd", versions = { "1.3.3c" }, reference = "CVE-2010-20103", confidence = 0.5,
		what = "copies of 2010-11-28 to 12-02 have a command that opens a shell" },
	{ product = "unrealircd", versions = { "3.2.8.1", "Unreal3.2.8.1" }, reference = "CVE-2010-2075", confidence = 0.6,
		what = "copies from some mirrors of 2009-11 to 2010-06 run any command" },
	-- It has no CVE number: no release, only the source between two, had it.
	{ product = "php", versions = { "8.1.0-dev" }, confidence = 0.6,
		reference = "https://news-web.php.net/php.internals/113838",
		what = "the source of 2021-03-28 runs code that a request header brings" },
	-- Webmin. The number stands for all four, though only the first is open as installed.
	{ product = "miniserv", versions = { "1.890" }, reference = "CVE-2019-15107", confidence = 0.9,
		what = "the change of an expired password runs any command" },
	{ product = "miniserv", versions = { "1.900", "1.910", "1.920" }, reference = "CVE-2019-15107", confidence = 0.7,
		what = "the change of an expired password runs any command, where that is switched on" },
	{ product = "phpmyadmin", versions = { "3.5.2.2" }, reference = "CVE-2012-5159", confidence = 0.5,
		what = "copies from one mirror have a file server_sync.php that runs any code" },
	{ product = "wordpress", versions = { "2.1.1" }, reference = "CVE-2007-1277", confidence = 0.6,
		what = "copies of 2007-02 and 2007-03 from its own site run any command" },
}
