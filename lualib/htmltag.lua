--- htmltag: tags, their attributes and forms in pages that need not be good HTML.
-- Patterns are kept to one tag at a time: a page of a million "<" costs no more than its
-- length.

local strict = require "strict"
local stringaux = require "stringaux"
local ipairs, math, table, tonumber, type, utf8 = ipairs, math, table, tonumber, type, utf8

local M = {}

M.TAGS_MAX = 1000
M.FORMS_MAX = 100
-- A tag longer than this is none.
local tag_length_max = 8192

-- From `at` on the next tag of that (lower-case) name in the page `lower`: where it
-- begins and ends; nil when there is none.
local function next_tag(lower, name, at)
	while true do
		local first = lower:find("<" .. name, at, true)
		local last = first and lower:find(">", first, true)
		if not last then
			return nil
		end
		local behind = lower:sub(first + #name + 1, first + #name + 1)
		if behind:find("[%s/>]") and last - first < tag_length_max then
			return first, last
		end
		at = first + 1
	end
end

--- The tags of a name (in lower case) in a page, as a list of texts "<a href=x>", the
-- first TAGS_MAX of them.
function M.all(page, name)
	local out, lower, at = {}, page:lower(), 1
	while #out < M.TAGS_MAX do
		local first, last = next_tag(lower, name, at)
		if not first then
			break
		end
		out[#out + 1], at = page:sub(first, last), last + 1
	end
	return out
end

-- The value behind "=" at `at`, and the place behind it.
local function attribute_value(tag, at)
	local quote = tag:sub(at, at)
	if quote == '"' or quote == "'" then
		local last = tag:find(quote, at + 1, true)
		return tag:sub(at + 1, (last or 0) - 1), (last or #tag) + 1
	end
	local value = tag:match("^[^%s>]*", at)
	return value, at + #value
end

--- The attributes of a tag's text by lower-case name; "" for those without a value. What
-- comes twice counts the first time.
function M.attributes(tag)
	local out, at = {}, tag:match("^</?[^%s/>]*()") or #tag + 1
	while at <= #tag do
		local name, behind = tag:match("^[%s/]*([^%s/>=]+)%s*()", at)
		local value = ""
		if not name then
			break
		end
		at = behind
		if tag:sub(at, at) == "=" then
			value, at = attribute_value(tag, tag:match("^=%s*()", at))
		end
		name = name:lower()
		out[name] = out[name] or value
	end
	return out
end

--- The text between <name> and </name> for the first such tag; nil without one. What is
-- not closed goes to the end of the page.
function M.content(page, name)
	local lower = page:lower()
	local _, last = next_tag(lower, name, 1)
	if not last then
		return nil
	end
	local closing = lower:find("</" .. name, last, true)
	return page:sub(last + 1, (closing or #page + 1) - 1)
end

--- A pattern that matches a tag of that name, or its end with `closing`.
function M.tag_pattern(name, closing)
	return (closing and "</%s*" or "<%s*") .. stringaux.ipattern(name) .. "%f[%s/>][^>]*>"
end

--- The forms of a page as texts, from "<form" to before "</form"; those that are not
-- closed are left out.
function M.grab_forms(page)
	local out, at = {}, 1
	if type(page) ~= "string" then
		return out
	end
	local lower = page:lower()
	while #out < M.FORMS_MAX do
		local first, last = next_tag(lower, "form", at)
		local closing = first and lower:find("</form", last, true)
		if not closing then
			break
		end
		out[#out + 1], at = page:sub(first, closing - 1), closing + 1
	end
	return out
end

-- Input and textarea tags with a name, in the order of the page.
local function fields_of(form)
	local found = {}
	local lower = form:lower()
	for _, name in ipairs { "input", "textarea" } do
		local at = 1
		for _ = 1, M.TAGS_MAX do
			local first, last = next_tag(lower, name, at)
			if not first then
				break
			end
			local attributes = M.attributes(form:sub(first, last))
			found[#found + 1] = { at = first, name = attributes.name, value = attributes.value,
				type = name == "textarea" and name or attributes.type and attributes.type:lower() }
			at = last + 1
		end
	end
	table.sort(found, function(one, other) return one.at < other.at end)
	local fields = {}
	for _, field in ipairs(found) do
		if field.name and field.name ~= "" then
			fields[#fields + 1] = { name = field.name, type = field.type, value = field.value }
		end
	end
	return fields
end

--- A form's text as {action, method, id, fields = {{name, type, value}, ...}}.
function M.parse_form(form)
	if type(form) ~= "string" then
		return nil
	end
	local attributes = M.attributes(M.all(form, "form")[1] or "")
	return { action = attributes.action, method = attributes.method and attributes.method:lower(),
		id = attributes.id, fields = fields_of(form) }
end

local entities = {
	amp = "&", lt = "<", gt = ">", quot = '"', apos = "'", nbsp = " ", copy = "\194\169", reg = "\194\174",
}

--- A text with its commonest entities as characters.
function M.decode_entities(text)
	text = text:gsub("&#(%d+);", function(digits)
		local code = #digits < 8 and math.tointeger(tonumber(digits)) or -1
		return code > 0 and code < 0x110000 and utf8.char(code) or nil
	end)
	return (text:gsub("&(%a+);", entities))
end

--- A text on one line, cut where it is longer than `most` bytes.
function M.shortened(text, most)
	text = text:sub(1, most * 4):gsub("%s+", " ")
	return #text > most and text:sub(1, most - 3) .. "..." or text
end

return strict(M)
