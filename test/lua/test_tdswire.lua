local bytestream = require "bytestream"
local check = require "check"
local fake = require "fake_server"
local tdswire = require "tdswire"

local T = {}

local body = string.pack(">BI2I2BI2I2B", 0, 11, 6, 1, 17, 1, 0xff) .. string.pack(">BBI2I2B", 14, 0, 3456, 0, 2)
local answer = string.pack(">BBI2I2BB", 4, 1, 8 + #body, 0, 1, 0) .. body

local function ask(answers)
	local log = fake.serve(answers, "EOF")
	local got, why = tdswire.prelogin(bytestream.open(fake.host, fake.port(1433)))
	return got, why, log
end

function T.a_prelogin_and_its_answer()
	local got, _, log = ask { answer:sub(1, 10), answer:sub(11) }
	check.equal(got, { major = 14, minor = 0, build = 3456, encryption = 2 })
	check.equal(log.sent[1], "\x12\1\0\x1a\0\0\0\0\0\0\x0b\0\6\1\0\x11\0\1\xff\0\0\0\0\0\0\0")
	check.equal({ tdswire.describe(14, 0, 3456) }, { "Microsoft SQL Server 2017", "14.00.3456.00" })
	check.equal({ tdswire.describe(10, 50, 6000) }, { "Microsoft SQL Server 2008 R2", "10.50.6000.00" })
	check.equal({ tdswire.describe(99, 0, 1) }, { nil, "99.00.1.00" })
end

function T.strangers()
	check.equal({ (select(2, ask { "HTTP/1.1 400 Bad Request\r\n" })) }, { "not TDS" })
	check.is_nil((ask { string.pack(">BBI2I2BB", 4, 1, 9, 0, 1, 0) .. "\xff" }))
	check.is_nil(tdswire.parsePrelogin(body:sub(1, 15)))
	check.is_nil(tdswire.parsePrelogin "\0\xff\xff\0\6\xff")
	check.is_nil(tdswire.parsePrelogin(("\5\0\0\0\0"):rep(100)))
end

local list = "ServerName;HARBOUR;InstanceName;PROD;IsClustered;No;Version;14.0.1000.169;tcp;1433;np;\\\\HARBOUR\\pipe\\sql\\query;;" ..
	"ServerName;HARBOUR;InstanceName;TEST;IsClustered;Yes;Version;9.00.1399.06;tcp;2020;;"
local browser = "\5" .. string.pack("<s2", list)

function T.instances_of_a_browser()
	local got = tdswire.parseBrowser(browser)
	check.equal({ #got, got[1].InstanceName, got[1].tcp, got[1].np, got[2].Version, got[2].IsClustered },
		{ 2, "PROD", "1433", "\\\\HARBOUR\\pipe\\sql\\query", "9.00.1399.06", "Yes" })
	check.equal({ tdswire.numbers(got[2].Version) }, { 9, 0, 1399 })
	check.equal({ tdswire.numbers "x" }, {})
	check.is_nil(tdswire.parseBrowser "\5\0\0")
	check.is_nil(tdswire.parseBrowser "nothing")
	check.equal(#tdswire.parseBrowser("\5xx" .. ("InstanceName;a;;"):rep(200)), 50)
end

function T.any_bytes()
	check.fuzz(function(bytes)
		tdswire.parsePrelogin(bytes)
		tdswire.parseBrowser(bytes)
		ask { bytes }
	end, { body, answer, browser }, 2000)
end

return T
