-- Shows who is logged in, as a finger server tells it.
-- Example: portolan -p79 --script finger 192.0.2.1

local comm = require "comm"
local finding = require "finding"
local shortport = require "shortport"

description = "Asks a finger server who is logged in."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "default", "discovery", "safe" }

portrule = shortport.port_or_service(79, "finger")

local function report(text)
	finding.report { id = "finger-open", title = "The finger service is open", severity = "low",
		seen = (text:match "^[^\r\n]+" or text):sub(1, 100),
		why = "It tells who has an account and is logged in: names to try passwords for.",
		remedy = "Switch fingerd off.", references = { "CWE-200" }, confidence = 0.9 }
end

action = function(host, port)
	local ok, text = comm.exchange(host, port, "\r\n", { lines = 100, timeout = 5000 })
	if not ok or not text:find "%S" then
		return nil
	end
	if not text:find "[\0-\8\14-\31\128-\255]" then
		report(text)
	end
	return text:sub(1, 8192)
end
