/* What of nmap and stdnse needs no scan; and what of Lua's own libraries is closed. */
#include "machine_fixture.h"
#include "script/context.h"

#include <dirent.h>
#include <sys/stat.h>

static const struct script_machine_config plain;
static const struct script_limits limits = {.quota = {.memory_bytes = 16 << 20}};

static struct fixture fixture;

static void says_with(int line, const struct script_machine_config *config, const char *body,
		      const char *expected)
{
	assert_int_equal(fixture_open(&fixture, config, &limits), 0);
	fixture_do(&fixture, body);
	if (strcmp(fixture.said, expected) != 0)
		fail_msg("line %d: said [%s] end %d [%s]", line, fixture.said, fixture.end,
			 fixture.text);
	fixture_close(&fixture);
}

#define SAYS(body, expected) says_with(__LINE__, &plain, body, expected)

/* Each body is an action of its own; all start together. */
static void together(int line, const char *const *bodies, const char *expected)
{
	char name[8];
	int at;

	assert_int_equal(fixture_open(&fixture, &plain, &limits), 0);
	for (at = 0; bodies[at]; at++) {
		snprintf(name, sizeof(name), "%c.nse", 'a' + at);
		fixture_action(&fixture, name, bodies[at]);
	}
	fixture_run(&fixture);
	if (strcmp(fixture.said, expected) != 0)
		fail_msg("line %d: said [%s] end %d [%s]", line, fixture.said, fixture.end,
			 fixture.text);
	fixture_close(&fixture);
}

#define TOGETHER(expected, ...) \
	together(__LINE__, (const char *const[]){__VA_ARGS__, NULL}, expected)

static void mutex_is_held_by_one_in_order(void **state)
{
	static const char hold[] = "local m = nmap.mutex('x') m 'lock' nmap.socket.sleep(1) m "
				   "'done' return nmap.clock()";

	TOGETHER("a: 1001.0\nb: 1002.0\nc: 1003.0\n", hold, hold, hold);
}

static void mutex_knows_its_holder(void **state)
{
	SAYS("local m, t = nmap.mutex(print), tostring "
	     "local r = t(m 'running') .. t(m 'trylock') .. t(m 'trylock') "
	     "r = r .. t(m 'running' == coroutine.running()) "
	     "r = r .. select(2, pcall(coroutine.wrap(m), 'done')) m 'done' "
	     "return r .. t(m 'running') .. t(nmap.mutex(print) == m) .. select('#', m 'lock')",
	     "s: niltruefalsetruedo not have a lock on this mutexniltrue0\n");
	SAYS("return select(2, pcall(nmap.mutex, 1)) .. select(2, pcall(nmap.mutex)) .. "
	     "select(2, pcall(nmap.mutex({}), 'x'))",
	     "s: bad argument #1 to 'nmap.mutex' (object expected)bad argument #1 to 'nmap.mutex' "
	     "(object expected)bad argument #1 to '?' (invalid option 'x')\n");
}

static void dead_holder_lets_go(void **state)
{
	TOGETHER("b: 1001.0\n", "nmap.mutex('x')('lock') nmap.socket.sleep(1) error 'dead'",
		 "nmap.mutex('x')('lock') return nmap.clock()");
	TOGETHER("a: \nb: got it\n", "nmap.mutex('x')('lock') collectgarbage()",
		 "nmap.socket.sleep(1) nmap.mutex('x')('lock') return 'got it'");
	TOGETHER("b: true\na: false\n",
		 "nmap.mutex('x')('lock') for i = 1, 200 do collectgarbage() end "
		 "nmap.socket.sleep(2) return false",
		 "for i = 1, 200 do collectgarbage() end return not nmap.mutex('x')('trylock')");
}

/* Who is stopped while it stands in line is skipped. */
static void dead_waiter_is_skipped(void **state)
{
	const struct script_limits two = {.timeout_ns = 2 * NS_PER_S};

	assert_int_equal(fixture_open(&fixture, &plain, &two), 0);
	fixture_do(&fixture, "local m = nmap.mutex('x') m 'lock' "
			     "local c = coroutine.create(function() m 'lock' end) "
			     "local new = require('stdnse').new_thread "
			     "new(function() m 'lock' nmap.log_write('stdout', 'got it') end) "
			     "nmap.socket.sleep(5)");
	assert_int_equal(fixture.end, SCRIPT_TIMED_OUT);
	assert_string_equal(fixture.said, "");
	fixture_close(&fixture);
}

