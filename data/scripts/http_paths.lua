-- Where http-enum looks, and what it is when something is there.
--   path      asked for with GET
--   name      what is shown
--   match     a Lua pattern, or a list of them, of which the body (its first 16 KB) matches one;
--             without it any page counts that is not the server's answer for absent ones
--   finding   which of the findings below it is
--   folder    a listing of it is worth a word

-- "NAME=value" on a line.
local variables = { "^%u[%u%d_]*%s*=", "\n%u[%u%d_]*%s*=" }

return {
	paths = {
		-- What describes the site.
		{ path = "/robots.txt", name = "Robots file", match = "[Uu]ser%-[Aa]gent%s*:" },
		{ path = "/sitemap.xml", name = "Site map", match = { "<urlset", "<sitemapindex" } },
		{ path = "/.well-known/security.txt", name = "Contact for security", match = "[Cc]ontact%s*:" },
		{ path = "/crossdomain.xml", name = "Policy for other domains (Flash)", match = "<cross%-domain%-policy" },
		{ path = "/humans.txt", name = "Authors of the site", match = { "/%* *TEAM", "/%* *SITE" } },
		-- Repositories and working files of developers.
		{ path = "/.git/HEAD", name = "Git repository", match = { "^ref: refs/", "^%x+%s*$" }, finding = "git" },
		{ path = "/.svn/wc.db", name = "Subversion working copy", match = "^SQLite format 3", finding = "svn" },
		{ path = "/.svn/entries", name = "Subversion working copy", match = "^1?%d%s*\n", finding = "svn" },
		{ path = "/.hg/requires", name = "Mercurial repository", match = { "revlogv1", "dotencode", "^share%-safe" }, finding = "hg" },
		{ path = "/.bzr/branch-format", name = "Bazaar repository", match = "^Bazaar", finding = "bzr" },
		{ path = "/.gitignore", name = "List of files that Git ignores", match = "^[^<]+$" },
		{ path = "/.DS_Store", name = "Names of files (macOS)", match = "^%z%z%z\1Bud1", finding = "names" },
		{ path = "/.idea/workspace.xml", name = "Project of an editor", match = "<project", finding = "names" },
		{ path = "/.vscode/sftp.json", name = "Logins of an editor", match = '"password"%s*:', finding = "secrets" },
		-- Configuration with secrets in it.
		{ path = "/.env", name = "Environment of an application", match = variables, finding = "env" },
		{ path = "/.env.bak", name = "Environment of an application", match = variables, finding = "env" },
		{ path = "/.env.local", name = "Environment of an application", match = variables, finding = "env" },
		{ path = "/.htpasswd", name = "Hashes of passwords", match = "^[^<%s:]+:[$%w{}/.+=-]+%s*\n", finding = "secrets" },
		{ path = "/.htaccess", name = "Rules of Apache httpd", match = { "Rewrite[ER]", "AuthType%s", "Require%s" }, finding = "names" },
		{ path = "/.aws/credentials", name = "Keys for a cloud", match = "aws_access_key_id", finding = "secrets" },
		{ path = "/.ssh/id_rsa", name = "Private key", match = "^%-+BEGIN [%u ]*PRIVATE KEY", finding = "secrets" },
		{ path = "/id_rsa", name = "Private key", match = "^%-+BEGIN [%u ]*PRIVATE KEY", finding = "secrets" },
		{ path = "/.npmrc", name = "Login for a registry", match = "_authToken", finding = "secrets" },
		{ path = "/.docker/config.json", name = "Login for a registry", match = '"auths"', finding = "secrets" },
		{ path = "/wp-config.php.bak", name = "Configuration of WordPress", match = "DB_PASSWORD", finding = "secrets" },
		{ path = "/config.php.bak", name = "Configuration of an application", match = "<%?php", finding = "backup" },
		{ path = "/web.config", name = "Configuration of IIS", match = "<configuration", finding = "names" },
		{ path = "/docker-compose.yml", name = "Containers of an application", match = "\n?services:%s*\n", finding = "names" },
		{ path = "/composer.json", name = "Libraries of an application (PHP)", match = '"require"%s*:' },
		{ path = "/package.json", name = "Libraries of an application (Node.js)", match = '"dependencies"%s*:' },
		-- Backups.
		{ path = "/backup.zip", name = "Backup", match = "^PK\3\4", finding = "backup" },
		{ path = "/backup.tar.gz", name = "Backup", match = "^\31\139", finding = "backup" },
		{ path = "/backup.sql", name = "Copy of a database", match = { "CREATE TABLE", "INSERT INTO", "^%-%- " }, finding = "backup" },
		{ path = "/dump.sql", name = "Copy of a database", match = { "CREATE TABLE", "INSERT INTO", "^%-%- " }, finding = "backup" },
		{ path = "/db.sql", name = "Copy of a database", match = { "CREATE TABLE", "INSERT INTO", "^%-%- " }, finding = "backup" },
		{ path = "/site.bak", name = "Backup", finding = "backup" },
		{ path = "/index.php.bak", name = "Source of a page", match = "<%?", finding = "backup" },
		{ path = "/index.php~", name = "Source of a page", match = "<%?", finding = "backup" },
		{ path = "/index.html.bak", name = "Backup of a page", match = "<", finding = "backup" },
		-- What shows the inside of the server.
		{ path = "/server-status", name = "Status of Apache httpd", match = "Apache Server Status", finding = "status" },
		{ path = "/server-info", name = "Configuration of Apache httpd", match = "Apache Server Information", finding = "status" },
		{ path = "/nginx_status", name = "Status of nginx", match = "^Active connections:", finding = "status" },
		{ path = "/status", name = "Status of PHP-FPM", match = "^pool:%s", finding = "status" },
		{ path = "/phpinfo.php", name = "Configuration of PHP", match = "<title>.-phpinfo%(%)", finding = "phpinfo" },
		{ path = "/info.php", name = "Configuration of PHP", match = "<title>.-phpinfo%(%)", finding = "phpinfo" },
		{ path = "/actuator", name = "Spring Boot Actuator", match = '"_links"%s*:', finding = "status" },
		{ path = "/actuator/env", name = "Environment of Spring Boot", match = '"propertySources"', finding = "env" },
		{ path = "/debug/pprof/", name = "Profiler of a Go program", match = "/debug/pprof/", finding = "status" },
		{ path = "/metrics", name = "Metrics (Prometheus)", match = "# HELP " },
		{ path = "/trace.axd", name = "Trace of ASP.NET", match = "Application Trace", finding = "status" },
		{ path = "/elmah.axd", name = "Errors of ASP.NET", match = "Error Log for", finding = "status" },
		-- Interfaces.
		{ path = "/swagger.json", name = "Description of an API", match = '"swagger"%s*:' },
		{ path = "/openapi.json", name = "Description of an API", match = '"openapi"%s*:' },
		{ path = "/v2/_catalog", name = "Container registry", match = '"repositories"%s*:' },
		{ path = "/phpmyadmin/", name = "phpMyAdmin", match = "phpMyAdmin" },
		{ path = "/adminer.php", name = "Adminer", match = "Adminer" },
		{ path = "/manager/html", name = "Manager of Tomcat", match = "Tomcat" },
		{ path = "/wp-login.php", name = "WordPress", match = "wp%-submit" },
		{ path = "/user/login", name = "Drupal", match = "Drupal" },
		{ path = "/administrator/", name = "Joomla", match = "Joomla" },
		{ path = "/admin/", name = "Administration", folder = true },
		{ path = "/login", name = "Login page", match = "[Tt][Yy][Pp][Ee]%s*=%s*[\"']?[Pp][Aa][Ss][Ss][Ww][Oo][Rr][Dd]" },
		-- Folders.
		{ path = "/backup/", name = "Folder", folder = true },
		{ path = "/backups/", name = "Folder", folder = true },
		{ path = "/files/", name = "Folder", folder = true },
		{ path = "/uploads/", name = "Folder", folder = true },
		{ path = "/download/", name = "Folder", folder = true },
		{ path = "/downloads/", name = "Folder", folder = true },
		{ path = "/logs/", name = "Folder", folder = true },
		{ path = "/log/", name = "Folder", folder = true },
		{ path = "/tmp/", name = "Folder", folder = true },
		{ path = "/old/", name = "Folder", folder = true },
		{ path = "/test/", name = "Folder", folder = true },
		{ path = "/private/", name = "Folder", folder = true },
		{ path = "/data/", name = "Folder", folder = true },
		{ path = "/images/", name = "Folder", folder = true },
		{ path = "/icons/", name = "Folder", folder = true },
		{ path = "/cgi-bin/", name = "Folder", folder = true },
	},
	findings = {
		git = {
			id = "http-exposed-git", title = "A web server hands out a Git repository", severity = "high",
			why = "Anybody can rebuild the source with its history, and whatever passwords were ever committed.",
			remedy = "Keep .git out of the web root, or deny it: location ~ /\\.git { deny all; }. Change the secrets in it.",
			references = { "CWE-527", "CWE-538" },
		},
		svn = {
			id = "http-exposed-svn", title = "A web server hands out a Subversion working copy", severity = "high",
			why = "Anybody can read the source of the site and the names of its authors.",
			remedy = "Export the site instead of checking it out, or deny .svn in the server's configuration.",
			references = { "CWE-527" },
		},
		hg = {
			id = "http-exposed-hg", title = "A web server hands out a Mercurial repository", severity = "high",
			why = "Anybody can rebuild the source with its history.",
			remedy = "Keep .hg out of the web root, or deny it in the server's configuration.", references = { "CWE-527" },
		},
		bzr = {
			id = "http-exposed-bzr", title = "A web server hands out a Bazaar repository", severity = "high",
			why = "Anybody can rebuild the source with its history.",
			remedy = "Keep .bzr out of the web root, or deny it in the server's configuration.", references = { "CWE-527" },
		},
		env = {
			id = "http-exposed-env", title = "A web server hands out an application's environment", severity = "high",
			why = "Such files hold the passwords of databases and the keys of other services.",
			remedy = "Keep the file out of the web root, deny names that begin with a dot, and change all secrets in it.",
			references = { "CWE-538", "CWE-312" },
		},
		secrets = {
			id = "http-exposed-secrets", title = "A web server hands out passwords or keys", severity = "high",
			why = "Whoever reads the file can log in where its passwords or keys fit.",
			remedy = "Take the file out of the web root, and change what was in it.", references = { "CWE-538", "CWE-522" },
		},
		backup = {
			id = "http-exposed-backup", title = "A web server hands out a backup", severity = "medium",
			why = "Copies of pages show their source, and those of databases their data.",
			remedy = "Move backups out of the web root.", references = { "CWE-530" },
		},
		status = {
			id = "http-exposed-status", title = "A web server shows its status to anybody", severity = "low",
			why = "Such pages show who asks for what, exact versions, and how the server is set up.",
			remedy = "Allow the page to the server's own addresses only (Require local, allow 127.0.0.1; deny all).",
			references = { "CWE-200" },
		},
		phpinfo = {
			id = "http-exposed-phpinfo", title = "A web server shows PHP's configuration to anybody", severity = "low",
			why = "The page shows paths, versions and the environment, secrets in it included.",
			remedy = "Delete the page.", references = { "CWE-200" },
		},
		names = {
			id = "http-exposed-files", title = "A web server hands out working files", severity = "low",
			why = "They tell how the site is built and which files lie on the server.",
			remedy = "Deny names that begin with a dot, and keep working files out of the web root.",
			references = { "CWE-538" },
		},
		listing = {
			id = "http-directory-listing", title = "A web server lists the files of a folder", severity = "low",
			why = "Backups, logs and unfinished files that no page links to are found by anybody.",
			remedy = "Turn listings off: Options -Indexes (Apache httpd), autoindex off (nginx), dir-listing.activate (lighttpd).",
			references = { "CWE-548" },
		},
	},
}
