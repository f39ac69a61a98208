-- The icons of web applications: MD5 to name. Computed from the servers of test/lab/servers as
-- Debian 12 ships them.
return {
}