static void condvar_wakes_one_or_all(void **state)
{
	static const char wait[] = "nmap.condvar('c')('wait') return nmap.clock() .. SCRIPT_NAME";

	TOGETHER("c: \nb: 1001.0b\na: 1001.0a\n", wait, wait,
		 "local c = nmap.condvar('c') nmap.socket.sleep(1) c 'signal'");
	TOGETHER("a: 1002.0a\nc: \nb: 1005.0\n",
		 "nmap.condvar('c')('wait') nmap.socket.sleep(1) return nmap.clock() .. "
		 "SCRIPT_NAME",
		 "nmap.condvar('d')('wait') return nmap.clock()",
		 "nmap.condvar('d') nmap.socket.sleep(1) nmap.condvar('c')('broadcast') "
		 "nmap.condvar('c')('signal') "
		 "nmap.socket.sleep(4)");
}

/* The worker ends between the look at it and the waiting, where nothing ends with Nmap. */
static void a_signal_missed_for_others_turn_is_no_loss(void **state)
{
	SAYS("local all, done = {}, false local c = nmap.condvar(all) "
	     "local co = require('stdnse').new_thread(function() nmap.condvar(all) done = true "
	     "end) "
	     "local passes = 0 while coroutine.status(co) ~= 'dead' do passes = passes + 1 "
	     "while not done do end c 'wait' end return passes",
	     "s: 1\n");
}

static void workers_run_beside_their_base(void **state)
{
	SAYS("local s = require 'stdnse' local out = {} "
	     "local co, info = s.new_thread(function(a, b) out[#out + 1] = a .. b .. "
	     "tostring(s.isworker()) .. s.getid() .. tostring(s.base() == coroutine.running()) "
	     "nmap.socket.sleep(1) error 'bad' end, 'x', 'y') "
	     "out[#out + 1] = info() .. type(co) nmap.socket.sleep(0.5) out[#out + 1] = info() "
	     "nmap.socket.sleep(1) local status, e = info() "
	     "return table.concat(out, ' ') .. status .. e .. tostring(s.isworker())",
	     "log> s.nse:1: bad\nstack traceback:\n\t[C]: in function 'error'\n\ts.nse:1: in "
	     "function <s.nse:1>\ns: suspendedthread xytruestrue suspendeddeads.nse:1: "
	     "badfalse\n");
	SAYS("local co, info = require('stdnse').new_thread(function() return nil, 1 end) "
	     "nmap.socket.sleep(1) return coroutine.status(co) .. info()",
	     "s: deaddead\n");
	SAYS("local s = require 'stdnse' s.new_thread(function() nmap.socket.sleep(9) "
	     "nmap.log_write('stdout', 'orphan') end) return s.gettid() == s.gettid()",
	     "s: true\n");
}

static void functions_know_when_no_script_runs(void **state)
{
	char *why;

	assert_int_equal(fixture_open(&fixture, &plain, &limits), 0);
	fixture_load(&fixture, "s.nse",
		     "local s = require 'stdnse' local t = tostring prerule = print "
		     "error(t(s.base()) .. t(s.getid()) .. t(s.getinfo()) .. t(s.isworker()) .. "
		     "select('#', s.gethostport()) .. select(2, pcall(s.new_thread, print)))",
		     &why);
	assert_non_null(strstr(why, "nilnilnilfalse0stdnse.new_thread can only be run from an "
				    "active script"));
	alloc_free(why);
	assert_int_equal(
		fixture_load(&fixture, "s.nse", "require('stdnse').silent_require 'no'", &why),
		ERROR_UNSUPPORTED);
	fixture_close(&fixture);
}

static void host_and_port_are_told_to_workers(void **state)
{
	struct script_group *group;

	assert_int_equal(fixture_open(&fixture, &plain, &limits), 0);
	fixture_action(&fixture, "s.nse",
		       "local s = require 'stdnse' return table.concat({s.gethostport()}, ':')");
	group = fixture_group(&fixture, SCRIPT_PORTRULE, "host");
	fixture_add(group, fixture.scripts[0], "80");
	script_group_start(group);
	loop_run(fixture.loop);
	assert_string_equal(fixture.said, "s: host:80\n");
	fixture_close(&fixture);
}

