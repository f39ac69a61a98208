local check = require "check"
local listing = require "weblisting"

local T = {}

local apache = [[<html><head><title>Index of /files</title></head><body><h1>Index of /files</h1>
<pre>      <a href="?C=N;O=D">Name</a>  <a href="?C=M;O=A">Last modified</a>  <a href="?C=S;O=A">Size</a><hr>      <a href="/">Parent Directory</a>                             -   
      <a href="more/">more/</a>                   2026-11-26 08:27    -   
      <a href="readme.txt">readme.txt</a>              2026-11-26 08:27  1.5K  
<hr></pre></body></html>]]

local nginx = [[<html><head><title>Index of /files/</title></head><body><h1>Index of /files/</h1><hr><pre><a href="../">../</a>
<a href="more/">more/</a>                                              26-Nov-2026 08:27                   -
<a href="read%20me.txt">read me.txt</a>                                        26-Nov-2026 08:27                   8
</pre><hr></body></html>]]

local lighttpd = [[<html><head><title>Index of /files/</title></head><body><h2>Index of /files/</h2><table>
<tr class="d"><td class="n"><a href="../">..</a>/</td><td class="m">&nbsp;</td><td class="s">- &nbsp;</td><td class="t">Directory</td></tr>
<tr class="d"><td class="n"><a href="more/">more</a>/</td><td class="m">2026-Nov-26 08:27:01</td><td class="s">- &nbsp;</td><td class="t">Directory</td></tr>
<tr><td class="n"><a href="readme.txt">readme.txt</a></td><td class="m">2026-Nov-26 08:27:01</td><td class="s">0.1K</td><td class="t">text/plain</td></tr></table></body></html>]]

local python = [[<html><head><title>Directory listing for /</title></head><body><h1>Directory listing for /</h1><ul>
<li><a href=".env">.env</a></li><li><a href="a.txt">a.txt</a></li></ul></body></html>]]

function T.listings_of_four_servers()
	check.equal(listing.parse(apache), { { filename = "more/", time = "2026-11-26 08:27", size = "-" },
		{ filename = "readme.txt", time = "2026-11-26 08:27", size = "1.5K" } })
	check.equal(listing.parse(nginx), { { filename = "more/", time = "26-Nov-2026 08:27", size = "-" },
		{ filename = "read%20me.txt", time = "26-Nov-2026 08:27", size = "8" } })
	check.equal(listing.parse(lighttpd), { { filename = "more/", time = "2026-Nov-26 08:27:01", size = "-" },
		{ filename = "readme.txt", time = "2026-Nov-26 08:27:01", size = "0.1K" } })
	check.equal(listing.parse(python), { { filename = ".env", size = "-" }, { filename = "a.txt", size = "-" } })
end

function T.other_pages_are_none()
	check.is_nil(listing.parse "<title>Welcome</title><a href=x>x</a>")
	check.is_nil(listing.parse "")
	check.equal(listing.parse '<title>Index of /</title><a href="http://elsewhere/">e</a><a href="a/b/">x</a><a href="c', {})
end

function T.sizes_and_columns()
	check.equal({ listing.bytes "12", listing.bytes "1.5K", listing.bytes "2M", listing.bytes "-", listing.bytes "x" }, { 12, 1536, 2097152, 0, 0 })
	check.equal(listing.format { volume = "/f/", info = { "cut" }, files = { { size = "-", time = "now", filename = "a/" }, { size = "12345", time = "then", filename = "b" } } },
		"Volume /f/\n  cut\nSIZE   TIME  FILENAME\n-      now   a/\n12345  then  b\n\n")
end

function T.any_page_is_read_in_bounds()
	check.fuzz(listing.parse, { apache, nginx, lighttpd, python }, 600)
	local long = "<title>Index of /</title>" .. ('<a href="x">x</a>'):rep(5000)
	check.equal(#listing.parse(long), listing.FILES_MAX)
end

return T
