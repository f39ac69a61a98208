local check = require "check"
local html = require "htmltag"

local T = {}

local page = [[<html><FORM action="/login" method="POST" id=f1 name='n'><input type="TEXT" name="user" value="u">
<textarea name="t" rows=2>x</textarea><input type=password name='pw'><select name="s"></select><input type="submit" value="go">
<input type="checkbox" name="c" checked></form><form><INPUT NAME="q"></FORM><formula><form action=x>not closed</html>]]

function T.forms_of_a_page()
	local forms = html.grab_forms(page)
	check.equal({ #forms, forms[2] }, { 2, '<form><INPUT NAME="q">' })
	check.equal(html.parse_form(forms[1]), { action = "/login", method = "post", id = "f1", fields = {
		{ name = "user", type = "text", value = "u" }, { name = "t", type = "textarea" }, { name = "pw", type = "password" },
		{ name = "c", type = "checkbox" } } })
	check.equal(html.parse_form(forms[2]), { fields = { { name = "q" } } })
	check.equal({ html.grab_forms(nil), html.parse_form(nil) }, { {} })
	check.equal(html.parse_form "nothing", { fields = {} })
end

function T.attributes_with_and_without_quotes()
	check.equal(html.attributes [[<a HREF="x y" b='c"d' e=f/g h  i = j k=>]],
		{ href = "x y", b = 'c"d', e = "f/g", h = "", i = "j", k = "" })
	check.equal(html.attributes "<a/>", {})
	check.equal(html.attributes '<a b="open', { b = "open" })
	check.equal(html.attributes "<a b=1 b=2>", { b = "1" })
end

function T.tags_and_their_content()
	check.equal(html.all('<meta a=1><META b="2"><metal>', "meta"), { "<meta a=1>", '<META b="2">' })
	check.equal(html.content("<title >a b</TITLE>", "title"), "a b")
	check.equal(html.content("<title>a b", "title"), "a b")
	check.is_nil(html.content("<titles>a b", "title"))
	check.equal(("x< FoRm a>y"):match(html.tag_pattern("form")), "< FoRm a>")
	check.equal(("x</form >y"):match(html.tag_pattern("form", true)), "</form >")
	check.is_nil(("<formula>"):match(html.tag_pattern("form")))
	check.equal(html.decode_entities("a &amp;&#65; &lt;b&gt; &#99999999; &nope;"), "a &A <b> &#99999999; &nope;")
end

function T.texts_on_one_line()
	check.equal({ html.shortened("a\r\n\tb", 10), html.shortened("0123456789", 10), html.shortened("01234567890", 10) },
		{ "a b", "0123456789", "0123456..." })
end

function T.pages_of_any_bytes_and_of_many_tags()
	check.fuzz(function(bytes)
		for _, form in ipairs(html.grab_forms(bytes)) do
			html.parse_form(form)
		end
		html.content(bytes, "title")
	end, { page }, 500)
	local many = ("<form "):rep(200000)
	check.equal(html.grab_forms(many), {})
	check.equal(#html.all(("<a>"):rep(5000), "a"), html.TAGS_MAX)
	check.equal(html.attributes("<a " .. ("="):rep(100000) .. ">"), {})
end

return T
