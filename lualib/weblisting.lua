--- weblisting: the listings of folders that web servers make when a folder has no page of
-- its own: those of Apache httpd, nginx, lighttpd, Python, and what looks like them.

local htmltag = require "htmltag"
local strict = require "strict"
local ipairs, math, string, table, tonumber = ipairs, math, string, table, tonumber

local M = {}

M.FILES_MAX = 1000
-- A row of a listing is not longer.
local row_length_max = 2000

local titles = {
	"^%s*Index of%s", "^%s*Directory listing for%s", "^%s*Directory:?%s+/", "^%s*Listing of%s",
	"^%s*Directory Listing For%s",
}

--- Whether a page looks like a listing, by its title or first heading.
function M.is_listing(page)
	for _, tag in ipairs { "title", "h1" } do
		local text = htmltag.content(page:sub(1, 8192), tag) or ""
		for _, pattern in ipairs(titles) do
			if text:find(pattern) then
				return true
			end
		end
	end
	return false
end

-- When a row says it was changed last, and its size.
local times = {
	"%d%d%d%d%-%d%d%-%d%d%s+%d%d:%d%d:?%d*", "%d%d?%-%a%a%a%-%d%d%d%d%s+%d%d:%d%d:?%d*",
	"%d%d%d%d%-%a%a%a%-%d%d%s+%d%d:%d%d:?%d*",
}

local function time_and_size(text)
	for _, pattern in ipairs(times) do
		local first, last = text:find(pattern)
		if first then
			local rest = text:sub(last + 1)
			local size = rest:match("^%s*([%d.]+%s*[KMGTkmgt]?i?B?)%f[%s\0]") or rest:match("^%s*(%-)")
			return text:sub(first, last), size and size:gsub("%s", "") or "-"
		end
	end
	return nil, "-"
end

-- A link's target as the name of something in this folder; nil for what leads elsewhere.
local function name_of(href)
	local name = href:gsub("^%./", "")
	local hidden = name:find("^%.[^./]")
	if name == "" or name:find("^[/.]") and not hidden or name:find("^%a[%w+.-]*:") or name:find("[?#%c]") or
		name:sub(1, -2):find("/", 1, true) then
		return nil
	end
	return name
end

-- What stands between a link and the next: without tags and entities.
local function plain(text)
	return (text:sub(1, row_length_max):gsub("<[^>]*>", " "):gsub("&nbsp;", " "):gsub("%s+", " "))
end

--- The files of a listing: a list of {filename, time, size}; time is nil where none is
-- shown. nil when the page is no listing.
function M.parse(page)
	if not M.is_listing(page) then
		return nil
	end
	local files, lower, at = {}, page:lower(), 1
	while #files < M.FILES_MAX do
		local first = lower:find("<a%s", at)
		local last = first and lower:find(">", first, true)
		local closing = last and lower:find("</a>", last, true)
		if not closing then
			break
		end
		local name = last - first < row_length_max and name_of(htmltag.attributes(page:sub(first, last)).href or "")
		if name then
			local another = lower:find("<a%s", closing) or #page + 1
			local time, size = time_and_size(plain(page:sub(closing + 4, math.min(another - 1, closing + row_length_max))))
			files[#files + 1] = { filename = name, time = time, size = size }
		end
		at = closing + 4
	end
	return files
end

local units = { K = 1024, M = 1024 ^ 2, G = 1024 ^ 3, T = 1024 ^ 4 }

--- The bytes of a size as listings show it, "1.5K"; 0 if it is none.
function M.bytes(size)
	local number, unit = string.match(size, "^(%d+%.?%d*)([KMGTkmgt]?)")
	number = tonumber(number)
	return number and math.floor(number * (units[unit:upper()] or 1)) or 0
end

local function padded(text, width)
	return text .. string.rep(" ", width - #text)
end

--- The text of a volume: {volume, files, info}, in columns.
function M.format(volume)
	local lines = { "Volume " .. volume.volume }
	for _, line in ipairs(volume.info or {}) do
		lines[#lines + 1] = "  " .. line
	end
	local size_width, time_width = #"SIZE", #"TIME"
	for _, file in ipairs(volume.files) do
		size_width, time_width = math.max(size_width, #file.size), math.max(time_width, #file.time)
	end
	lines[#lines + 1] = padded("SIZE", size_width) .. "  " .. padded("TIME", time_width) .. "  FILENAME"
	for _, file in ipairs(volume.files) do
		lines[#lines + 1] = table.concat({ padded(file.size, size_width), padded(file.time, time_width), file.filename }, "  ")
	end
	return table.concat(lines, "\n") .. "\n\n"
end

return strict(M)
