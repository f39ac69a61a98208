local check = require "check"
local tlssuites = require "tlssuites"

local T = {}

function T.numbers_and_names_belong_together()
	check.equal(tlssuites.numbers.TLS_RSA_WITH_AES_128_CBC_SHA, 0x002f)
	check.equal(tlssuites.names[0xc02f], "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256")
	check.equal(tlssuites.names[0x1301], "TLS_AKE_WITH_AES_128_GCM_SHA256")
	check.equal(tlssuites.names[0xfeff], "SSL_RSA_FIPS_WITH_3DES_EDE_CBC_SHA")
	local count = 0
	for name, number in pairs(tlssuites.numbers) do
		check.equal(tlssuites.names[number], name)
		count = count + 1
	end
	for number, name in pairs(tlssuites.names) do
		check.equal(tlssuites.numbers[name], number)
	end
	check.is_true(count > 300)
end

return T
