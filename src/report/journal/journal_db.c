#include "report/journal/journal_db.h"

#include "report/journal/journal_hops.h"
#include "report/journal/journal_script.h"
#include "report/journal/journal_service.h"
#include "report/journal/journal_system.h"
#include "util/alloc.h"
#include "util/error.h"
#include "util/text.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* How long one statement waits for another process before it gives up. */
#define JOURNAL_BUSY_MS 10000
#define WAL_TRIES       100
#define WAL_WAIT_NS     20000000

/* schema.sql and so on, embedded by the build */
extern const unsigned char builtin_schema_sql[], builtin_schema_services_sql[],
	builtin_schema_systems_sql[], builtin_schema_scripts_sql[];

static int error_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_NOMEM:
		return ERROR_MEMORY;
	case SQLITE_NOTADB:
	case SQLITE_CORRUPT:
		return ERROR_CORRUPT;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_PROTOCOL:
		return ERROR_BUSY;
	case SQLITE_READONLY:
	case SQLITE_PERM:
	case SQLITE_AUTH:
	case SQLITE_CANTOPEN:
		return ERROR_PERMISSION;
	default:
		return ERROR_IO;
	}
}

static const char *remedy_of(int error)
{
	switch (error) {
	case ERROR_CORRUPT:
		return "move the file away and the next scan begins a new one";
	case ERROR_BUSY:
		return "another program holds it; close that one";
	case ERROR_PERMISSION:
		return "--journal FILE puts it elsewhere, --no-journal does without";
	default:
		return "free some space or use --journal FILE";
	}
}

int journal_db_error(sqlite3 *db, struct diag *diag)
{
	int error = error_of(db ? sqlite3_extended_errcode(db) : SQLITE_NOMEM);
	const char *path = db ? sqlite3_db_filename(db, "main") : NULL;

	if (error == ERROR_MEMORY)
		return diag_set(diag, error, "The journal: out of memory");
	return diag_set(diag, error, "The journal %s: %s; %s", path && *path ? path : "database",
			sqlite3_errmsg(db), remedy_of(error));
}

int journal_db_exec(sqlite3 *db, const char *sql, struct diag *diag)
{
	return sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK ? 0
								    : journal_db_error(db, diag);
}

int journal_db_prepare(sqlite3 *db, const char *sql, sqlite3_stmt **ret_stmt, struct diag *diag)
{
	return sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, ret_stmt, NULL) ==
			       SQLITE_OK
		       ? 0
		       : journal_db_error(db, diag);
}

static int read_pragma(sqlite3 *db, const char *sql, int64_t *ret_value, struct diag *diag)
{
	sqlite3_stmt *stmt = NULL;
	int r = journal_db_prepare(db, sql, &stmt, diag);

	if (r == 0) {
		if (sqlite3_step(stmt) == SQLITE_ROW)
			*ret_value = sqlite3_column_int64(stmt, 0);
		else
			r = journal_db_error(db, diag);
	}
	sqlite3_finalize(stmt);
	return r;
}

/* Gives the version of a journal we know; 0: it is empty. */
static int check_version(sqlite3 *db, struct diag *diag)
{
	const char *path = sqlite3_db_filename(db, "main");
	int64_t application = 0, version = 0, tables = 0;
	int r;

	if ((r = read_pragma(db, "PRAGMA application_id", &application, diag)) < 0 ||
	    (r = read_pragma(db, "PRAGMA user_version", &version, diag)) < 0 ||
	    (r = read_pragma(db, "SELECT count(*) FROM sqlite_schema", &tables, diag)) < 0)
		return r;
	if (!application && !version && !tables)
		return 0;
	if (application != JOURNAL_APPLICATION_ID)
		return diag_set(diag, ERROR_CORRUPT,
				"%s is a database of another program, not a journal", path);
	if (version < 1 || version > JOURNAL_SCHEMA_VERSION)
		return diag_set(diag, ERROR_UNSUPPORTED,
				"The journal %s has version %lld and this program knows version "
				"%d; use a newer portolan, or another file with --journal",
				path, (long long)version, JOURNAL_SCHEMA_VERSION);
	return (int)version;
}

/* The same from outside a transaction: of one instant, for another process may
 * be making the schema between our looks. */
static int check_version_at_once(sqlite3 *db, struct diag *diag)
{
	int r = journal_db_exec(db, "BEGIN", diag);

	if (r == 0) {
		r = check_version(db, diag);
		sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	}
	return r;
}

