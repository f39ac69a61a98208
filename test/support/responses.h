/* What servers say, two hundred times: some real products, some that nobody has heard of.
 * Written for tests and benches of the matcher; not recorded. */
#ifndef PORTOLAN_TEST_RESPONSES_H
#define PORTOLAN_TEST_RESPONSES_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define RESPONSES_ROOM 4096

struct response {
	const char *probe; /* by its name in Nmap's file */
	size_t bytes;
	uint8_t data[RESPONSES_ROOM];
};

static const char *const response_banners[] = {
	"SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n",
	"SSH-2.0-OpenSSH_8.9p1 Ubuntu-3ubuntu0.10\r\n",
	"SSH-2.0-OpenSSH_7.4\r\n",
	"SSH-2.0-OpenSSH_9.6\r\n",
	"SSH-2.0-OpenSSH_for_Windows_8.1\r\n",
	"SSH-2.0-dropbear_2022.83\r\n",
	"SSH-2.0-dropbear\r\n",
	"SSH-2.0-Go\r\n",
	"SSH-2.0-libssh_0.10.4\r\n",
	"SSH-2.0-paramiko_2.12.0\r\n",
	"SSH-2.0-Cisco-1.25\r\n",
	"SSH-2.0-ROSSSH\r\n",
	"SSH-1.99-OpenSSH_3.9p1\r\n",
	"SSH-2.0-mod_sftp\r\n",
	"SSH-2.0-AsyncSSH_2.10.1\r\n",
	"SSH-2.0-Lighthouse_4\r\n",
	"220 (vsFTPd 3.0.3)\r\n",
	"220 ProFTPD Server (Debian) [::ffff:10.0.0.1]\r\n",
	"220 ProFTPD 1.3.8 Server (files) [10.0.0.1]\r\n",
	"220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n220-You are user number "
	"1 of 50 "
	"allowed.\r\n220 You will be disconnected after 15 minutes of inactivity.\r\n",
	"220 Microsoft FTP Service\r\n",
	"220-FileZilla Server 1.7.0\r\n220 Please visit https://filezilla-project.org/\r\n",
	"220 pyftpdlib 1.5.7 ready.\r\n",
	"220 harbour FTP server ready.\r\n",
	"220 printer.example FTP server (Version 6.4/OpenBSD/Linux-ftpd-0.17) ready.\r\n",
	"421 Too many connections from this address.\r\n",
	"530 Sorry, the maximum number of clients (10) are already connected.\r\n",
	"220 mail.example.org ESMTP Postfix (Debian/GNU)\r\n",
	"220 mail.example.org ESMTP Postfix\r\n",
	"220 mx.example.net ESMTP Exim 4.96 Thu, 26 Nov 2026 01:00:00 +0000\r\n",
	"220 mx ESMTP Sendmail 8.17.1/8.17.1; Thu, 26 Nov 2026 01:00:00 GMT\r\n",
	"220 exch.corp.example Microsoft ESMTP MAIL Service ready at Thu, 26 Nov 2026 01:00:00 "
	"+0000\r\n",
	"220 mail.example ESMTP OpenSMTPD\r\n",
	"220 smtp.example.com ESMTP Haraka/3.0.2 ready\r\n",
	"220 lighthouse ESMTP\r\n",
	"554 no service for you here\r\n",
	"421 4.3.2 Service not available\r\n",
	"+OK Dovecot (Debian) ready.\r\n",
	"+OK Dovecot ready.\r\n",
	"+OK POP3 mail.example v2007e.104 server ready\r\n",
	"+OK Hello there.\r\n",
	"+OK ready <1234.5678@mail.example>\r\n",
	"+OK\r\n",
	"* OK [CAPABILITY IMAP4rev1 SASL-IR LOGIN-REFERRALS ID ENABLE IDLE LITERAL+ STARTTLS "
	"LOGINDISABLED] Dovecot (Debian) ready.\r\n",
	"* OK [CAPABILITY IMAP4rev1 LITERAL+ ID ENABLE] imap.example Cyrus IMAP "
	"3.6.1-Debian-3.6.1-4 server "
	"ready\r\n",
	"* OK [CAPABILITY IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT SORT QUOTA "
	"IDLE] "
	"Courier-IMAP ready. Copyright 1998-2018 Double Precision, Inc.\r\n",
	"* OK IMAP4 ready\r\n",
	"* BYE Disconnected\r\n",
	"RFB 003.008\n",
	"RFB 003.889\n",
	"RFB 004.001\n",
	"@RSYNCD: 31.0\n",
	"@RSYNCD: 31.0 sha512 sha256 sha1 md5 md4\n",
	":irc.example NOTICE * :*** Looking up your hostname...\r\n",
	":irc.harbour.example 020 * :Please wait while we process your connection.\r\n",
	"NOTICE AUTH :*** Checking Ident\r\nNOTICE AUTH :*** No Ident response\r\n",
	"200 news.example InterNetNews NNRP server INN 2.7.0 ready (posting ok)\r\n",
	"201 news.example ready, no posting\r\n",
	"-ERR unknown command\r\n",
	"-NOAUTH Authentication required.\r\n",
	"-DENIED Redis is running in protected mode because protected mode is enabled\r\n",
	"ERROR\r\n",
	"OK MPD 0.23.12\n",
	"Asterisk Call Manager/8.0.2\r\n",
	"INFO "
	"{\"server_id\":\"NABC\",\"version\":\"2.10.18\",\"proto\":1,\"go\":\"go1.22\",\"host\":"
	"\"0.0.0.0\","
	"\"port\":4222,\"headers\":true}\r\n",
	"{\"hello\":\"world\",\"version\":1}\n",
	"login: ",
	"\r\nUser Access Verification\r\n\r\nUsername: ",
	"Welcome to the harbour.\r\nName: ",
	"Thu Nov 26 01:00:00 2026\r\n",
	"26 NOV 2026 01:00:00 UTC\r\n",
	"\"Quote of the day: nothing ventured.\"\r\n",
	"VERSION 1.0\nREADY\n",
	"garbage that no one knows of, at some length, to be looked at by every line there is",
	"HELLO\n",
	"x",
	"1",
	"?",
	"\r\n",
	"500 Syntax error, command unrecognized\r\n",
	"220 Service ready\r\n",
	"CUPS\r\n",
	"(1 \"ok\" (\"ready\"))\n",
	"<?xml version='1.0'?><stream:stream xmlns='jabber:client' "
	"xmlns:stream='http://etherx.jabber.org/streams' id='17' from='example' version='1.0'>",
	"<?xml version=\"1.0\"?><!DOCTYPE cross-domain-policy SYSTEM "
	"\"/xml/dtds/cross-domain-policy.dtd\"><cross-domain-policy/>",
	"Connection refused by policy\n",
	"Permission denied\n",
	"Error: bad request\n",
	"unknown command\n",
	"SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP nm;branch=foo\r\nServer: "
	"FPBX-16.0(18.9)\r\nContent-Length: "
	"0\r\n\r\n",
	"RTSP/1.0 200 OK\r\nCSeq: 42\r\nPublic: OPTIONS, DESCRIBE, SETUP, PLAY\r\nServer: "
	"Lantern/1.0\r\n\r\n",
	"ICY 200 OK\r\nicy-notice1:<BR>This stream requires a player<BR>\r\nicy-name:Harbour "
	"Radio\r\n\r\n",
};

