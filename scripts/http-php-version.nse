-- portolan --script http-php-version -p 80 TARGET

local finding = require "finding"
local http = require "http"
local shortport = require "shortport"
local ipairs = ipairs

description = [[
Shows the version of PHP that a web server tells in its headers, on its front page and on pages that
exist wherever PHP runs.
]]
author = "portolan"
license = "same as portolan's"
categories = { "audit", "discovery", "safe" }

portrule = shortport.http

local paths = { "/", "/index.php" }

action = function(host, port)
	for _, path in ipairs(paths) do
		local response = http.get(host, port, path)
		for _, name in ipairs { "x-powered-by", "server" } do
			local value = response.status and response.header[name]
			if value and value:find("PHP/%d") then
				finding.report {
					id = "http-php-version", title = "The version of PHP is told to anybody", severity = "info",
					seen = name .. ": " .. value:sub(1, 100),
					why = "Who knows the version knows which of its flaws are open.",
					remedy = "Set expose_php = Off in php.ini.", references = { "CWE-200" },
				}
				return "Version from header " .. name .. ": " .. value
			end
		end
	end
	return nil
end