/* What version 1 had not. Programs of version 1 that write meanwhile name their
 * columns, so they go on. */
static const char upgrade_to_2[] = "ALTER TABLE scan ADD COLUMN probes_planned INTEGER;"
				   "ALTER TABLE scan ADD COLUMN dropped_receiving INTEGER;"
				   "ALTER TABLE scan ADD COLUMN missed REAL;"
				   "ALTER TABLE scan ADD COLUMN missed_low REAL;"
				   "ALTER TABLE scan ADD COLUMN missed_high REAL;"
				   "ALTER TABLE scan ADD COLUMN raw_sent INTEGER;"
				   "ALTER TABLE scan ADD COLUMN raw_sent_bytes INTEGER;"
				   "ALTER TABLE scan ADD COLUMN raw_received INTEGER;"
				   "ALTER TABLE scan ADD COLUMN raw_received_bytes INTEGER;"
				   "ALTER TABLE host ADD COLUMN mac TEXT;"
				   "ALTER TABLE host ADD COLUMN liar TEXT;"
				   "ALTER TABLE host ADD COLUMN liar_ttl INTEGER;";

/* For readers, who change nothing: tables of older versions look like ours. */
static const char views_of_1[] =
	"CREATE TEMP VIEW scan AS SELECT *, NULL AS probes_planned, NULL AS dropped_receiving,"
	" NULL AS missed, NULL AS missed_low, NULL AS missed_high, NULL AS raw_sent,"
	" NULL AS raw_sent_bytes, NULL AS raw_received, NULL AS raw_received_bytes"
	" FROM main.scan;"
	"CREATE TEMP VIEW host AS SELECT *, NULL AS mac, NULL AS liar, NULL AS liar_ttl"
	" FROM main.host;";

static const char tables_of_2[] =
	"CREATE TEMP TABLE service (scan_id, host, transport, number, " JOURNAL_SERVICE_COLUMNS
	", at_ns, seq);"
	"CREATE TEMP TABLE certificate (scan_id, sha256, " JOURNAL_CERTIFICATE_COLUMNS ");";

static const char tables_of_3[] =
	"CREATE TEMP TABLE system (scan_id, host, " JOURNAL_SYSTEM_COLUMNS ", at_ns, seq);"
	"CREATE TEMP TABLE system_match (scan_id, host, position, " JOURNAL_MATCH_COLUMNS ");"
	"CREATE TEMP TABLE system_class (scan_id, host, match, position, " JOURNAL_CLASS_COLUMNS
	");"
	"CREATE TEMP TABLE system_running (scan_id, host, position, " JOURNAL_RUNNING_COLUMNS ");"
	"CREATE TEMP TABLE system_sample (scan_id, host, position, " JOURNAL_SAMPLE_COLUMNS ");"
	"CREATE TEMP TABLE system_guess (scan_id, host, position, " JOURNAL_GUESS_COLUMNS ");"
	"CREATE TEMP TABLE system_evidence (scan_id, host, position, " JOURNAL_EVIDENCE_COLUMNS ");"
	"CREATE TEMP TABLE path (scan_id, host, " JOURNAL_PATH_COLUMNS ", at_ns, seq);"
	"CREATE TEMP TABLE hop (scan_id, host, ttl, " JOURNAL_HOP_COLUMNS ");";

static const char tables_of_4[] =
	"CREATE TEMP TABLE script (scan_id, host, " JOURNAL_SCRIPT_COLUMNS ", at_ns, seq);"
	"CREATE TEMP TABLE script_value (scan_id, host, script, "
	"position, " JOURNAL_SCRIPT_VALUE_COLUMNS ");"
	"CREATE TEMP TABLE script_block (scan_id, scope, at_ns, seq);"
	"CREATE TEMP TABLE finding (scan_id, host, " JOURNAL_FINDING_COLUMNS ", at_ns, seq);";

static int look_like_ours(sqlite3 *db, int version, struct diag *diag)
{
	int r = version < 2 ? journal_db_exec(db, views_of_1, diag) : 0;

	if (r == 0 && version < 3)
		r = journal_db_exec(db, tables_of_2, diag);
	if (r == 0 && version < 4)
		r = journal_db_exec(db, tables_of_3, diag);
	return r == 0 && version < 5 ? journal_db_exec(db, tables_of_4, diag) : r;
}