#define RESPONSE_BINARY(text)          \
	{                              \
		sizeof(text) - 1, text \
	}
static const struct {
	size_t bytes;
	const char *text;
} response_binaries[] = {
	RESPONSE_BINARY(
		"\x16\x03\x03\0\x3a\x02\0\0\x36\x03\x03"
		"0123456789abcdef0123456789abcdef\0\xc0\x2f\0\0\x0e\xff\x01\0\x01\0\0\x0b\0\x04"
		"\x03\0\x01\x02"),
	RESPONSE_BINARY("\x15\x03\x01\0\x02\x02\x28"),
	RESPONSE_BINARY("\x15\x03\x03\0\x02\x02\x46"),
	RESPONSE_BINARY(
		"\x4a\0\0\0\x0a"
		"8.0.36\0\x0b\0\0\0abcdefgh\0\xff\xff\xff\x02\0\xff\xdf\x15\0\0\0\0\0\0\0\0\0\0"
		"abcdefghijkl\0caching_sha2_password\0"),
	RESPONSE_BINARY("\x5a\0\0\0\x0a"
			"5.5.5-10.11.6-MariaDB-0+"
			"deb12u1\0\x1f\0\0\0abcdefgh\0\xfe\xf7\x2d\x02\0\xff\x81\x15"
			"\0\0\0\0\0\0\x1d\0\0\0abcdefghijkl\0mysql_native_password\0"),
	RESPONSE_BINARY(
		"\x45\0\0\0\xffj\x04Host '10.0.0.2' is not allowed to connect to this MariaDB "
		"server"),
	RESPONSE_BINARY(
		"E\0\0\0\x8dSFATAL\0VFATAL\0C0A000\0Munsupported frontend protocol 65363.19778: "
		"server supports 3.0 to 3.0\0Fpostmaster.c\0L2195\0RProcessStartupPacket\0\0"),
	RESPONSE_BINARY("\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27"),
	RESPONSE_BINARY("\xff\xfb\x01\xff\xfb\x03\xff\xfd\x18\xff\xfd\x1f\r\nlogin: "),
	RESPONSE_BINARY("\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x1f\x08\0\x02\0\0\0"),
	RESPONSE_BINARY("0\x0c\x02\x01\x01\x61\x07\x0a\x01\0\x04\0\x04\0"),
	RESPONSE_BINARY(
		"\0\0\0\x7f\xfeSMB@\0\0\0\0\0\0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	RESPONSE_BINARY("\x05\xff"),
	RESPONSE_BINARY("\x05\0"),
	RESPONSE_BINARY("\0\x5b\0\0\0\0\0\0"),
	RESPONSE_BINARY("\x20\x02\0\x05"),
	RESPONSE_BINARY("AMQP\0\0\x09\x01"),
	RESPONSE_BINARY("\x01\0\0\0\x01\0\0\0"),
	RESPONSE_BINARY("\0\0\0\0\0\0\0\0"),
	RESPONSE_BINARY("\x83\0\0\x01\x8f"),
	RESPONSE_BINARY("\x80\0\0\x18\x72\xfe\x1d\x13\0\0\0\x01\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"),
	RESPONSE_BINARY("\xae\x01"),
};

static const char *const response_servers[] = {
	"nginx/1.22.1",
	"nginx",
	"Apache/2.4.62 (Debian)",
	"Apache",
	"Apache/2.4.37 (Red Hat) OpenSSL/1.1.1k",
	"lighttpd/1.4.69",
	"Microsoft-IIS/10.0",
	"Caddy",
	"openresty/1.21.4.1",
	"cloudflare",
	"Jetty(9.4.53)",
	"Werkzeug/2.2.2 Python/3.11.2",
	"SimpleHTTP/0.6 Python/3.11.2",
	"gunicorn",
	"mini_httpd/1.30",
	"Boa/0.94.14rc21",
	"GoAhead-Webs",
	"micro_httpd",
	"Lantern/3.1 (unheard of)",
	"Kestrel",
};

static const char *const response_bodies[] = {
	"<!DOCTYPE html>\n<html><head><title>Welcome</title></head>\n<body><h1>It "
	"works</h1>\n<p>There is "
	"nothing else to be seen on this page.</p></body></html>\n",
	"<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not "
	"Found</h1>"
	"</center>\r\n</body>\r\n</html>\r\n",
	"{\"status\":404,\"error\":\"Not Found\",\"path\":\"/\"}",
	"<HTML><HEAD><TITLE>Login</TITLE><META HTTP-EQUIV=\"Refresh\" "
	"CONTENT=\"0;URL=/login.cgi\"></HEAD>"
	"<BODY BGCOLOR=\"#ffffff\"><FORM METHOD=POST>User: <INPUT "
	"NAME=user></FORM></BODY></HTML>\r\n",
	"",
};

#define RESPONSE_COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static inline size_t response_http(size_t place, uint8_t data[RESPONSES_ROOM])
{
	static const char *const lines[] = {"1.1 200 OK", "1.1 404 Not Found",
					    "1.0 401 Unauthorized", "1.1 302 Found",
					    "1.1 400 Bad Request"};
	const char *body = response_bodies[place % 5];

	return (size_t)snprintf(
		(char *)data, RESPONSES_ROOM,
		"HTTP/%s\r\n%sDate: Thu, 26 Nov 2026 01:00:%02zu GMT\r\nServer: "
		"%s\r\nContent-Type: "
		"text/html; charset=utf-8\r\nContent-Length: %zu\r\nLast-Modified: Mon, 16 Nov "
		"2026 08:00:00 "
		"GMT\r\n%sConnection: close\r\nX-Frame-Options: SAMEORIGIN\r\n\r\n%s",
		lines[place / 5 % 5], place % 3 ? "" : "Cache-Control: no-cache, no-store\r\n",
		place % 60, response_servers[place % RESPONSE_COUNT_OF(response_servers)],
		strlen(body), place % 4 ? "" : "WWW-Authenticate: Basic realm=\"harbour\"\r\n",
		body);
}

#define RESPONSES_BANNERS RESPONSE_COUNT_OF(response_banners)
#define RESPONSES_BINARY  RESPONSE_COUNT_OF(response_binaries)
#define RESPONSES_HTTP    (RESPONSE_COUNT_OF(response_servers) * 5)
#define RESPONSES_COUNT   (RESPONSES_BANNERS + RESPONSES_BINARY + RESPONSES_HTTP)

/* The place-th of RESPONSES_COUNT. */
static inline void response_make(size_t place, struct response *ret)
{
	ret->probe = "NULL";
	if (place < RESPONSES_BANNERS) {
		ret->bytes = strlen(response_banners[place]);
		memcpy(ret->data, response_banners[place], ret->bytes);
		return;
	}
	place -= RESPONSES_BANNERS;
	if (place < RESPONSES_BINARY) {
		ret->bytes = response_binaries[place].bytes;
		memcpy(ret->data, response_binaries[place].text, ret->bytes);
		return;
	}
	ret->probe = "GetRequest";

	ret->bytes = response_http(place - RESPONSES_BINARY, ret->data);
}

#endif
