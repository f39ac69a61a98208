--- support: whether what version detection found is still supported by its makers, and
-- whether releases of it had a backdoor. The lists are given by the caller (data/scripts/).
--   for _, program in ipairs(support.programs(port.version)) do
--     local ended = support.ended(lists.products, program.product, program.version)

local strict = require "strict"
local ipairs, tonumber = ipairs, tonumber

local M = {}

-- What extra information names beside the product itself: "(Debian) PHP/7.4.3 OpenSSL/1.1.1k".
local extras = { "PHP", "OpenSSL", "Python", "Ruby" }
local programs_max = 8

-- "10.11.19-MariaDB" is 10.11.19. What is no one version ("9.6 or later", "3.X - 4.X") is none.
local function plain_version(version)
	if not version or version:find " %- " or version:find "or later" or version:find "%f[%a][xX]%f[%A]" then
		return nil
	end
	return version:match "^v?(%d[%d%.]*)"
end

-- MariaDB puts a version before its own, for clients that are surprised by 10.
local function own_version(product, version)
	local mariadb = version:match "^5%.5%.5%-(%d+%..*)$" or version:match "^(.*[mM]aria[dD][bB].*)$"
	if mariadb and product:lower():find("mysql", 1, true) then
		return "MariaDB", mariadb
	end
	return product, version
end

--- The programs of a port's version table: {{product =, version =}, ...}, itself first.
function M.programs(version)
	local list = {}
	if version.product and version.version then
		local product, number = own_version(version.product, version.version)
		list[1] = { product = product, version = number }
	end
	for _, name in ipairs(extras) do
		local found = (version.extrainfo or ""):match("%f[%w]" .. name .. "[/ ](%d[%w%.%-]*)")
		if found and #list < programs_max then
			list[#list + 1] = { product = name, version = found }
		end
	end
	return list
end

--- Whether a package of a distribution was seen, whose makers may mend longer.
function M.is_packaged(version)
	local text = ((version.version or "") .. " " .. (version.extrainfo or "")):lower()
	for _, word in ipairs { "deb%d+u", "%+deb", "debian", "ubuntu", "red hat", "rhel", "centos", "el%d+_", "alpine", "suse", "fedora" } do
		if text:find(word) then
			return true
		end
	end
	return false
end

-- Whether a version comes before another, number by number.
local function is_before(version, other)
	local theirs = other:gmatch "%d+"
	for number in version:gmatch "%d+" do
		local limit = tonumber(theirs() or nil)
		if not limit then
			return false
		elseif tonumber(number) ~= limit then
			return tonumber(number) < limit
		end
	end
	return theirs() ~= nil
end

-- The date of the longest branch that the version is in, and the branch.
local function branch_of(ends, version)
	local branch = version:gsub("%.+$", "")
	while branch do
		if ends[branch] then
			return ends[branch], branch
		end
		branch = branch:match "^(.*)%.%d+$"
	end
	return nil
end

-- How well a row fits a product: the longer the name, the better; nil if it does not.
local function fit_of(row, product)
	for _, name in ipairs(row.exactly or {}) do
		if name == product then
			return #name
		end
	end
	return row.product and product:find(row.product, 1, true) and #row.product or nil
end

local function row_of(rows, product)
	local best, best_fit = nil, 0
	product = product:lower()
	for _, row in ipairs(rows) do
		local fit = fit_of(row, product)
		if fit and fit > best_fit then
			best, best_fit = row, fit
		end
	end
	return best
end

--- Of a version whose support has ended by the day `today` ("2026-01-31"): {name =, branch =,
-- date =, at =}; nil of all others.
function M.ended(rows, product, version, today)
	local row, plain = row_of(rows, product), plain_version(version)
	if not row or not plain or #plain > 40 then
		return nil
	end
	local date, branch
	if row.ends then
		date, branch = branch_of(row.ends, plain)
	end
	if not date and row.below and is_before(plain, row.below[1]) then
		date, branch = row.below[2], "before " .. row.below[1]
	end
	if not date or date >= today then
		return nil
	end
	return { name = row.name, branch = branch, version = version:match "^%S+", date = date, at = row.at }
end

--- Of a system by its name (as in host.os): {name =, date =} when support has ended.
function M.system_ended(rows, name, today)
	name = name:lower()
	for _, row in ipairs(rows) do
		if name:find(row.pattern, 1, true) then
			return row.ends < today and { name = row.name, date = row.ends } or nil
		end
	end
	return nil
end

--- Of the distribution that a service's version shows: {name =, date =} when support has ended.
function M.distribution_ended(lists, version, today)
	local text = (version.version or "") .. " " .. (version.extrainfo or "")
	local release = text:match "deb(%d+)u%d" or text:match "~deb(%d+)%f[%D]"
	local date = release and lists.debian[release]
	if date then
		return date < today and { name = "Debian " .. release, date = date } or nil
	end
	local known = (version.product or "") == "OpenSSH" and text:find "[uU]buntu" and lists.ubuntu[text:match "^%S+"]
	if known and known[2] < today then
		return { name = "Ubuntu " .. known[1], date = known[2] }
	end
	return nil
end

--- The row of a release that was spread with a backdoor, or nil.
function M.backdoor(rows, product, version)
	product = product:lower()
	for _, row in ipairs(rows) do
		if product:find(row.product, 1, true) then
			for _, one in ipairs(row.versions) do
				if version == one or version:match "^%S+" == one then
					return row
				end
			end
		end
	end
	return nil
end

return strict(M)
