--- vulns: reports of vulnerabilities: what a script checked, with what outcome.
--   local report = vulns.Report:new(SCRIPT_NAME, host, port)
--   return report:make_output{ title =, state = vulns.STATE.VULN, IDS = {CVE = ""}, ... }
-- Those that are not vulnerable are left out, but with --script-args
-- vulns.showall. vulns.short gives a line each. Reports are kept in the registry
-- for scripts that sum up (save_reports, find, make_output without a report).

local nmap = require "nmap"
local stdnse = require "stdnse"
local strict = require "strict"
local ipairs, next, pairs, setmetatable, tostring, type = ipairs, next, pairs, setmetatable, tostring, type
local string, table = string, table

local M = {}

--- Outcomes of a check. DoS, EXPLOIT and VULN in one are bits together.
M.STATE = {
	LIKELY_VULN = 0x01,
	NOT_VULN = 0x02,
	VULN = 0x04,
	DoS = 0x08,
	EXPLOIT = 0x10,
	UNKNOWN = 0x20,
}
local STATE = M.STATE

M.STATE_MSG = {
	[STATE.LIKELY_VULN] = "LIKELY VULNERABLE",
	[STATE.NOT_VULN] = "NOT VULNERABLE",
	[STATE.VULN] = "VULNERABLE",
	[STATE.DoS] = "VULNERABLE (DoS)",
	[STATE.EXPLOIT] = "VULNERABLE (Exploitable)",
	[STATE.UNKNOWN] = "UNKNOWN (unable to test)",
	[STATE.DoS | STATE.VULN] = "VULNERABLE (DoS)",
	[STATE.EXPLOIT | STATE.VULN] = "VULNERABLE (Exploitable)",
}

local function arg_is_set(name)
	local value = stdnse.get_script_args(name)
	return value ~= nil and value ~= "0" and value ~= "false"
end

function M.show_all()
	return arg_is_set "vulns.showall"
end

-- Where an id of a kind can be read about.
local links = {
	CVE = function(id) return "https://cve.mitre.org/cgi-bin/cvename.cgi?name=" .. id end,
	BID = function(id) return "https://www.securityfocus.com/bid/" .. id end,
	OSVDB = function(id) return "http://osvdb.org/" .. id end,
}

--- A link for an id of a kind ("CVE", "CVE-2014-0160"); nil if there is none.
function M.get_popular_link(kind, id)
	return links[kind] and links[kind](id) or nil
end

-- Tables of the registry -----------------------------------------------------------

local function store()
	local registry = nmap.registry
	registry.vulns = registry.vulns or { list = {}, saving = false }
	return registry.vulns
end

--- From now on reports are kept for the whole run.
function M.save_reports()
	store().saving = true
	return true
end

local function has_id(vuln, kind, id)
	for own_kind, own_id in pairs(vuln.IDS or {}) do
		if (not kind or own_kind == kind) and (not id or own_id == id) then
			return true
		end
	end
	return false
end

