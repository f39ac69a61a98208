--- lpeg-utility: patterns that grammars share.

local lpeg = require "lpeg"
local strict = require "strict"
local assert, string = assert, string

local M = {}

--- A pattern that finds another one anywhere in the subject. Its captures are
-- those of the pattern.
function M.anywhere(pattern)
	return lpeg.P { pattern + 1 * lpeg.V(1) }
end

--- Matches a text whatever the case of its letters.
function M.caseless(literal)
	local pattern = lpeg.P(true)
	for i = 1, #literal do
		local c = literal:sub(i, i)
		pattern = pattern * lpeg.S(string.lower(c) .. string.upper(c))
	end
	return pattern
end

--- Matches a pattern where a word begins: at the start or behind anything but a
-- letter or digit.
function M.atwordboundary(pattern)
	local word = lpeg.R("az", "AZ", "09")
	return M.anywhere(-lpeg.B(word) * pattern)
end

--- A quoted text; captures what is inside, where the escape character before a
-- quote or itself stands for that character.
function M.escaped_quote(quote, escape)
	quote, escape = quote or '"', escape or "\\"
	local escaped = lpeg.P(escape) / "" * (lpeg.P(quote) + lpeg.P(escape))
	local inside = lpeg.Cs((escaped + (1 - lpeg.P(quote)))^0)
	return lpeg.P(quote) * inside * lpeg.P(quote)
end

--- Adds the locale's classes (alpha, digit, space ...) to a grammar's table.
function M.localize(grammar)
	return lpeg.locale(grammar)
end

--- Captures the parts between separators (patterns or strings).
function M.split(subject, separator)
	separator = lpeg.P(separator)
	local part = lpeg.C((1 - separator)^0)
	return assert(lpeg.match(lpeg.Ct(part * (separator * part)^0), subject))
end

return strict(M)
