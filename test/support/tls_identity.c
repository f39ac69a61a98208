#include "tls_identity.h"

/* openssl req -x509 -newkey ec (prime256v1), sha256, for a hundred years */
const char tls_identity_certificate[] =
	"-----BEGIN CERTIFICATE-----\n"
	"MIIB9DCCAZqgAwIBAgIBTTAKBggqhkjOPQQDAjA7MQswCQYDVQQGEwJYWDEVMBMG\n"
	"A1UECgwMTGFiLCBHcsO2w59lMRUwEwYDVQQDDAx3d3cubGFiLnRlc3QwIBcNMjYx\n"
	"MTI2MDE0ODQyWhgPMjEyNjExMDIwMTQ4NDJaMDsxCzAJBgNVBAYTAlhYMRUwEwYD\n"
	"VQQKDAxMYWIsIEdyw7bDn2UxFTATBgNVBAMMDHd3dy5sYWIudGVzdDBZMBMGByqG\n"
	"SM49AgEGCCqGSM49AwEHA0IABDmBxRj/Faf2goNc7WDrA7RqKGLvrTp9g/512yAy\n"
	"Mitr/2SgVT0Hg+niPVDZqLCo5u6hoYAcmsFk7iBo9IPLk0ajgYwwgYkwXQYDVR0R\n"
	"BFYwVIIMd3d3LmxhYi50ZXN0ggoqLmxhYi50ZXN0hwTAAAIHhxAgAQ24AAAAAAAA\n"
	"AAAAAAAHgQ1yb290QGxhYi50ZXN0hhFodHRwczovL2xhYi50ZXN0LzAJBgNVHRME\n"
	"AjAAMB0GA1UdDgQWBBSs3mfealhqdsiD+uit618Xvqwx4TAKBggqhkjOPQQDAgNI\n"
	"ADBFAiA9Lya+xeV98UR35wbwa5dNjGPFICbwQfqfxF2ZJt9LyAIhAJDuYf3zj6HF\n"
	"55TzZkVgz2jsNwDNMDaxm7aD/wCy9IR1\n"
	"-----END CERTIFICATE-----\n";

const char tls_identity_key[] = "-----BEGIN PRIVATE KEY-----\n"
				"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgnbc1Jiuq4H2QAHfT\n"
				"xJ0eg6ZpYLWF2Hhl1rQE9FWt+J2hRANCAAQ5gcUY/xWn9oKDXO1g6wO0aihi7606\n"
				"fYP+ddsgMjIra/9koFU9B4Pp4j1Q2aiwqObuoaGAHJrBZO4gaPSDy5NG\n"
				"-----END PRIVATE KEY-----\n";
