local check = require "check"
local finding = require "finding"
local stub = require "stub"

local T = {}

local function example()
	return { id = "ftp-anonymous", title = "FTP lets everybody in", severity = "medium",
		seen = "230 Login successful.", why = "files are open to all", remedy = "anonymous_enable=NO" }
end

function T.engines_without_findings_get_a_debug_line()
	finding.report(example())
	check.equal(#stub.log, 0)
	stub.state.debugging = 1
	finding.report(example())
	check.equal(stub.log[1], "FINDING ftp-anonymous (medium): 230 Login successful.")
end

function T.every_text_is_needed()
	for _, name in ipairs { "id", "title", "severity", "seen", "why", "remedy" } do
		local found = example()
		found[name] = nil
		check.equal(pcall(finding.report, found), false)
	end
end

function T.values_are_checked()
	for name, value in pairs { severity = "bad", confidence = 1.5, references = { {} } } do
		local found = example()
		found[name] = value
		check.equal(pcall(finding.report, found), false)
	end
end

return T
