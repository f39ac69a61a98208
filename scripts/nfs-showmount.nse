-- Lists the folders that a host exports over NFS, and to whom.
-- Example: portolan -p111 --script nfs-showmount 192.0.2.1

local finding = require "finding"
local rpc = require "rpc"
local shortport = require "shortport"
local stdnse = require "stdnse"

description = "Shows a host's NFS exports, as `showmount -e` does."
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.port_or_service(111, { "rpcbind", "mountd" }, { "tcp", "udp" })

local everybody = { ["*"] = true, ["0.0.0.0/0"] = true, ["0.0.0.0"] = true, ["0.0.0.0/0.0.0.0"] = true,
	["(everyone)"] = true, ["::/0"] = true, ["everyone"] = true }

-- Without a list of hosts an export is for all of them.
local function is_for_all(export)
	for _, group in ipairs(export) do
		if everybody[group:lower()] then
			return true
		end
	end
	return #export == 0
end

local function report(open)
	finding.report { id = "nfs-export-everyone", title = "Folders are exported over NFS to everybody",
		severity = "high", seen = table.concat(open, ", ", 1, math.min(#open, 5)),
		why = "Whoever reaches the port can mount them and read, perhaps write, as any user without root's id.",
		remedy = "Name the hosts in /etc/exports, require sec=krb5p, keep root_squash.",
		references = { "CWE-306", "CWE-732" }, confidence = 0.9 }
end

action = function(host, port)
	local ok, exports = rpc.Helper.ShowMounts(host, port)
	if not ok or #exports == 0 then
		return nil
	end
	local lines, open = {}, {}
	for i, export in ipairs(exports) do
		lines[i] = export.name .. " " .. table.concat(export, " ")
		if is_for_all(export) then
			open[#open + 1] = lines[i]
		end
	end
	if #open > 0 then
		report(open)
	end
	return stdnse.format_output(true, lines)
end
