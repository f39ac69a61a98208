--- httpcache: responses of one host, so that scripts that ask for the same page share one
-- request; the oldest go when it becomes too large. What failed is kept, too, for a while: many
-- scripts ask for the same page, one after the other, and each would wait as long as the first.

local nmap = require "nmap"
local strict = require "strict"
local pairs, setmetatable, table, type = pairs, setmetatable, table, type

local M = {}

-- How long a failure counts, and how many and how large ones are kept.
local failure_ms, failures_max, failure_bytes_max = 30000, 200, 65536

-- Tables of a response are copied, so that nobody changes another one's.
local function copied(value)
	if type(value) ~= "table" then
		return value
	end
	local copy = {}
	for key, item in pairs(value) do
		copy[key] = copied(item)
	end
	return copy
end

local function size_of(value)
	if type(value) ~= "table" then
		return type(value) == "string" and #value + 32 or 16
	end
	local size = 64
	for key, item in pairs(value) do
		size = size + size_of(key) + size_of(item)
	end
	return size
end

local Cache = {}
Cache.__index = Cache

function M.new()
	return setmetatable({ kept = {}, order = {}, bytes = 0, failed = {}, failures = 0 }, Cache)
end

local function forget_oldest(self, most)
	while self.bytes > most and self.order[1] do
		local key = table.remove(self.order, 1)
		self.bytes, self.kept[key] = self.bytes - self.kept[key].size, nil
	end
end

--- The response for a key; nil when it is not there, or has no body though one is wanted. A
-- failure of the last seconds is a response.
function Cache:get(key, without_body)
	local failed, kept = self.failed[key], self.kept[key]
	if failed and nmap.clock_ms() < failed.good_until then
		return copied(failed.response)
	elseif kept and (kept.response.body or without_body) then
		return copied(kept.response)
	end
	return nil
end

--- Keeps a response unless it is larger than `most`, which all of them together are not.
function Cache:put(key, response, most, without_body)
	local kept = copied(response)
	if without_body then
		kept.body, kept.rawbody = nil, nil
	end
	local size, old = size_of(kept), self.kept[key]
	if size > most then
		return
	elseif old then
		self.bytes = self.bytes - old.size
	else
		self.order[#self.order + 1] = key
	end
	self.kept[key], self.bytes = { response = kept, size = size }, self.bytes + size
	forget_oldest(self, most)
end

--- Keeps a failure for a while, without what had come if that was much.
function Cache:put_failure(key, response)
	if self.failures >= failures_max then
		self.failed, self.failures = {}, 0
	end
	local kept = copied(response)
	if size_of(kept) > failure_bytes_max then
		kept.incomplete = nil
	end
	self.failed[key] = { response = kept, good_until = nmap.clock_ms() + failure_ms }
	self.failures = self.failures + 1
end

return strict(M)