--- Reports that were kept, of those that a filter (a table: state as bits, id_type,
-- id, script_name, host, port) lets through; nil when there is none.
function M.find(filter)
	local found = {}
	filter = filter or {}
	for _, vuln in ipairs(store().list) do
		local fits = (not filter.state or vuln.state & filter.state ~= 0) and
			(not filter.script_name or vuln.script_name == filter.script_name) and
			(not filter.host or vuln.host and vuln.host.ip == filter.host.ip) and
			(not filter.port or vuln.port and vuln.port.number == filter.port.number)
		if fits and (not (filter.id or filter.id_type) or has_id(vuln, filter.id_type, filter.id)) then
			found[#found + 1] = vuln
		end
	end
	return #found > 0 and found or nil
end

--- Reports with an id, whatever their outcome; nil when there is none.
function M.find_by_id(kind, id)
	return M.find { id_type = kind, id = id }
end

-- Text ------------------------------------------------------------------------------

-- A text, or a list of texts, as a list of texts.
local function texts_of(value)
	local texts = {}
	for i, text in ipairs(type(value) == "table" and value or { value }) do
		texts[i] = tostring(text)
	end
	return texts
end

-- The same as a list of lines.
local function lines_of(value)
	local lines = {}
	for _, text in ipairs(texts_of(value)) do
		for line in (text .. "\n"):gmatch("([^\n]-)[ \t\r]*\n") do
			lines[#lines + 1] = line
		end
	end
	return lines
end

local function sorted_keys(t)
	local keys = {}
	for key in pairs(t) do
		keys[#keys + 1] = tostring(key)
	end
	table.sort(keys)
	return keys
end

--- "CVE:CVE-2011-3192  BID:49303"; nil without ids.
function M.format_ids(ids)
	local words = {}
	for i, kind in ipairs(sorted_keys(ids or {})) do
		words[i] = kind .. ":" .. tostring(ids[kind])
	end
	return #words > 0 and table.concat(words, "  ") or nil
end

local function date_text(date)
	if type(date) ~= "table" then
		return tostring(date)
	end
	return string.format("%s-%s-%s", tostring(date.year or "?"), tostring(date.month or "?"), tostring(date.day or "?"))
end

local function append_block(out, heading, value)
	local lines = value ~= nil and lines_of(value) or {}
	if #lines == 0 or (#lines == 1 and lines[1] == "") then
		return
	end
	out[#out + 1] = heading and "  " .. heading or nil
	for _, line in ipairs(lines) do
		out[#out + 1] = "    " .. line
	end
end

-- What the ids stand for comes behind the references that were given.
local function references_of(vuln)
	local list, seen = {}, {}
	local function add(link)
		if link and not seen[link] then
			seen[link], list[#list + 1] = true, link
		end
	end
	for _, link in ipairs(vuln.references or {}) do
		add(link)
	end
	for _, kind in ipairs(sorted_keys(vuln.IDS or {})) do
		add(M.get_popular_link(kind, vuln.IDS[kind]))
	end
	return list
end

local function risk_line(vuln)
	local words = {}
	if vuln.risk_factor then
		words[1] = "Risk factor: " .. tostring(vuln.risk_factor)
	end
	for _, name in ipairs(sorted_keys(vuln.scores or {})) do
		words[#words + 1] = name .. ": " .. tostring(vuln.scores[name])
	end
	return #words > 0 and "  " .. table.concat(words, "  ") or nil
end

local function append_dates(out, dates)
	for _, name in ipairs(sorted_keys(dates or {})) do
		out[#out + 1] = string.format("  %s date: %s", name:sub(1, 1):upper() .. name:sub(2), date_text(dates[name]))
	end
end

-- Reports are shown in two groups, what is vulnerable (or likely so) first.
local function heading_of(vuln)
	return vuln.state & (STATE.NOT_VULN | STATE.UNKNOWN) ~= 0 and M.STATE_MSG[vuln.state] or "VULNERABLE"
end

local function body_of(vuln)
	local out = { vuln.title, "  State: " .. M.STATE_MSG[vuln.state] }
	local ids = M.format_ids(vuln.IDS)
	out[#out + 1] = ids and "  IDs:  " .. ids or nil
	out[#out + 1] = risk_line(vuln)
	append_block(out, nil, vuln.description)
	append_dates(out, vuln.dates)
	append_block(out, "Check results:", vuln.check_results)
	append_block(out, "Exploit results:", vuln.exploit_results)
	append_block(out, "Extra information:", vuln.extra_info)
	append_block(out, "References:", references_of(vuln))
	return out
end

--- Lines of a report, without indentation of their own but what is within.
function M.format_vuln(vuln)
	local lines = body_of(vuln)
	table.insert(lines, 1, heading_of(vuln) .. ":")
	return lines
end

local function short_line(vuln)
	local ids = M.format_ids(vuln.IDS)
	return string.format("%s: %s%s", M.STATE_MSG[vuln.state], vuln.title, ids and " (" .. ids .. ")" or "")
end

-- Structured form ---------------------------------------------------------------------

local function ordered_copy(t)
	local out = stdnse.output_table()
	for _, key in ipairs(sorted_keys(t)) do
		out[key] = type(t[key]) == "table" and t[key] or tostring(t[key])
	end
	return out
end

local function id_list(ids)
	local list = {}
	for i, kind in ipairs(sorted_keys(ids)) do
		list[i] = kind .. ":" .. tostring(ids[kind])
	end
	return list
end

-- nil for what would be an empty table.
local function unless_empty(list)
	return list and #list > 0 and list or nil
end

local function structured(vuln)
	local out = stdnse.output_table()
	out.title = vuln.title
	out.state = M.STATE_MSG[vuln.state]
	out.ids = unless_empty(id_list(vuln.IDS or {}))
	out.scores = vuln.scores and next(vuln.scores) and ordered_copy(vuln.scores) or nil
	out.risk_factor = vuln.risk_factor
	out.description = vuln.description and unless_empty(texts_of(vuln.description))
	out.dates = vuln.dates and next(vuln.dates) and ordered_copy(vuln.dates) or nil
	out.disclosure = vuln.dates and vuln.dates.disclosure and date_text(vuln.dates.disclosure) or nil
	out.check_results = vuln.check_results and unless_empty(texts_of(vuln.check_results))
	out.exploit_results = vuln.exploit_results and unless_empty(texts_of(vuln.exploit_results))
	out.extra_info = vuln.extra_info and unless_empty(texts_of(vuln.extra_info))
	out.refs = unless_empty(references_of(vuln))
	return out
end

-- The key of a report among others: its CVE, another id, or its place among those that
-- have none.
local function key_of(vuln, place)
	local ids = vuln.IDS or {}
	local kind = sorted_keys(ids)[1]
	return ids.CVE or kind and ids[kind] or "NMAP-" .. place
end

-- Reports -----------------------------------------------------------------------------

local function is_shown(vuln)
	return vuln.state & (STATE.NOT_VULN | STATE.UNKNOWN) == 0 or M.show_all()
end

-- true, or false and what is missing.
local function check(vuln)
	if type(vuln) ~= "table" or type(vuln.title) ~= "string" then
		return false, "a vulnerability needs a title"
	elseif not M.STATE_MSG[vuln.state] then
		return false, "a vulnerability needs a state of vulns.STATE"
	end
	return true
end

--- Keeps a vulnerability's report when reports are saved. false and why when it has
-- no title or no state.
function M.add(script_name, vuln)
	local ok, why = check(vuln)
	if not ok then
		stdnse.debug1("vulns: %s: %s", tostring(script_name), why)
		return false, why
	end
	-- What was exploited or brought down is vulnerable.
	if vuln.state & (STATE.DoS | STATE.EXPLOIT) ~= 0 then
		vuln.state = vuln.state | STATE.VULN
	end
	vuln.script_name = vuln.script_name or script_name
	local kept = store()
	if kept.saving then
		kept.list[#kept.list + 1] = vuln
	end
	return true
end

-- Those that are shown, as { report, place }: what is vulnerable first.
local function shown_ones(vulns)
	local first, second, place = {}, {}, 0
	for _, vuln in ipairs(vulns) do
		place = place + (next(vuln.IDS or {}) == nil and 1 or 0)
		if is_shown(vuln) then
			local group = heading_of(vuln) == "VULNERABLE" and first or second
			group[#group + 1] = { vuln, place }
		end
	end
	return table.move(second, 1, #second, #first + 1, first)
end

local function append(lines, more)
	for _, line in ipairs(more) do
		lines[#lines + 1] = "  " .. line
	end
end

-- Text and structure of reports; nil if none is shown.
local function output_of(vulns)
	local lines, out, heading = {}, stdnse.output_table(), nil
	local short = arg_is_set "vulns.short"
	for _, one in ipairs(shown_ones(vulns)) do
		local vuln, place = one[1], one[2]
		if short then
			append(lines, { short_line(vuln) })
		else
			append(lines, #lines > 0 and { "" } or {})
			append(lines, heading ~= heading_of(vuln) and { heading_of(vuln) .. ":" } or {})
			append(lines, body_of(vuln))
		end
		heading = heading_of(vuln)
		out[key_of(vuln, place)] = structured(vuln)
	end
	if #lines == 0 then
		return nil
	end
	return out, "\n" .. table.concat(lines, "\n")
end

--- Structure and text of all reports that were kept (of those that a filter lets
-- through), for postrule scripts; nil if none is shown.
function M.make_output(filter)
	return output_of(M.find(filter) or {})
end

local report = {}
M.Report = report

--- The reports of one script on a host or a port.
function report.new(class, script_name, host, port)
	return setmetatable({ script_name = script_name, host = host, port = port, entries = {} }, { __index = class })
end

--- Adds vulnerabilities; how many were taken.
function report:add_vulns(...)
	local count = 0
	for _, vuln in ipairs { ... } do
		if type(vuln) == "table" then
			vuln.host, vuln.port = vuln.host or self.host, vuln.port or self.port
		end
		if M.add(self.script_name, vuln) then
			count = count + 1
			self.entries[#self.entries + 1] = vuln
		end
	end
	return count
end

report.add = report.add_vulns

--- Adds vulnerabilities, and gives what the script is to return: structure and text
-- of all of the report; nil if none is shown.
function report:make_output(...)
	self:add_vulns(...)
	return output_of(self.entries)
end

return strict(M)
