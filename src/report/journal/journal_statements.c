#include "report/journal/journal_hops.h"
#include "report/journal/journal_script.h"
#include "report/journal/journal_service.h"
#include "report/journal/journal_store.h"
#include "report/journal/journal_system.h"

/* Of the lists that belong to a host's system or way. */
#define PUT_ITEM(table, columns, marks)                                       \
	"INSERT OR REPLACE INTO " table " (scan_id, host, position, " columns \
	") VALUES (?,?,?," marks ")"
#define DELETE_OF_HOST(table) "DELETE FROM " table " WHERE scan_id=? AND host=?"

/* Columns are bound left to right, in the order written here. */
static const char *const statements[STATEMENTS] = {
	[ADD_SCAN] =
		"INSERT INTO scan (uuid, program, version, command_line, plan, seed, list_only,"
		" start_s, begin_ns, last_ns) VALUES (?,?,?,?,?,?,?,?,?,?)",
	[BEGIN_SCAN] = "UPDATE scan SET begin_ns=? WHERE id=?",
	/* The totals of an ended scan are the engine's, and stay. */
	[PROGRESS_SCAN] = "UPDATE scan SET last_ns=?1,"
			  " hosts_total=iif(end_ns IS NULL, ?2, hosts_total),"
			  " hosts_up=iif(end_ns IS NULL, ?3, hosts_up),"
			  " hosts_down=iif(end_ns IS NULL, ?4, hosts_down),"
			  " open_ports=iif(end_ns IS NULL, ?5, open_ports)"
			  " WHERE id=?6",
	[END_SCAN] = "UPDATE scan SET end_ns=?, outcome=?, why=?, hosts_total=?, hosts_up=?,"
		     " hosts_down=?, probes_sent=?, probes_answered=?, probes_resent=?,"
		     " dropped_locally=?, estimated_missed=?, probes_planned=?,"
		     " dropped_receiving=?, missed=?, missed_low=?, missed_high=?, raw_sent=?,"
		     " raw_sent_bytes=?, raw_received=?, raw_received_bytes=?, open_ports=(SELECT "
		     "count(*) FROM port"
		     " WHERE scan_id=scan.id AND state='open') WHERE id=?",
	[SPOIL_SCAN] = "UPDATE scan SET why=? WHERE id=?",
	[ADD_PORT_SET] = "INSERT INTO port_set VALUES (?,?,?,?)",
	[PUT_HOST] = "INSERT OR REPLACE INTO host (scan_id, host, address, address_key, scope,"
		     " port_set, name, ptr, state, reason, ttl, from_address, attempt, rtt_us,"
		     " probe_port, found_ns, found_seq, hinted, done_ns, done_seq, ports_scanned,"
		     " timed_out, incomplete, start_ns, end_ns, srtt_us, rttvar_us, timeout_us,"
		     " mac, liar, liar_ttl)"
		     " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_OTHER] = "INSERT OR REPLACE INTO host_other VALUES (?,?,?,?,?,?)",
	[PUT_PORT] = "INSERT OR REPLACE INTO port (scan_id, host, transport, number, state, reason,"
		     " ttl, from_address, attempt, rtt_us, at_ns, seq)"
		     " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[DELETE_PORT] = "DELETE FROM port WHERE scan_id=? AND host=? AND transport=? AND number=?",
	[ADD_RANGE] = "INSERT INTO port_range (scan_id, host, piece, transport, first, last, ports,"
		      " state, reason, ttl, from_address, attempt_max, rtt_min_us, rtt_max_us)"
		      " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[DELETE_RANGES] = "DELETE FROM port_range WHERE scan_id=? AND host=?",
	[PUT_SERVICE] = "INSERT OR REPLACE INTO service (scan_id, host, transport,"
			" number, " JOURNAL_SERVICE_COLUMNS ", at_ns, seq)"
			" VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,"
			"?)",
	[ADD_CERTIFICATE] = "INSERT OR IGNORE INTO certificate (scan_id, "
			    "sha256, " JOURNAL_CERTIFICATE_COLUMNS ")"
			    " VALUES (?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_SYSTEM] = "INSERT OR REPLACE INTO system (scan_id, host, " JOURNAL_SYSTEM_COLUMNS
		       ", at_ns, seq)"
		       " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_MATCH] = PUT_ITEM("system_match", JOURNAL_MATCH_COLUMNS, "?,?,?,?,?,?"),
	[PUT_CLASS] = "INSERT OR REPLACE INTO system_class (scan_id, host, match, "
		      "position, " JOURNAL_CLASS_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?)",
	[PUT_RUNNING] = PUT_ITEM("system_running", JOURNAL_RUNNING_COLUMNS, "?,?,?"),
	[PUT_SAMPLE] = PUT_ITEM("system_sample", JOURNAL_SAMPLE_COLUMNS, "?,?,?"),
	[PUT_GUESS] = PUT_ITEM("system_guess", JOURNAL_GUESS_COLUMNS, "?,?,?"),
	[PUT_EVIDENCE] = PUT_ITEM("system_evidence", JOURNAL_EVIDENCE_COLUMNS, "?,?,?,?"),
	[DELETE_MATCHES] = DELETE_OF_HOST("system_match"),
	[DELETE_CLASSES] = DELETE_OF_HOST("system_class"),
	[DELETE_RUNNING] = DELETE_OF_HOST("system_running"),
	[DELETE_SAMPLES] = DELETE_OF_HOST("system_sample"),
	[DELETE_GUESSES] = DELETE_OF_HOST("system_guess"),
	[DELETE_EVIDENCE] = DELETE_OF_HOST("system_evidence"),
	[PUT_PATH] = "INSERT OR REPLACE INTO path (scan_id, host, " JOURNAL_PATH_COLUMNS
		     ", at_ns, seq) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_HOP] = "INSERT OR REPLACE INTO hop (scan_id, host, ttl, " JOURNAL_HOP_COLUMNS
		    ") VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[DELETE_HOPS] = DELETE_OF_HOST("hop"),
	[PUT_SCRIPT] = "INSERT OR REPLACE INTO script (scan_id, host, " JOURNAL_SCRIPT_COLUMNS
		       ", at_ns, seq) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_SCRIPT_VALUE] = "INSERT INTO script_value (scan_id, host, script, "
			     "position, " JOURNAL_SCRIPT_VALUE_COLUMNS ") VALUES (?,?,?,?,?,?,?,?)",
	[DELETE_SCRIPT_VALUES] =
		"DELETE FROM script_value WHERE scan_id=?1 AND host=?2 AND script=(SELECT seq"
		" FROM script WHERE scan_id=?1 AND host=?2 AND scope=?3 AND transport=?4"
		" AND number=?5 AND id=?6)",
	[PUT_FINDING] = "INSERT OR REPLACE INTO finding (scan_id, host, " JOURNAL_FINDING_COLUMNS
			", at_ns, seq) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
	[PUT_SCRIPTS_DONE] =
		"INSERT INTO script_block (scan_id, scope, at_ns, seq) VALUES (?,?,?,?)",
	[ADD_SKIPPED] = "INSERT INTO skipped VALUES (?,?,?,?,?)",
	[ADD_WARNING] = "INSERT INTO warning VALUES (?,?,?,?)",
};

const char *journal_statement_sql(enum statement statement)
{
	return statements[statement];
}
