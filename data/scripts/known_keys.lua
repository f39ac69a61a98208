--- known_keys: keys of TLS servers that everybody has, because a package ships them as an example
-- or for its tests. Collected from the Debian 12 packages named, by the private keys in them.
--   known_keys.certificates: where from, by the SHA-1 of a certificate in hexadecimal digits
--   known_keys.moduli: the same by the SHA-1 of an RSA key's modulus (as hexadecimal digits in
--     capitals), which also finds other certificates of the same key

local M = { certificates = {}, moduli = {} }

local function read(into, text)
	for digest, from in text:gmatch "(%x+) ([^\n]+)" do
		into[digest] = from
	end
end

read(M.certificates, [[
250206c4b294c0c5ec1b83075c748edf4eb35706 gnutls-bin: gnutls-cli
2eac4e012b62c8df9f8eb79a4c10e1ddddf80938 gnutls-bin: gnutls-cli
395f50be5c0bb9ebc9cc61aa3a9bb6dc3231bfaa gnutls-bin: gnutls-cli
5cbde0915c04a6a546c3e9a337ce85dfea2ce82a gnutls-bin: gnutls-cli
b87b51a4f2b37fc31df8e6d6c9a1a4e7a6558692 libio-socket-ssl-perl: simulate_proxy.pl
c71fd17343eb769ac93a073697eb9b7305128b68 libxmlsec1-dev: rsakey.pem
4d1de4bd67403dca7a0a84a7ec8962443d597e06 openvpn: ca.key
63bfd62987da7fc65435eb035f16a508e7e9dfcf openvpn: client-ec.key
e62cf9260f8fb16c9be1ba8538a41f8005028b49 openvpn: client.key
751c2afa3cbf0711b279cca55a97434d8ac9b0fe openvpn: server-ec.key
897e12ff2dbff4cb18a960fc1287505a2536be88 openvpn: server.key
51f0cbfead4a91df7f736edb3c67ff8d30d11f3c prometheus-alertmanager: ca-key.pem
f383a53b0d0db398cebf59c9071cc53a136ca1c2 prometheus-alertmanager: node1-key.pem
239c5dec391d28fe5d55c0c9f3e4aaf2d68d55dd prometheus-alertmanager: node2-key.pem
0561cf80366f05bbcadba9c87343306249f136b1 puma: ca.key
132f06b4696c845e4b766ea4eae71ca61dfba3d6 puma: client_expired.key
45c66597aa2e6ef5198858aac94707f927adc6ee puma: client_expired.key
cf46cbb871ba182fc16c274e156125f518e3c55e puma: client_unknown.key
66cc13936043fc55a2785c3f6fde97fcc85ed270 puma: puma_keypair.pem
efaf23b8e773aa4ec87b1ddfde21512a4cf52f1d puma: server.key
6a7d1b269ccf281b66249bd46813d03742e2d0f2 puma: unknown_ca.key
966b3ff9298a79831ee8b19a2f73035406fc2441 python3-aiohttp: server.key
226a6c04bcd2e8b1e2eee5796cef5a60f446d8a3 python3-aiosmtpd: server.key
08e01d48aca6d2426150fdbe9f9d7880e3a6ba68 python3-aiosmtpd: server_alt.key
9da86d2560a0c2a5d1b2384375e40ec9f41dca17 python3-h2: cert.key
3295e1331d13c1d5e58b1bc48d9bc3bb01e7c0a8 python3-h2: localhost.key
2f6a686fba12a3444aa7456990c3243daf7986f5 python3-h2: server.key
76c813a3f88f0812506a45d7fc154288c5acb3b1 python3-pyftpdlib: keycert.pem
9c3cbd55e376119fcc32e99e4e86722c904ba120 python3-tornado: test.key
234b72992e5d5e2b02c3bc1b7c5067054f60ffc9 python3-twisted: key.pem.no_trailing_newline
]])

read(M.moduli, [[
a0496d230dfe515f34f3ddf72f622a81bffae48e fossil: fossil
3d03a5e750068135f17130e1b465bcff6777c502 gnutls-bin: gnutls-cli
ffd7d3f5f581d0d361b120ce4ddc8cc39e2bd6c7 libio-socket-ssl-perl: simulate_proxy.pl
dff554d5a7691fe94c441656379220025079a012 libxmlsec1-dev: rsakey.pem
cce74de460c162cd46bdc25bbee0224c3b35a4ab openvpn: ca.key
d06ed1611cb6ed27eef048291129a1bfe0821b8e openvpn: client.key
2de5f2d34be4cfc4a844f47f5b46e6fa3a2ddb4e openvpn: server.key
a67ea46b59a7e9d8293fe45b2941a876bc1a74f6 prometheus-alertmanager: ca-key.pem
399a9f687ce5c825f5d6f7afa8d09cd33e991d2f prometheus-alertmanager: node1-key.pem
17332e98d7c574bee8d060b980d6adda43e13162 prometheus-alertmanager: node2-key.pem
924d7aa42956bea9b49cbacbef933a2d2b3eb775 puma: ca.key
a54caa7db3dcc2c399ae244f38d84a7aa7d122b7 puma: client_expired.key
3b934712af9dd0956dfa8bfaeea32a48d88d4680 puma: client_unknown.key
8832d6863598bf7617ae4bc4e72f254cfc93cee9 puma: puma_keypair.pem
4e5d88e94c398f9540878adf2486d8bbbca8664c puma: server.key
164c35c48abcbc7e6dbcf9982dbfcddf2a639da7 puma: unknown_ca.key
ce30897596f52bc4ea885bd0b99718b8c3be6624 python3-aiohttp: server.key
668e069fe98dcf4bf9c752689ac014e97dc8acfe python3-aiosmtpd: server.key
d043d0dc4e0e036b2918283fcd4ddd62b7ff61c1 python3-aiosmtpd: server_alt.key
9c4fbe6182e8d6876b9d0233fbae3dfd1611b076 python3-h2: cert.key
1ca9e000eb27ebdbb569f627adffd09422af7db5 python3-h2: localhost.key
4473248dadc8c4524db50728190611e391c110da python3-h2: server.key
2f0f6061331fa0fb9c885bfd592305ff8ee018e3 python3-pyftpdlib: keycert.pem
cf282ee8cd2c4a64ab252620d35d1de80a9a8856 python3-tornado: test.key
b4eedd87924ad8b9a40fa9b1f5a798eaee7d2442 python3-twisted: key.pem.no_trailing_newline
d2486fea5ba1427abf982f86ceb72dde64a89e7c python3-twisted: keydata.py
]])

return M