static void log_and_random(void **state)
{
	SAYS("nmap.log_write('stdout', 'one') nmap.log_write('stderr', 'two') return "
	     "#nmap.get_random_bytes(0) .. #nmap.get_random_bytes(1000) .. "
	     "select(2, pcall(nmap.get_random_bytes, -1))",
	     "stdout> one\nstderr> two\ns: 01000Invalid length argument to get_random_bytes.\n");
	SAYS("print(1, nil, 'x')", "stdout> 1\tnil\tx\ns: \n");
	SAYS("return tostring(nmap.get_random_bytes(16) == nmap.get_random_bytes(16))",
	     "s: false\n");
	SAYS("return type(nmap.registry.args) .. tostring(require 'nmap' == nmap) .. "
	     "tostring(require 'nmap.socket' == nmap.socket)",
	     "s: tabletruetrue\n");
}

static void modules_are_ours_alone(void **state)
{
	SAYS("local m = require 'x.y' return m.name .. tostring(m == require 'x.y') .. "
	     "m.path:match('modules/(.*)')",
	     "s: x.ytruex/y.lua\n");
	SAYS("local _, e = pcall(require, 'socket') return e:match(\"^.-no library 'socket'\")",
	     "s: module 'socket' not found:\n\tno library 'socket'\n");
	SAYS("return tostring(pcall(require, '..x')) .. tostring(pcall(require, '/etc/passwd'))",
	     "s: falsefalse\n");
	SAYS("local _, e = pcall(require, 'broken') return e:match('[^/]*$')",
	     "s: broken.lua:1: this module fails\n");
	SAYS("package.preload.p = function() return {n = 5} end return require('p').n", "s: 5\n");
}

/* A module's memory stays when the script that asked for it first is gone: it is the run's. */
static void modules_are_charged_to_the_run(void **state)
{
	const struct script_limits little = {.quota = {.memory_bytes = 256 << 10}};

	assert_int_equal(fixture_open(&fixture, &plain, &little), 0);
	assert_string_equal(fixture_do(&fixture, "return #require('x.y').big"), "s: 1048576\n");
	fixture_close(&fixture);
}

static void closed_functions_are_not_there(void **state)
{
	static const char count[] =
		"local n = 0 for _, f in ipairs {'os.execute', 'os.exit', 'os.remove', "
		"'os.rename', 'os.tmpname', 'os.setlocale', 'io.popen', 'io.tmpfile', 'io.read', "
		"'io.stdout', 'io.output', 'package.loadlib', 'debug.sethook', "
		"'debug.getregistry', 'debug.setmetatable', 'debug.setupvalue'} do "
		"local t, k = f:match '(.*)%.(.*)' if _G[t][k] or require(t)[k] then n = n + 1 "
		"end end return n";
	struct script_machine_config config = plain;

	SAYS(count, "s: 0\n");
	config.grants = SCRIPT_FILES;
	says_with(__LINE__, &config, count, "s: 7\n");
	config.grants = SCRIPT_PROCESSES;
	says_with(__LINE__, &config, count, "s: 2\n");
}

static bool may_read_itself(void *self, const char *path)
{
	return strstr(path, "/modules/x/y.lua") != NULL;
}

static void files_are_read_where_allowed(void **state)
{
	struct script_machine_config config = {.may_read = may_read_itself};
	char body[2048];

	SAYS("return select(2, io.open('/etc/passwd')) .. select(2, pcall(io.lines, "
	     "'/etc/passwd')) "
	     ".. select(2, loadfile('/etc/passwd')) .. select(2, pcall(dofile, '/etc/passwd'))",
	     "s: /etc/passwd: Permission denied/etc/passwd: Permission deniedcannot open "
	     "/etc/passwd: Permission deniedcannot open /etc/passwd: Permission denied\n");
	snprintf(body, sizeof(body),
		 "local p = '%s/test/unit/script/modules/x/y.lua' local t = tostring "
		 "local r = io.open(p):read('l') .. io.lines(p)() .. type(loadfile(p)) .. "
		 "dofile(p).set return r .. t(io.open(p, 'w')) .. t(io.open(p, 'r+')) .. "
		 "t(io.open(p, 'a')) .. loadfile(p, 'b', {})('n', 'p').name",
		 getenv("PORTOLAN_SOURCE_ROOT"));
	says_with(__LINE__, &config, body,
		  "s: local name, path = ...local name, path = ...function1nilnilniln\n");
}