/* Makes the tables of a file of a version, 0 a new one, ours. */
static int add_missing(sqlite3 *db, int version, struct diag *diag)
{
	int r = 0;

	if (version == 0)
		r = journal_db_exec(db, (const char *)builtin_schema_sql, diag);
	else if (version < 2)
		r = journal_db_exec(db, upgrade_to_2, diag);
	if (r == 0 && version < 3)
		r = journal_db_exec(db, (const char *)builtin_schema_services_sql, diag);
	if (r == 0 && version < 4)
		r = journal_db_exec(db, (const char *)builtin_schema_systems_sql, diag);
	return r == 0 && version < 5
		       ? journal_db_exec(db, (const char *)builtin_schema_scripts_sql, diag)
		       : r;
}

/* Makes the tables of a new file, or brings old ones to our version; nothing to
 * do when they are of it. Another process may be doing the same, so the look
 * and the making are one transaction. */
static int make_schema(sqlite3 *db, struct diag *diag)
{
	char *stamp = alloc_printf("PRAGMA application_id=%d; PRAGMA user_version=%d; COMMIT",
				   JOURNAL_APPLICATION_ID, JOURNAL_SCHEMA_VERSION);
	int r;

	if (!stamp)
		return ERROR_MEMORY;
	if ((r = journal_db_exec(db, "BEGIN IMMEDIATE", diag)) == 0) {
		r = check_version(db, diag);
		if (r >= 0)
			r = add_missing(db, r, diag);
		if (r == 0)
			r = journal_db_exec(db, stamp, diag);
		if (!sqlite3_get_autocommit(db))
			sqlite3_exec(db, "ROLLBACK", NULL, NULL, NULL);
	}
	alloc_free(stamp);
	return r < 0 ? r : 0;
}

/* The switch to WAL does not wait for others by the busy timeout, so we do. A
 * file system without shared memory keeps the rollback journal: as safe, and slower. */
static int use_wal(sqlite3 *db, struct diag *diag)
{
	const struct timespec wait = {0, WAL_WAIT_NS};
	int r = SQLITE_BUSY;

	for (int i = 0; i < WAL_TRIES; i++) {
		r = sqlite3_exec(db, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
		if ((r & 0xff) != SQLITE_BUSY)
			break;
		nanosleep(&wait, NULL);
	}
	return r == SQLITE_OK ? 0 : journal_db_error(db, diag);
}

static int set_up(sqlite3 *db, enum journal_db_use use, struct diag *diag)
{
	int r, version;

	sqlite3_extended_result_codes(db, 1);
	sqlite3_busy_timeout(db, JOURNAL_BUSY_MS);
	/* The file may have been changed by someone who wishes us ill (sudo). */
	sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, NULL);
	if ((version = check_version_at_once(db, diag)) < 0)
		return version;
	if (use == JOURNAL_READS && !version)
		return diag_set(diag, ERROR_NOT_FOUND, "The journal %s holds no scan yet",
				sqlite3_db_filename(db, "main"));
	if (use == JOURNAL_READS)
		return look_like_ours(db, version, diag);
	if ((r = use_wal(db, diag)) < 0 || version == JOURNAL_SCHEMA_VERSION)
		return r;
	return make_schema(db, diag);
}

static int open_file(const char *path, enum journal_db_use use, sqlite3 **ret_db)
{
	int r = sqlite3_open_v2(path, ret_db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);

	if (r != SQLITE_OK && use == JOURNAL_READS) { /* somebody else's journal */
		sqlite3_close(*ret_db);
		r = sqlite3_open_v2(path, ret_db, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, NULL);
	}
	return r;
}

int journal_db_open(const char *path, enum journal_db_use use, sqlite3 **ret_db, struct diag *diag)
{
	sqlite3 *db = NULL;
	struct stat info;
	int r;

	if (stat(path, &info) && errno == ENOENT)
		return diag_set(diag, ERROR_NOT_FOUND,
				"There is no journal %s; the first scan makes it", path);
	if (open_file(path, use, &db) != SQLITE_OK) {
		r = journal_db_error(db, NULL);
		diag_set(diag, r, "Cannot open the journal %s: %s", path,
			 db ? sqlite3_errmsg(db) : "out of memory");
	} else {
		r = set_up(db, use, diag);
	}
	if (r < 0) {
		sqlite3_close(db);
		return r;
	}
	*ret_db = db;
	return 0;
}

void journal_db_close(sqlite3 *db)
{
	sqlite3_close(db);
}
