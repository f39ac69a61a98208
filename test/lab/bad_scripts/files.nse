-- reads and writes files, and runs programs
local stdnse = require "stdnse"

description = "reads and writes files, and runs programs"
categories = {}
portrule = function() return true end

action = function(host, port)
	local told = stdnse.output_table()
	local function try(name, call, ...)
		local ok, value = pcall(call, ...)
		told[name] = ok and value and "DONE" or "refused"
	end
	try("read", io.open, "/etc/passwd")
	try("write", io.open, "/tmp/portolan-lab-written", "w")
	try("lines", io.lines, "/etc/passwd")
	try("input", io.input, "/etc/passwd")
	try("popen", io.popen, "id")
	try("execute", os.execute, "true")
	try("remove", os.remove, "/tmp/portolan-lab-written")
	try("rename", os.rename, "/tmp/portolan-lab-written", "/tmp/portolan-lab-renamed")
	try("tmpname", os.tmpname)
	try("loadfile", loadfile, "/etc/passwd")
	try("dofile", dofile, "/etc/hostname")
	try("require", require, "../../../../etc/passwd")
	try("loadlib", function() return package.loadlib("libc.so.6", "*") end)
	try("listing", function() return require("lfs").dir("/etc") end)
	return told
end
