"""Answers as an Apache httpd 2.2 with a PHP 5.4 of long ago."""
import speaking

speaking.serve_http(lambda path: "<html><title>old</title></html>",
                    "Apache/2.2.34 (Unix) mod_ssl/2.2.34 OpenSSL/1.0.1e PHP/5.4.45")
