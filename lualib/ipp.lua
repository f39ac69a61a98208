--- ipp: what the Internet Printing Protocol (RFC 8010, 8011) and CUPS tell of printers.
--   local helper = ipp.Helper:new(host, port)
--   if helper:connect() then
--     local status, printers = helper:getPrinters()   -- {{name =, location =, model =, state =}, ...}

local cut = require "cut"
local strict = require "strict"
local ipairs, pairs, require, setmetatable = ipairs, pairs, require, setmetatable
local string, table, tostring, type = string, table, tostring, type

local M = {}

local answer_max, groups_max, attributes_max = 1048576, 500, 20000

M.IPP = {
	OperationID = { IPP_CANCEL_JOB = 0x0008, IPP_GET_JOB_ATTRIBUTES = 0x0009, IPP_GET_JOBS = 0x000a,
		CUPS_GET_PRINTERS = 0x4002, CUPS_GET_DOCUMENT = 0x4027 },
	StatusCode = { OK = 0 },
	PrinterState = { IPP_PRINTER_IDLE = 3, IPP_PRINTER_PROCESSING = 4, IPP_PRINTER_STOPPED = 5 },
	State = { IPP_JOB_PENDING = 3, IPP_JOB_HELD = 4, IPP_JOB_PROCESSING = 5, IPP_JOB_STOPPED = 6, IPP_JOB_CANCELED = 7,
		IPP_JOB_ABORTED = 8, IPP_JOB_COMPLETED = 9 },
	StateName = { [3] = "Pending", [4] = "Held", [5] = "Processing", [6] = "Stopped", [7] = "Canceled", [8] = "Aborted",
		[9] = "Completed" },
}

--- Tags of groups (3.5.1) and of values (3.5.2).
M.tags = { operation = 1, job = 2, ending = 3, printer = 4, integer = 0x21, boolean = 0x22, enum = 0x23, keyword = 0x44,
	uri = 0x45, charset = 0x47, language = 0x48 }
local tags = M.tags

-- Building -----------------------------------------------------------------------

local function attribute(tag, name, value)
	return string.pack(">Bs2s2", tag, name, value)
end

--- A request: its operation, and more attributes: a list of {tag, name, value, value ...}.
function M.buildRequest(operation, more)
	local out = {
		string.pack(">I2I2I4B", 0x0101, operation, 1, tags.operation), attribute(tags.charset, "attributes-charset", "utf-8"),
		attribute(tags.language, "attributes-natural-language", "en"),
	}
	for _, one in ipairs(more or {}) do
		for i = 3, #one do
			out[#out + 1] = attribute(one[1], i == 3 and one[2] or "", one[i])
		end
	end
	return table.concat(out) .. string.char(tags.ending)
end

-- Parsing ------------------------------------------------------------------------

local function value_of(tag, bytes)
	if (tag == tags.integer or tag == tags.enum) and #bytes == 4 then
		return (string.unpack(">i4", bytes))
	elseif tag == tags.boolean then
		return bytes == "\1"
	end
	return bytes
end

-- A text with its length, and the position behind it; nil when cut off.
local function text_at(bytes, at)
	return cut.unpack(">s2", bytes, at)
end

-- One attribute into a group: of several values the first counts.
local function attribute_at(bytes, at, group)
	local tag, name, value = bytes:byte(at), nil, nil
	name, at = text_at(bytes, at + 1)
	if not name then
		return nil
	end
	value, at = text_at(bytes, at)
	if not value then
		return nil
	end
	if name ~= "" and group.attributes[name] == nil then
		group.attributes[name] = value_of(tag, value)
	end
	return at
end

--- An answer's status and groups: {status =, {tag =, attributes = {name = value}}, ...}; nil if
-- it is none.
function M.parseResponse(bytes)
	if #bytes < 9 or bytes:byte(1) > 2 then
		return nil
	end
	local response, at = { status = string.unpack(">I2", bytes, 3) }, 9
	for _ = 1, attributes_max do
		local tag = bytes:byte(at)
		if not tag then
			return nil
		elseif tag == tags.ending then
			return response
		elseif tag < 0x10 then
			if #response >= groups_max then
				return response
			end
			response[#response + 1] = { tag = tag, attributes = {} }
			at = at + 1
		else
			local group = response[#response]
			at = group and attribute_at(bytes, at, group)
			if not at then
				return nil
			end
		end
	end
	return response
end

-- Helper -------------------------------------------------------------------------

M.Helper = {}
M.Helper.__index = M.Helper

function M.Helper.new(class, host, port)
	return setmetatable({ host = host, port = port }, class)
end

--- Each request is a connection of its own.
function M.Helper.connect()
	return true
end

function M.Helper.close()
	return true
end

--- true and the answer of parseResponse; false and why not.
function M.Helper:ask(operation, more)
	local http = require "http"
	local options = { header = { ["Content-Type"] = "application/ipp" }, redirect_ok = false, max_body_size = answer_max,
		truncated_ok = true }
	local answer = http.post(self.host, self.port, "/", options, nil, M.buildRequest(operation, more))
	if answer.status ~= 200 or type(answer.body) ~= "string" then
		return false, "HTTP status " .. tostring(answer.status)
	end
	local response = M.parseResponse(answer.body)
	if not response then
		return false, "not IPP"
	elseif response.status > 0xff then
		return false, string.format("IPP status 0x%04x", response.status)
	end
	return true, response
end

-- Rows of the groups of a tag, by our names for their attributes.
local function rows_of(response, tag, names)
	local rows = {}
	for _, group in ipairs(response) do
		if group.tag == tag then
			local row = {}
			for ours, theirs in pairs(names) do
				row[ours] = group.attributes[theirs]
			end
			rows[#rows + 1] = row
		end
	end
	return rows
end

local printer_names = {
	name = "printer-name", location = "printer-location", model = "printer-make-and-model", state = "printer-state",
	queue_count = "queued-job-count", dns_sd_name = "printer-dns-sd-name",
}

-- true and the rows of an answer that has groups with these attributes.
local function list(helper, operation, attributes, group, names)
	local wanted = { tags.keyword, "requested-attributes" }
	for _, name in pairs(names) do
		wanted[#wanted + 1] = name
	end
	attributes[#attributes + 1] = wanted
	local status, response = helper:ask(operation, attributes)
	if not status then
		return false, response
	end
	return true, rows_of(response, group, names)
end

--- true and the printers of a CUPS: {{name, location, model, state, queue_count, dns_sd_name}, ...}.
function M.Helper:getPrinters()
	return list(self, M.IPP.OperationID.CUPS_GET_PRINTERS, {}, tags.printer, printer_names)
end

local job_names = {
	id = "job-id", name = "job-name", state = "job-state", owner = "job-originating-user-name", kilobytes = "job-k-octets",
	created = "time-at-creation", printer = "job-printer-uri",
}

--- true and the jobs that are not done: {{id, name, state, owner, kilobytes, created, printer}, ...}.
function M.Helper:getJobs()
	local attributes = { { tags.uri, "printer-uri", "ipp://localhost/" } }
	return list(self, M.IPP.OperationID.IPP_GET_JOBS, attributes, tags.job, job_names)
end

return strict(M)
