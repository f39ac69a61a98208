-- The icons of web applications: MD5 to name. Computed from the servers of test/lab/servers as
-- Debian 12 ships them.
return {
	["1FFBF74A0C4AD7681A8169B757CC9A8B"] = "Transmission",
	["12A7C033E98F9F174033FFED4900CF9F"] = "Mercurial",
	["2AB43FA7D288987C3DBE15F0C53EE407"] = "Shell In A Box",
	["C2420B5C557DFEEB4EF4D1214CA4735D"] = "Fossil",
	["ED7D5C39C69262F4BA95418D4F909B10"] = "Jetty",
	["EF66F9C42198FEE38AF53F848B36A4F7"] = "Cockpit (Debian)",
}
