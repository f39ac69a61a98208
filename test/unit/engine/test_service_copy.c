#include "service_fixture.h"
#include "support.h"

#include "engine/script_result.h"
#include "engine/service_copy.h"
#include "util/alloc.h"
#include "util/error.h"

#include <stdlib.h>
#include <string.h>

static void assert_text(const char *copy, const char *text)
{
	if (!text) {
		assert_null(copy);
		return;
	}
	assert_non_null(copy);
	assert_ptr_not_equal(copy, text);
	assert_string_equal(copy, text);
}

static void assert_certificate(const struct service_certificate *copy,
			       const struct service_certificate *facts)
{
	assert_text(copy->subject, facts->subject);
	assert_text(copy->issuer, facts->issuer);
	assert_text(copy->key, facts->key);
	assert_text(copy->signature, facts->signature);
	assert_int_equal(copy->names_count, facts->names_count);
	for (size_t i = 0; i < facts->names_count; i++)
		assert_text(copy->names[i], facts->names[i]);
	assert_int_equal(copy->not_before_s, facts->not_before_s);
	assert_int_equal(copy->not_after_s, facts->not_after_s);
	assert_memory_equal(copy->sha256, facts->sha256, sizeof(facts->sha256));
	assert_int_equal(copy->der_bytes, facts->der_bytes);
	assert_memory_equal(copy->der, facts->der, facts->der_bytes);
}

static void assert_same(const struct service_facts *copy, const struct service_facts *facts)
{
	assert_text(copy->name, facts->name);
	assert_text(copy->product, facts->product);
	assert_text(copy->version, facts->version);
	assert_text(copy->extrainfo, facts->extrainfo);
	assert_text(copy->hostname, facts->hostname);
	assert_text(copy->ostype, facts->ostype);
	assert_text(copy->devicetype, facts->devicetype);
	assert_text(copy->cpe_a, facts->cpe_a);
	assert_text(copy->cpe_h, facts->cpe_h);
	assert_text(copy->cpe_o, facts->cpe_o);
	assert_text(copy->fingerprint, facts->fingerprint);
	assert_text(copy->probe, facts->probe);
	assert_text(copy->matched_with, facts->matched_with);
	assert_text(copy->file, facts->file);
	assert_int_equal(copy->end, facts->end);
	assert_int_equal(copy->line, facts->line);
	assert_int_equal(copy->took_ns, facts->took_ns);
	assert_int_equal(copy->sample_bytes, facts->sample_bytes);
	assert_memory_equal(copy->sample, facts->sample, facts->sample_bytes);
	assert_text(copy->tls->alpn, facts->tls->alpn);
	assert_text(copy->tls->server_name, facts->tls->server_name);
	assert_certificate(&copy->tls->certificate, &facts->tls->certificate);
}

static void a_copy_has_everything_and_shares_nothing(void **state)
{
	const struct service_facts *copy = service_copy_new(&fixture_facts, SERVICE_WHOLE);

	assert_non_null(copy);
	assert_same(copy, &fixture_facts);
	alloc_free((void *)copy);
}

/* As in a buffer that grew: the old place is gone. */
/* It is told once, by an observation of its own. */
static void a_finding_does_not_go_along(void **state)
{
	static const struct script_finding finding = {.id = "open"};
	struct service_facts facts = fixture_facts;
	const struct service_facts *copy;

	facts.finding = &finding;
	copy = service_copy_new(&facts, SERVICE_WHOLE);
	assert_non_null(copy);
	assert_null(copy->finding);
	alloc_free((void *)copy);
}

static void a_block_may_be_moved(void **state)
{
	size_t bytes = service_copy_bytes(&fixture_facts, SERVICE_WHOLE);
	uint8_t *first = malloc(bytes), *second = malloc(bytes);

	assert_true(bytes % 8 == 0);
	(void)service_copy_into(first, &fixture_facts, SERVICE_WHOLE);
	memcpy(second, first, bytes);
	memset(first, 0xee, bytes);
	assert_same(service_copy_moved(second), &fixture_facts);
	assert_same(service_copy_moved(second), &fixture_facts);
	free(first);
	free(second);
}