static void old_unpack_takes_what_does_not_end(void **state)
{
	static const char body[] = "local ok, a, b = pcall(string.unpack, 'z', 'abc') "
				   "return tostring(ok) .. a .. (b or '') .. "
				   "table.concat({string.unpack('zB', 'x\\0y')}, ',')";
	const struct script_machine_config old = {.old_unpack = true};

	says_with(__LINE__, &old, body, "s: trueabc5x,121,4\n");
	SAYS(body,
	     "s: falsebad argument #2 to 'string.unpack' (unfinished string for format 'z')x,121,"
	     "4\n");
}

static void random_is_seeded(void **state)
{
	const struct script_machine_config seven = {.seed = 7};
	char first[sizeof(fixture.said)];

	assert_int_equal(fixture_open(&fixture, &seven, &limits), 0);
	snprintf(first, sizeof(first), "%s", fixture_do(&fixture, "return math.random(1 << 60)"));
	fixture_close(&fixture);
	says_with(__LINE__, &seven, "return math.random(1 << 60)", first);
}

static const char busy_body[] =
	"local s = require 'stdnse' local m = nmap.mutex({}) m 'lock' local c = nmap.condvar({}) "
	"local co, info = s.new_thread(function() nmap.socket.sleep(1) m 'lock' c 'signal' end) "
	"nmap.socket.sleep(2) m 'done' coroutine.wrap(function() c 'wait' end)() "
	"local t = {} for i = 1, 99 do t[i] = {} end return ('a'):rep(99):gsub('a', '%0%0')";

static int run_with_faults(void *self)
{
	char text[1024];
	const struct script_job empty = {0};
	struct script_job job = empty;
	struct script_group *group;
	char *why = NULL;
	int r;

	snprintf(text, sizeof(text),
		 "prerule = function() return true end action = function() "
		 "%s end",
		 busy_body);
	if ((r = fixture_open(&fixture, &plain, &limits)) < 0 ||
	    (r = fixture_load(&fixture, "s.nse", text, &why)) < 0)
		goto out;
	r = ERROR_MEMORY;
	if (!(group = script_group_new(fixture.scheduler, SCRIPT_PRERULE, NULL, NULL, NULL)))
		goto out;
	job.script = fixture.scripts[0];
	if (script_group_add(group, &job) < 0)
		goto out;
	script_group_start(group);
	loop_run(fixture.loop);
	r = fixture.end == SCRIPT_DONE ? 0 : ERROR_MEMORY;
out:
	alloc_free(why);
	fixture_close(&fixture);
	return r;
}

static void each_allocation_may_fail(void **state)
{
	support_each_allocation_fails(run_with_faults, NULL, 20000);
}

/* Lua asks again after a collection, so one fault is not felt: here the memory is used up, at
 * every size from too little to enough. */
static void memory_may_end_anywhere(void **state)
{
	struct script_limits some = limits;
	unsigned stopped = 0, done = 0;

	for (size_t bytes = 1 << 10; bytes < 48 << 10; bytes += 96) {
		some.quota.memory_bytes = bytes;
		assert_int_equal(fixture_open(&fixture, &plain, &some), 0);
		fixture_do(&fixture, busy_body);
		stopped += fixture.end == SCRIPT_STOPPED || fixture.end == SCRIPT_FAILED;
		done += fixture.end == SCRIPT_DONE;
		fixture_close(&fixture);
	}
	assert_true(stopped > 20);
	assert_true(done > 20);
}

