--- xmppstream: what an XMPP server says when a stream begins (RFC 6120): its header, features and errors.
--   socket:send(xmppstream.header("jabber:client", "example.org"))
--   local seen = xmppstream.parse(answer)

local strict = require "strict"
local ipairs, select, string, table = ipairs, select, string, table

local M = {}

local tags_max, depth_max, tag_bytes_max, list_max, text_bytes_max = 500, 12, 2048, 100, 256

--- The beginning of a stream to that name.
function M.header(namespace, name)
	return string.format("<?xml version='1.0'?><stream:stream xmlns:stream='http://etherx.jabber.org/streams' " ..
		"xmlns='%s' to='%s' version='1.0'>", namespace, (name:gsub("[<>&'\"%c]", "")))
end

local entities = { lt = "<", gt = ">", amp = "&", apos = "'", quot = '"' }

local function plain(text)
	return (text:sub(1, text_bytes_max):gsub("&(%a+);", entities))
end

local function attributes_of(text)
	local out = {}
	for name, _, value in text:gmatch "([%w:_.-]+)%s*=%s*(['\"])([^'\"<]*)%2" do
		out[name] = plain(value)
	end
	return out
end

-- Names of features (XMPP Registrar: stream features) as people know them.
local features = {
	amp = "Advanced Message Processing", auth = "Non-SASL Authentication", bind = "Resource Binding",
	dialback = "Server Dialback", register = "In-Band Registration", session = "Session Establishment",
	sm = "Stream Management", starttls = "TLS", sub = "Subscription Pre-Approval", ver = "Roster Versioning",
}

local function add(list, item)
	if #list < list_max then
		list[#list + 1] = item
	end
end

-- What an element says where it begins. `above`: names of those it is in, the nearest last.
local function begin(seen, name, attributes, above)
	local parent = above[#above]
	if name == "stream" and #above == 0 then
		seen.id, seen.version, seen.lang = attributes.id, attributes.version, attributes["xml:lang"]
	elseif name == "failure" or name == "proceed" then
		seen[name] = true
	elseif parent == "features" and features[name] then
		add(seen.features, features[name])
	elseif parent == "features" and name == "c" then
		seen.node, seen.ver = attributes.node, attributes.ver
	elseif parent == "features" and name ~= "mechanisms" and name ~= "compression" then
		add(seen.unknown, name)
	elseif parent == "starttls" and name == "required" then
		seen.features[#seen.features] = features.starttls .. " (required)"
	elseif parent == "error" and name ~= "text" then
		add(seen.errors, name)
	end
end

-- Its text, where it ends.
local function finish(seen, name, text, above)
	local parent = above[#above]
	if name == "mechanism" and parent == "mechanisms" then
		add(seen.mechanisms, text)
	elseif name == "method" and parent == "compression" then
		add(seen.methods, text)
	elseif name == "text" and parent == "error" then
		seen.reason = text
	end
end

-- The next tag from `at` on: where it begins, and a table. Linear: each byte is looked at a few times only.
local function next_tag(xml, at)
	local first = xml:find("<", at, true)
	local last = first and xml:find(">", first, true)
	if not last then
		return nil
	elseif last - first > tag_bytes_max then
		return first, { after = last + 1 }
	end
	local closes, name, rest = xml:sub(first + 1, last - 1):match "^(/?)([%w:_.-]+)(.*)$"
	return first, {
		after = last + 1, closes = closes == "/", name = name and name:match "[^:]*$", rest = rest,
		is_empty = rest and rest:sub(-1) == "/",
	}
end

local function take(seen, tag, above, text)
	if tag.closes then
		if above[#above] == tag.name then
			table.remove(above)
			finish(seen, tag.name, plain(text), above)
		end
		return
	end
	begin(seen, tag.name, attributes_of(tag.rest), above)
	if not tag.is_empty and #above < depth_max then
		above[#above + 1] = tag.name
	end
end

--- What the beginning of a stream says: id, version, lang; arrays features, mechanisms, methods (of compression),
-- unknown (features), errors; reason (an error's text); node and ver (XEP-0115); proceed and failure are true if
-- there was such an element.
function M.parse(xml)
	local seen = { features = {}, mechanisms = {}, methods = {}, unknown = {}, errors = {} }
	local above, at = {}, 1
	for _ = 1, tags_max do
		local first, tag = next_tag(xml, at)
		if not first then
			break
		end
		if tag.name then
			take(seen, tag, above, xml:sub(at, first - 1))
		end
		at = tag.after
	end
	return seen
end

--- Whether that is all that a server says before it is asked again.
function M.is_whole(xml)
	for _, ending in ipairs { "</stream:features>", "<stream:features/>", "</stream:error>", "</stream:stream>" } do
		if xml:find(ending, 1, true) then
			return true
		end
	end
	return false
end

local lists = { "features", "mechanisms", "methods", "unknown", "errors" }

-- Items of a list that the other one has, and those it has not.
local function split(list, other)
	local known, shared, own = {}, {}, {}
	for _, item in ipairs(other) do
		known[item] = true
	end
	for _, item in ipairs(list) do
		table.insert(known[item] and shared or own, item)
	end
	return shared, own
end

--- Three tables of two such: what both say, what only the first one says, and only the second.
function M.compare(one, other)
	local both, first, second = {}, {}, {}
	for _, key in ipairs { "version", "lang", "node", "ver" } do
		if one[key] == other[key] then
			both[key] = one[key]
		else
			first[key], second[key] = one[key], other[key]
		end
	end
	for _, key in ipairs(lists) do
		both[key], first[key] = split(one[key], other[key])
		second[key] = select(2, split(other[key], one[key]))
	end
	return both, first, second
end

return strict(M)
