-- Lists the methods that a streaming server offers.
-- Example: portolan -p554 --script rtsp-methods --script-args rtsp-methods.path=/live 192.0.2.1

local comm = require "comm"
local outlib = require "outlib"
local shortport = require "shortport"
local sip = require "sip"
local stdnse = require "stdnse"

description = "Asks an RTSP server with OPTIONS which methods it offers."
author = "portolan"
license = "same as portolan's"
categories = { "default", "safe" }

portrule = shortport.port_or_service({ 554, 8554 }, "rtsp")

action = function(host, port)
	local path = stdnse.get_script_args "rtsp-methods.path" or "*"
	local ok, text = comm.exchange(host, port, sip.build_rtsp_options(path), { lines = 2, timeout = 5000 })
	local response = ok and sip.parse_response(text)
	if not response or response.protocol ~= "RTSP" then
		return nil
	end
	local methods = sip.methods(response.header.public)
	return #methods > 0 and outlib.list_sep(methods) or nil
end
