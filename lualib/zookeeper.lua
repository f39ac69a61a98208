--- zookeeper: ZooKeeper's words of four letters, and a session that lists a node's children.
--   local fields = zookeeper.parseServer(zookeeper.word(host, port, "srvr") or "")
--   local names = zookeeper.children(host, port, "/")
-- Functions give nil and why on failure.

local bytestream = require "bytestream"
local cut = require "cut"
local strict = require "strict"
local string = string

local M = {}

local text_max, answer_max, names_max = 65536, 1048576, 1000

--- What a server says to a word ("srvr", "ruok" ...).
function M.word(host, port, word)
	local stream, why = bytestream.open(host, port, { most = text_max })
	if not stream then
		return nil, why
	end
	local text = stream:send(word) and stream:rest() or ""
	stream:close()
	return text
end

--- The lines "Name: value" of an answer to srvr, by name; nil if it is none.
function M.parseServer(text)
	local version = text:match "^Zookeeper version: ([^\r\n]+)"
	if not version then
		return nil
	end
	local fields = { version = version:match "^[%d%.]+[%w]*" or version, ["Zookeeper version"] = version }
	for name, value in text:gmatch "\n([%w /]+): ([^\r\n]*)" do
		fields[name] = value
	end
	return fields
end

-- Sessions -----------------------------------------------------------------------

--- The request for a session, as short as a server lets it be.
function M.buildConnect()
	return string.pack(">s4", string.pack(">I4i8I4i8s4", 0, 0, 4000, 0, ("\0"):rep(16)))
end

--- The request for the children of a node, without a watch.
function M.buildGetChildren(path)
	return string.pack(">s4", string.pack(">I4I4s4B", 1, 8, path, 0))
end

--- The end of a session.
function M.buildClose()
	return string.pack(">s4", string.pack(">I4i4", 2, -11))
end

--- The names in an answer to getChildren; nil and the error's number where it is one.
function M.parseChildren(bytes)
	if #bytes < 16 then
		return nil
	end
	local code, at = string.unpack(">i4", bytes, 13)
	if code ~= 0 or #bytes < 20 then
		return nil, code
	end
	local names, count = {}, nil
	count, at = string.unpack(">i4", bytes, at)
	if count > names_max then
		count = names_max
	end
	for i = 1, count do
		names[i], at = cut.unpack(">s4", bytes, at)
		if not at then
			return nil
		end
	end
	return names
end

local function rest_of(head)
	local length = string.unpack(">I4", head)
	if length > answer_max then
		return nil, "not ZooKeeper"
	end
	return length
end

local function ask(stream, request)
	local head, answer = stream:ask(request, 4, rest_of)
	if not head then
		return nil, answer
	end
	return answer
end

--- Names of the children of a node, in a session without a login.
function M.children(host, port, path)
	local stream, why = bytestream.open(host, port)
	if not stream then
		return nil, why
	end
	local names, answer = nil, nil
	answer, why = ask(stream, M.buildConnect())
	if answer and #answer >= 36 then
		answer, why = ask(stream, M.buildGetChildren(path))
		if answer then
			names, why = M.parseChildren(answer)
		end
		stream:send(M.buildClose())
	end
	stream:close()
	return names, why
end

return strict(M)
