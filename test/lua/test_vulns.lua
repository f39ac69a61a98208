local check = require "check"
local nmap = require "nmap"
local vulns = require "vulns"

local T = {}

local host, port = { ip = "10.0.0.1" }, { number = 80, protocol = "tcp" }

local function example(state)
	return {
		title = "A bad thing", state = state or vulns.STATE.VULN, IDS = { CVE = "CVE-2000-0001", BID = "9" },
		risk_factor = "High", scores = { CVSSv2 = "7.8" }, description = [[
First line
  second line
]],
		dates = { disclosure = { year = "2000", month = "01", day = "02" } },
		references = { "http://r.example" }, extra_info = "more", check_results = { "seen" },
	}
end

function T.the_whole_text()
	local _, text = vulns.Report:new("s", host, port):make_output(example())
	check.equal(text, [[

  VULNERABLE:
  A bad thing
    State: VULNERABLE
    IDs:  BID:9  CVE:CVE-2000-0001
    Risk factor: High  CVSSv2: 7.8
      First line
        second line
]] .. "      \n" .. [[
    Disclosure date: 2000-01-02
    Check results:
      seen
    Extra information:
      more
    References:
      http://r.example
      https://www.securityfocus.com/bid/9
      https://cve.mitre.org/cgi-bin/cvename.cgi?name=CVE-2000-0001]])
end

function T.the_structure()
	local out = vulns.Report:new("s", host, port):make_output(example())
	local entry = out["CVE-2000-0001"]
	check.equal({ entry.title, entry.state, entry.disclosure }, { "A bad thing", "VULNERABLE", "2000-01-02" })
	check.equal(entry.ids, { "BID:9", "CVE:CVE-2000-0001" })
	check.equal(entry.description, { "First line\n  second line\n" })
	check.equal(entry.refs[1], "http://r.example")
	check.is_nil(entry.exploit_results)
	local keys = {}
	for key in pairs(entry) do
		keys[#keys + 1] = key
	end
	check.equal({ keys[1], keys[2], keys[3], keys[#keys] }, { "title", "state", "ids", "refs" })
end

function T.what_is_not_vulnerable_is_shown_on_demand()
	local report = vulns.Report:new("s", host)
	check.is_nil((report:make_output(example(vulns.STATE.NOT_VULN))))
	nmap.registry.args["vulns.showall"] = "1"
	local _, text = report:make_output()
	check.is_true(text:find("State: NOT VULNERABLE", 1, true))
end

function T.what_is_vulnerable_comes_first()
	nmap.registry.args["vulns.showall"] = "1"
	local out, text = vulns.Report:new("s", host):make_output(
		{ title = "no", state = vulns.STATE.NOT_VULN }, { title = "old", state = vulns.STATE.NOT_VULN, IDS = { X = "1" } },
		{ title = "likely", state = vulns.STATE.LIKELY_VULN }, { title = "yes", state = vulns.STATE.VULN })
	check.equal({ out["NMAP-1"].title, out["NMAP-2"].title, out["NMAP-3"].title }, { "no", "likely", "yes" })
	check.equal(text, "\n  VULNERABLE:\n  likely\n    State: LIKELY VULNERABLE\n  \n  yes\n    State: VULNERABLE\n  \n" ..
		"  NOT VULNERABLE:\n  no\n    State: NOT VULNERABLE\n  \n  old\n    State: NOT VULNERABLE\n    IDs:  X:1")
end

function T.short_reports_have_a_line()
	nmap.registry.args["vulns.short"] = "1"
	local _, text = vulns.Report:new("s", host):make_output(example(vulns.STATE.LIKELY_VULN))
	check.equal(text, "\n  LIKELY VULNERABLE: A bad thing (BID:9  CVE:CVE-2000-0001)")
end

function T.incomplete_reports_are_refused()
	local report = vulns.Report:new("s", host)
	check.equal(report:add_vulns({ title = "x" }, { state = vulns.STATE.VULN }, "text", { title = "x", state = 77 }), 0)
	check.is_nil((report:make_output()))
	check.equal(report:add_vulns({ title = "x", state = vulns.STATE.DoS }), 1)
	local out = report:make_output()
	check.equal(out["NMAP-1"].state, "VULNERABLE (DoS)")
end

function T.kept_reports_are_found()
	vulns.Report:new("early", host):add_vulns(example())
	check.is_nil(vulns.find())
	vulns.save_reports()
	vulns.Report:new("s", host, port):add_vulns(example(), { title = "other", state = vulns.STATE.NOT_VULN })
	check.equal(#vulns.find(), 2)
	check.equal(#vulns.find { state = vulns.STATE.VULN }, 1)
	check.equal(#vulns.find_by_id("CVE", "CVE-2000-0001"), 1)
	check.is_nil(vulns.find_by_id("CVE", "CVE-1"))
	check.equal(#vulns.find { host = host, port = port, script_name = "s" }, 2)
	check.is_nil(vulns.find { script_name = "t" })
	local out, text = vulns.make_output()
	check.is_true(out["CVE-2000-0001"] and text:find("A bad thing"))
	vulns.Report:new("x", host):add_vulns { title = "shot", state = vulns.STATE.EXPLOIT }
	check.equal(#vulns.find { state = vulns.STATE.VULN, script_name = "x" }, 1)
end

function T.finding_by_host_and_id()
	vulns.save_reports()
	vulns.Report:new("s", host, port):add_vulns(example())
	vulns.Report:new("s"):add_vulns { title = "nowhere", state = vulns.STATE.VULN }
	check.is_nil(vulns.find { host = { ip = "10.0.0.2" } })
	check.equal(#vulns.find { host = host }, 1)
	check.equal(#vulns.find { id = "9" }, 1)
	check.is_nil(vulns.find { id = "8" })
	check.equal(#vulns.find { id_type = "BID" }, 1)
	check.is_nil(vulns.format_ids {})
	check.is_nil(vulns.get_popular_link("XYZ", "1"))
end

return T