/* Stand-ins for what needs more than a machine: any field is a function. */
static const char stand_ins[] =
	"local function any(name) local t = {} return setmetatable(t, {__index = function(_, k) "
	"return k:find '^_' and nil or any(k) end, __call = function() return t end}) end "
	"local real = nmap nmap = setmetatable({}, {__index = function(_, k) return real[k] or "
	"any(k) end}) package.loaded.nmap = nmap nmap.socket = any 'socket' "
	"for _, name in ipairs {'openssl', 'zlib', 'lfs', 'libssh2', 'nmapdb', 'nmap.dnet', "
	"'nmap.socket'} do local lib = any(name) package.loaded[name] = lib if not name:find '%.' "
	"then _G[name] = lib end end "
	"setmetatable(openssl, {__index = function() return function() return '' end end})";

static bool find_theirs(void *self, unsigned tree, const char *relative,
			struct script_module *ret_module)
{
	static char path[512];

	snprintf(path, sizeof(path), "/usr/share/nmap/nselib/%s", relative);
	*ret_module = (struct script_module){.file = {.name = path}};
	return access(path, R_OK) == 0;
}

static bool load_theirs(const char *name)
{
	struct text_file file = {.name = name};
	struct buf text = BUF_INIT;
	struct script *script;
	struct diag diag = {0};
	char path[512], *why = NULL;
	int r;

	snprintf(path, sizeof(path), "/usr/share/nmap/scripts/%s", name);
	assert_int_equal(file_read(path, 4 << 20, &text, &diag), 0);
	file = (struct text_file){path, text.data, text.len};
	r = script_load(fixture.machine, &file, &fixture_quota, NULL, &script, &why);
	if (r == 0)
		script_free(fixture.machine, script);
	else
		print_message("%s: %d %s\n", name, r, why ? why : "");
	alloc_free(why);
	buf_release(&text);
	return r == 0;
}

static bool may_read_theirs(void *self, const char *path)
{
	return strncmp(path, "/usr/share/nmap/", 16) == 0;
}

static void scripts_of_the_package_load(void **state)
{
	const struct script_machine_config config = {
		.find = find_theirs, .may_read = may_read_theirs, .old_unpack = true};
	struct script_context context = {.plan = plan_new()};
	unsigned count = 0, loaded = 0;
	struct dirent *entry;
	DIR *folder = opendir("/usr/share/nmap/scripts");

	if (!folder) {
		plan_free((struct plan *)(uintptr_t)context.plan);
		print_message("SKIPPED: nmap-common is not installed\n");
		skip();
	}
	assert_int_equal(fixture_open(&fixture, &config, &limits), 0);
	script_machine_set_context(fixture.machine, &context);
	if (luaL_dostring(script_machine_lua(fixture.machine), stand_ins) != LUA_OK)
		fail_msg("%s", lua_tostring(script_machine_lua(fixture.machine), -1));
	while ((entry = readdir(folder))) {
		const char *end = strrchr(entry->d_name, '.');

		if (!end || strcmp(end, ".nse") != 0)
			continue;
		count++;
		loaded += load_theirs(entry->d_name);
	}
	closedir(folder);
	print_message("%u of %u scripts load, %zu KB\n", loaded, count,
		      script_machine_bytes(fixture.machine) >> 10);
	assert_true(count > 0);
	assert_int_equal(loaded, count);
	fixture_close(&fixture);
	plan_free((struct plan *)(uintptr_t)context.plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mutex_is_held_by_one_in_order),
		cmocka_unit_test(mutex_knows_its_holder),
		cmocka_unit_test(dead_holder_lets_go),
		cmocka_unit_test(dead_waiter_is_skipped),
		cmocka_unit_test(condvar_wakes_one_or_all),
		cmocka_unit_test(a_signal_missed_for_others_turn_is_no_loss),
		cmocka_unit_test(workers_run_beside_their_base),
		cmocka_unit_test(functions_know_when_no_script_runs),
		cmocka_unit_test(host_and_port_are_told_to_workers),
		cmocka_unit_test(log_and_random),
		cmocka_unit_test(modules_are_ours_alone),
		cmocka_unit_test(modules_are_charged_to_the_run),
		cmocka_unit_test(closed_functions_are_not_there),
		cmocka_unit_test(files_are_read_where_allowed),
		cmocka_unit_test(old_unpack_takes_what_does_not_end),
		cmocka_unit_test(random_is_seeded),
		cmocka_unit_test(each_allocation_may_fail),
		cmocka_unit_test(memory_may_end_anywhere),
		cmocka_unit_test(scripts_of_the_package_load),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
