#include "report/format/ndjson_service.h"

#include "report/cpe.h"
#include "report/service_end.h"

#include <time.h>

static void add_text(struct json_writer *json, const char *key, const char *text)
{
	if (text)
		json_write_text(json, key, text);
}

static void add_uint(struct json_writer *json, const char *key, uint64_t value)
{
	if (value)
		json_write_uint(json, key, value);
}

static void add_version(struct json_writer *json, const struct service_facts *facts)
{
	add_text(json, "name", facts->name);
	add_text(json, "product", facts->product);
	add_text(json, "version", facts->version);
	add_text(json, "extrainfo", facts->extrainfo);
	add_text(json, "hostname", facts->hostname);
	add_text(json, "ostype", facts->ostype);
	add_text(json, "devicetype", facts->devicetype);
}

static void add_formatted(struct json_writer *json, const char *uri)
{
	struct buf name = BUF_INIT;

	if (cpe_add_formatted(&name, uri))
		json_write_text(json, NULL, buf_str(&name));
	if (!buf_ok(&name))
		json->out->failed = true;
	buf_release(&name);
}

static void add_cpes(struct json_writer *json, const struct service_facts *facts)
{
	const char *const cpes[] = {facts->cpe_a, facts->cpe_h, facts->cpe_o};

	if (!cpes[0] && !cpes[1] && !cpes[2])
		return;
	json_write_array(json, "cpe");
	for (int i = 0; i < 3; i++)
		add_text(json, NULL, cpes[i]);
	json_write_array_end(json);
	json_write_array(json, "cpe23");
	for (int i = 0; i < 3; i++)
		if (cpes[i])
			add_formatted(json, cpes[i]);
	json_write_array_end(json);
}

/* Certificates live longer than nanoseconds since 1970 can count. */
static void add_date(struct json_writer *json, const char *key, int64_t when_s)
{
	time_t when = (time_t)when_s;
	struct tm utc;

	if (!gmtime_r(&when, &utc) || utc.tm_year < -1900 || utc.tm_year > 9999 - 1900)
		return;
	json_write_word_begin(json, key);
	buf_addf(json->out, "%04d-%02d-%02dT%02d:%02d:%02dZ", utc.tm_year + 1900, utc.tm_mon + 1,
		 utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec);
	json_write_word_end(json);
}

static void add_sha256(struct json_writer *json, const uint8_t *sha256)
{
	json_write_word_begin(json, "sha256");
	for (int i = 0; i < 32; i++)
		buf_addf(json->out, "%02x", sha256[i]);
	json_write_word_end(json);
}

static void add_certificate(struct json_writer *json, const struct service_certificate *certificate)
{
	json_write_object(json, "certificate");
	add_text(json, "subject", certificate->subject);
	add_text(json, "issuer", certificate->issuer);
	if (certificate->names_count) {
		json_write_array(json, "names");
		for (size_t i = 0; i < certificate->names_count; i++)
			add_text(json, NULL, certificate->names[i]);
		json_write_array_end(json);
	}
	add_date(json, "not_before", certificate->not_before_s);
	add_date(json, "not_after", certificate->not_after_s);
	add_text(json, "key", certificate->key);
	add_text(json, "signature", certificate->signature);
	add_sha256(json, certificate->sha256);
	json_write_bool(json, "self_signed", certificate->self_signed);
	if (certificate->der_bytes)
		json_write_base64(json, "der_b64", certificate->der, certificate->der_bytes);
	json_write_object_end(json);
}

static void add_tls(struct json_writer *json, const struct service_tls *tls)
{
	json_write_object(json, "tls");
	add_text(json, "version", tls->version);
	add_text(json, "cipher", tls->cipher);
	add_text(json, "alpn", tls->alpn);
	add_text(json, "server_name", tls->server_name);
	if (service_has_certificate(tls))
		add_certificate(json, &tls->certificate);
	json_write_object_end(json);
}

static void add_evidence(struct json_writer *json, const struct service_facts *facts)
{
	json_write_object(json, "evidence");
	add_text(json, "probe", facts->probe);
	add_text(json, "matched_with", facts->matched_with);
	add_text(json, "file", facts->file);
	add_uint(json, "line", facts->line);
	if (facts->sample_bytes)
		json_write_base64(json, "sample_b64", facts->sample, facts->sample_bytes);
	add_uint(json, "response_bytes", facts->response_bytes);
	add_uint(json, "probes_sent", facts->probes_sent);
	add_uint(json, "took_us", facts->took_ns / 1000);
	json_write_object_end(json);
}

void ndjson_add_service(struct json_writer *json, const struct service_facts *facts)
{
	bool probed = facts->end <= SERVICE_WRAPPED;

	json_write_object(json, "detected");
	json_write_word(json, "outcome", service_end_name(facts->end));
	json_write_word(json, "method", probed ? "probed" : "table");
	json_write_uint(json, "confidence", facts->confidence);
	if (facts->tunnel)
		json_write_word(json, "tunnel", "ssl");
	add_version(json, facts);
	add_cpes(json, facts);
	add_text(json, "fingerprint", facts->fingerprint);
	if (facts->tls)
		add_tls(json, facts->tls);
	add_evidence(json, facts);
	json_write_object_end(json);
}
