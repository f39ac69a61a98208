--- tdswire: what a Microsoft SQL Server says before a login: PRELOGIN (MS-TDS 2.2.6.5), and
-- the list of instances of its browser (MC-SQLR). Parsers give nil for what is none.

local strict = require "strict"
local ipairs, string, table, tonumber = ipairs, string, table, tonumber

local M = {}

local answer_max, options_max, instances_max = 4096, 32, 50
local kinds = { version = 0x00, encryption = 0x01, ending = 0xff }

--- What ENCRYPTION may be.
M.ENCRYPTION = { [0] = "off", [1] = "on", [2] = "not supported", [3] = "required" }

--- Products by the first two numbers of a version.
M.PRODUCTS = {
	["6.50"] = "6.5", ["7.0"] = "7.0", ["8.0"] = "2000", ["9.0"] = "2005", ["10.0"] = "2008", ["10.50"] = "2008 R2",
	["11.0"] = "2012", ["12.0"] = "2014", ["13.0"] = "2016", ["14.0"] = "2017", ["15.0"] = "2019", ["16.0"] = "2022",
}

-- Prelogin -----------------------------------------------------------------------

--- A PRELOGIN that offers encryption.
function M.buildPrelogin()
	local options = { string.pack(">BI2I2", kinds.version, 11, 6), string.pack(">BI2I2", kinds.encryption, 17, 1) }
	local body = table.concat(options) .. string.char(kinds.ending) .. string.pack(">I4I2B", 0, 0, 0)
	return string.pack(">BBI2I2BB", 0x12, 1, 8 + #body, 0, 0, 0) .. body
end

--- The body of a PRELOGIN's answer: {major, minor, build, encryption}.
function M.parsePrelogin(body)
	local found, at = {}, 1
	for _ = 1, options_max do
		local kind = body:byte(at)
		if not kind then
			return nil
		elseif kind == kinds.ending then
			break
		elseif at + 4 > #body then
			return nil
		end
		local offset, length = string.unpack(">I2I2", body, at + 1)
		if offset + length > #body then
			return nil
		elseif kind == kinds.version and length >= 6 then
			found.major, found.minor, found.build = string.unpack(">BBI2", body, offset + 1)
		elseif kind == kinds.encryption and length >= 1 then
			found.encryption = body:byte(offset + 1)
		end
		at = at + 5
	end
	return found.major and found or nil
end

local function rest_of(head)
	local kind, _, length = string.unpack(">BBI2", head)
	if kind ~= 0x04 or length < 8 or length > answer_max then
		return nil, "not TDS"
	end
	return length - 8
end

--- Asks over a bytestream; nil and why.
function M.prelogin(stream)
	local head, body = stream:ask(M.buildPrelogin(), 8, rest_of)
	if not head then
		return nil, body
	end
	return M.parsePrelogin(body)
end

--- A version's name ("Microsoft SQL Server 2017"; nil for one that nobody knows) and number.
function M.describe(major, minor, build)
	local name = M.PRODUCTS[string.format("%d.%d", major, minor)]
	return name and "Microsoft SQL Server " .. name, string.format("%d.%02d.%d.00", major, minor, build)
end

-- Browser ------------------------------------------------------------------------

--- The request for all instances.
M.BROWSE = "\3"

-- "name;value;name;value" as a table.
local function pairs_of(text)
	local fields, name = {}, nil
	for part in (text .. ";"):gmatch "([^;]*);" do
		if name then
			fields[name], name = part, nil
		elseif part ~= "" then
			name = part
		end
	end
	return fields
end

--- The instances in a browser's answer: {{ServerName, InstanceName, IsClustered, Version, tcp,
-- np}, ...}.
function M.parseBrowser(bytes)
	if #bytes < 3 or bytes:byte(1) ~= 5 then
		return nil
	end
	local instances = {}
	for text in bytes:sub(4):gmatch "(.-);;" do
		local fields = pairs_of(text)
		if fields.InstanceName and #instances < instances_max then
			instances[#instances + 1] = fields
		end
	end
	return #instances > 0 and instances or nil
end

--- The numbers of a version as text: "14.0.1000.169".
function M.numbers(version)
	local numbers = {}
	for _, number in ipairs { (version or ""):match "^(%d+)%.(%d+)%.(%d+)" } do
		numbers[#numbers + 1] = tonumber(number)
	end
	return numbers[1], numbers[2], numbers[3]
end

return strict(M)
