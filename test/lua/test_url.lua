local check = require "check"
local url = require "url"

local T = {}

function T.all_parts_of_a_url()
	local u = url.parse "http://user:pw@Host.example:8080/a/b.php;p=1?x=1#f"
	check.equal({ u.scheme, u.user, u.password, u.host, u.port }, { "http", "user", "pw", "Host.example", 8080 })
	check.equal({ u.path, u.params, u.query, u.fragment, u.extension, u.is_folder },
		{ "/a/b.php", "p=1", "x=1", "f", "php", false })
end

function T.addresses_in_brackets()
	local u = url.parse "https://[fe80::1]:443/"
	check.equal({ u.host, u.port, u.is_folder }, { "fe80::1", 443, true })
	check.equal(url.build(u), "https://[fe80::1]:443/")
	check.equal(url.parse("http://[::1]").host, "::1")
end

function T.what_is_missing_comes_from_the_default()
	local u = url.parse("/x", { scheme = "http", host = "h", port = 80 })
	check.equal({ u.scheme, u.host, u.path }, { "http", "h", "/x" })
	check.is_nil(url.parse "")
end

function T.build_undoes_parse()
	for _, text in ipairs { "http://h/", "http://u:p@h:1/a;b?c#d", "//h/x", "/a/b?c", "x.html", "?q", "#f", "ftp://h" } do
		check.equal(url.build(url.parse(text)), text)
	end
end

-- RFC 3986, 5.4.
function T.references_of_rfc_3986()
	local base = "http://a/b/c/d;p?q"
	local cases = {
		["g"] = "http://a/b/c/g", ["./g"] = "http://a/b/c/g", ["g/"] = "http://a/b/c/g/", ["/g"] = "http://a/g",
		["//g"] = "http://g", ["?y"] = "http://a/b/c/d;p?y", ["g?y"] = "http://a/b/c/g?y", ["#s"] = "http://a/b/c/d;p?q#s",
		["g#s"] = "http://a/b/c/g#s", ["g;x"] = "http://a/b/c/g;x", [""] = "http://a/b/c/d;p?q", ["."] = "http://a/b/c/",
		["./"] = "http://a/b/c/", [".."] = "http://a/b/", ["../g"] = "http://a/b/g", ["../.."] = "http://a/",
		["../../g"] = "http://a/g", ["../../../g"] = "http://a/g", ["/./g"] = "http://a/g", ["/../g"] = "http://a/g",
		["g."] = "http://a/b/c/g.", ["..g"] = "http://a/b/c/..g", ["./g/."] = "http://a/b/c/g/", ["g/../h"] = "http://a/b/c/h",
		["ftp:g"] = "ftp:g",
	}
	for reference, expected in pairs(cases) do
		check.equal(url.absolute(base, reference), expected, reference)
	end
	check.equal(url.absolute("http://h", "x"), "http://h/x")
end

function T.escaping_and_back()
	check.equal(url.escape("a b/ü"), "a%20b%2f%c3%bc")
	check.equal(url.unescape("%41%zz%"), "A%zz%")
	check.seed(9)
	for _ = 1, 200 do
		local bytes = check.bytes(30)
		check.equal(url.unescape(url.escape(bytes)), bytes)
	end
end

function T.paths_and_queries()
	local path = url.parse_path "/a%20b/c/"
	check.equal({ path[1], path[2], path.is_absolute, path.is_directory }, { "a b", "c", 1, 1 })
	check.equal(url.build_path(path), "/a%20b/c/")
	check.equal(url.build_path(path, true), "/a b/c/")
	check.equal(url.parse_query "a=1&b=x+y%21&c&a=2", { a = "2", b = "x y!", c = "" })
	check.equal(url.build_query { b = "x y", a = 1 }, "a=1&b=x%20y")
end

function T.default_ports_and_schemes()
	check.equal(url.get_default_port "HTTPS", 443)
	check.is_nil(url.get_default_port "nosuch")
	check.equal(url.get_default_scheme(80), "http")
	check.equal(url.get_default_scheme { number = 443 }, "https")
end

-- RFC 3492, 7.1 (without its case marks) and names in use.
function T.names_beyond_ascii()
	check.equal(url.ascii_hostname "bücher.example", "xn--bcher-kva.example")
	check.equal(url.ascii_hostname "münchen.de", "xn--mnchen-3ya.de")
	check.equal(url.ascii_hostname "例え.テスト", "xn--r8jz45g.xn--zckzah")
	check.equal(url.ascii_hostname "a.\255b", "a.\255b")
	check.equal(url.ascii_hostname "plain.example", "plain.example")
end

function T.any_bytes_parse_or_give_nil()
	check.fuzz(function(text)
		local parsed = url.parse(text)
		if parsed then
			url.build(parsed)
		end
		url.absolute("http://h/a/b", text)
		url.parse_query(text)
		url.build_path(url.parse_path(text))
	end, { "http://u:p@[::1]:80/a/../b.c;p?q=%41#f", "//bücher.de/x" })
end

function T.long_runs_take_no_time()
	for _, c in ipairs { "/", ".", "a", "./", ";", "?", "#", "%", ":", "@", "[" } do
		local text = c:rep(50000)
		url.parse(text)
		url.parse("http://h/" .. text)
		url.parse("http://h/." .. text .. "/")
		url.absolute("http://h/" .. text .. "/x", text)
	end
end

return T
