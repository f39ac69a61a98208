-- portolan --script ftp-anon -p 21 TARGET
--   --script-args ftp-anon.maxlist=N    at most so many lines of the listing (20; with -v all, -1: all)

local finding = require "finding"
local ftp = require "ftp"
local lineclient = require "lineclient"
local nmap = require "nmap"
local shortport = require "shortport"
local stdnse = require "stdnse"
local ipairs, string, table, tonumber = ipairs, string, table, tonumber

description = [[
Finds out whether an FTP server lets anybody in (RFC 1635), and lists its first folder.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "auth", "default", "safe" }

portrule = shortport.port_or_service({ 21, 990 }, { "ftp", "ftps" })

local lines_max = 1000

local function list(socket, buffer)
	local data, err = ftp.pasv(socket, buffer)
	if not data then
		return nil, err
	end
	local code, text = ftp.ask(socket, buffer, "LIST")
	if code ~= 125 and code ~= 150 then
		data:close()
		return nil, "LIST failed: " .. (code and code .. " " .. text or text)
	end
	local lines = {}
	for i = 1, lines_max do
		local line = lineclient.read(data)
		if not line then
			break
		end
		lines[i] = line
	end
	data:close()
	return lines
end

-- A folder that everybody may write to, as `ls -l` shows it.
local function is_writable(line)
	return line:find "^d%S%S%S%S%S%S%Sw" ~= nil
end

local function wanted_lines()
	local wanted = tonumber((stdnse.get_script_args(SCRIPT_NAME .. ".maxlist")))
	if not wanted then
		return nmap.verbosity() > 0 and lines_max or 20
	end
	return wanted < 0 and lines_max or wanted
end

local function show(out, lines)
	local wanted, writable = wanted_lines(), {}
	for i, line in ipairs(lines) do
		if is_writable(line) then
			writable[#writable + 1] = line
			line = line .. " [NSE: writeable]"
		end
		if i <= wanted then
			out[#out + 1] = line
		end
	end
	if #lines > wanted then
		out[#out + 1] = string.format("Only %d shown. Use --script-args %s.maxlist=-1 to see all.", wanted, SCRIPT_NAME)
	end
	return writable
end

local function report(code, text, writable)
	local seen = string.format("USER anonymous: %d %s", code, string.sub(text:gsub("%s+", " "), 1, 100))
	if #writable > 0 then
		seen = seen .. "; writable: " .. writable[1]
	end
	finding.report {
		id = "ftp-anonymous", title = "FTP without a login", severity = #writable > 0 and "high" or "medium", seen = seen,
		why = #writable > 0 and "Anybody can read the files there, and leave files for others." or
			"Anybody who reaches the port can read the files there.",
		remedy = "Turn anonymous logins off (vsftpd: anonymous_enable=NO; ProFTPD: remove <Anonymous>), or see to it "
			.. "that only public files are there.",
		references = { "CWE-284" },
	}
end

action = function(host, port)
	local socket, code, text, buffer = ftp.connect(host, port)
	if not socket then
		return stdnse.debug1("%s", code)
	elseif code ~= 220 then
		ftp.close(socket)
		return nil
	end
	local ok
	ok, code, text = ftp.auth(socket, buffer, "anonymous", "anonymous@portolan.test")
	if not ok and (code == 421 or code == 503 or code == 522 or code == 530 or code == 534) and
		ftp.starttls(socket, buffer) then
		ok, code, text = ftp.auth(socket, buffer, "anonymous", "anonymous@portolan.test")
	end
	if not ok then
		ftp.close(socket)
		return nil
	end
	local out, writable = { string.format("Anonymous FTP login allowed (FTP code %d)", code) }, {}
	local lines, reason = list(socket, buffer)
	ftp.close(socket)
	if lines then
		writable = show(out, lines)
	else
		out[#out + 1] = "Can't get directory listing: " .. reason:gsub("\n", " ")
	end
	report(code, text, writable)
	return table.concat(out, "\n")
end