static void nothing_known_is_nothing_copied(void **state)
{
	const struct service_facts none = {.end = SERVICE_UNKNOWN};
	const struct service_facts *copy = service_copy_new(&none, SERVICE_WHOLE);

	assert_non_null(copy);
	assert_null(copy->name);
	assert_null(copy->tls);
	assert_null(copy->sample);
	assert_int_equal(copy->end, SERVICE_UNKNOWN);
	alloc_free((void *)copy);
}

static void what_is_too_long_is_cut_or_left_out(void **state)
{
	static char endless[100000];
	const char *names[1000];
	struct service_tls tls = fixture_tls;
	struct service_facts facts = fixture_facts;
	const struct service_facts *copy;

	memset(endless, 'x', sizeof(endless) - 1);
	for (size_t i = 0; i < 1000; i++)
		names[i] = endless;
	names[0] = NULL;
	facts.product = facts.fingerprint = facts.name = tls.certificate.subject = endless;
	facts.sample = (const uint8_t *)endless;
	facts.sample_bytes = sizeof(endless);
	tls.certificate.names = names;
	tls.certificate.names_count = 1000;
	tls.certificate.der = (const uint8_t *)endless;
	tls.certificate.der_bytes = sizeof(endless);
	facts.tls = &tls;
	copy = service_copy_new(&facts, SERVICE_WHOLE);
	assert_int_equal(strlen(copy->product), SERVICE_PRODUCT_MAX);
	assert_int_equal(strlen(copy->name), SERVICE_NAME_MAX);
	assert_int_equal(strlen(copy->fingerprint), SERVICE_FINGERPRINT_MAX);
	assert_int_equal(copy->sample_bytes, SERVICE_SAMPLE_MAX);
	assert_int_equal(strlen(copy->tls->certificate.subject), SERVICE_SUBJECT_MAX);
	assert_int_equal(copy->tls->certificate.names_count, SERVICE_ALT_NAMES_MAX);
	assert_string_equal(copy->tls->certificate.names[0], "");
	assert_int_equal(strlen(copy->tls->certificate.names[1]), SERVICE_NAME_MAX);
	assert_null(copy->tls->certificate.der);
	assert_int_equal(copy->tls->certificate.der_bytes, 0);
	assert_true(service_copy_bytes(&facts, SERVICE_WHOLE) < 48 << 10);
	alloc_free((void *)copy);
}

static void a_lean_one_has_what_reports_need(void **state)
{
	const struct service_facts *copy = service_copy_new(&fixture_facts, SERVICE_LEAN);

	assert_string_equal(copy->product, "nginx");
	assert_string_equal(copy->tls->certificate.subject, fixture_tls.certificate.subject);
	assert_null(copy->fingerprint);
	assert_null(copy->sample);
	assert_int_equal(copy->sample_bytes, 0);
	assert_null(copy->tls->certificate.names);
	assert_int_equal(copy->tls->certificate.names_count, 0);
	assert_null(copy->tls->certificate.der);
	alloc_free((void *)copy);
}

static int allocate(void *self)
{
	const struct service_facts *copy = service_copy_new(&fixture_facts, SERVICE_WHOLE);

	alloc_free((void *)copy);
	return copy ? 0 : ERROR_MEMORY;
}

static void memory_may_be_short(void **state)
{
	support_each_allocation_fails(allocate, NULL, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_has_everything_and_shares_nothing),
		cmocka_unit_test(a_finding_does_not_go_along),
		cmocka_unit_test(a_block_may_be_moved),
		cmocka_unit_test(nothing_known_is_nothing_copied),
		cmocka_unit_test(what_is_too_long_is_cut_or_left_out),
		cmocka_unit_test(a_lean_one_has_what_reports_need),
		cmocka_unit_test(memory_may_be_short),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
