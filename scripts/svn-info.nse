-- Shows what a Subversion server can do, and whether it lets everybody in.
-- Example: portolan -p3690 --script svn-info --script-args svn-info.path=/project 192.0.2.1

local bytestream = require "bytestream"
local finding = require "finding"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Reads svnserve's greeting and asks which ways to log in a repository (svn-info.path, else the root) has."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(3690, { "svn", "svnserve" })

local bytes_max = 8192

-- An item in parentheses with those within, byte by byte: the protocol has no other end of a message.
local function read_item(connection)
	local out, depth = {}, 0
	for i = 1, bytes_max do
		local byte = connection:read(1)
		if not byte then
			return nil
		end
		out[i] = byte
		depth = depth + (byte == "(" and 1 or byte == ")" and -1 or 0)
		if depth == 0 and byte == ")" then
			return table.concat(out)
		elseif depth == 0 and not byte:find "%s" then
			return nil
		end
	end
end

local function words(text)
	local list = {}
	for word in (text or ""):gmatch "[%w%-_.]+" do
		list[#list + 1] = word
	end
	return #list > 0 and list or nil
end

local function counted(text)
	return string.format("%d:%s", #text, text)
end

-- The mechanisms and the realm of the repository; or the text of the refusal.
local function ask_repository(connection, url)
	local reply = string.format("( 2 ( edit-pipeline svndiff1 absent-entries ) %s %s ( ) ) ", counted(url),
		counted "portolan")
	local answer = connection:send(reply) and read_item(connection)
	if not answer then
		return {}
	end
	local length, at = answer:match "%) (%d+):()"
	local text = length and answer:sub(at, at + math.min(tonumber(length), 500) - 1)
	if answer:find "^%s*%( failure" then
		length, at = answer:match "%d+ (%d+):()"
		return { refusal = length and answer:sub(at, at + math.min(tonumber(length), 500) - 1) }
	end
	return { mechanisms = words(answer:match "success %( %(([^)]*)%)"), realm = text }
end

local function report(told)
	finding.report { id = "svn-anonymous-access", title = "A Subversion repository lets everybody in",
		severity = "medium", seen = "mechanisms: " .. table.concat(told.mechanisms, " "),
		why = "Everybody may read the sources and their history; over svn:// nothing is encrypted.",
		remedy = "Set `anon-access = none` in svnserve.conf, or use svn+ssh.", references = { "CWE-306", "CWE-319" },
		confidence = 0.8 }
end

local function describe(greeting, told)
	local result = stdnse.output_table()
	local lowest, highest, inner = greeting:match "success %( (%d+) (%d+) %([^)]*%) %(([^)]*)%)"
	if not lowest then
		return nil
	end
	result.version = lowest == highest and lowest or lowest .. "-" .. highest
	result.capabilities = words(inner)
	result.mechanisms = told.mechanisms
	result.realm = told.realm
	result.error = told.refusal
	return result
end

action = function(host, port)
	local connection = bytestream.open(host, port)
	local greeting = connection and read_item(connection)
	if not greeting then
		return nil
	end
	local path = stdnse.get_script_args "svn-info.path" or "/"
	local told = ask_repository(connection, string.format("svn://%s%s", host.targetname or host.ip, path))
	connection:close()
	if stdnse.contains(told.mechanisms or {}, "ANONYMOUS") then
		report(told)
	end
	return describe(greeting, told)
end
