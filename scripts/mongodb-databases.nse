local bytestream = require "bytestream"
local mongodb = require "mongodb"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = [[
Lists the databases of a MongoDB server that wants no login.
]]

-- @usage portolan --script mongodb-databases -p 27017 TARGET
-- @output
-- | mongodb-databases:
-- |   databases:
-- |
-- |       name: shop
-- |       sizeOnDisk: 73728.0
-- |       empty: false
-- |   totalSize: 73728.0
-- |_  ok: 1.0

author = "portolan"
license = "same as portolan's"
categories = { "default", "discovery", "safe" }

portrule = shortport.port_or_service({ 27017, 27018, 27019 }, { "mongodb", "mongod" })

function action(host, port)
	local stream = bytestream.open(host, port)
	if not stream then
		return nil
	end
	local status, answer, whole = mongodb.listDbs(stream.socket)
	stream:close()
	if status then
		return answer
	elseif not whole then
		return nil
	end
	local out = stdnse.output_table()
	out.errmsg = answer
	out.code = whole.code
	return out
end
