/* The model's text, fields between tabs (data/os6/README.md):
 *
 *	class	NAME	VENDOR	FAMILY	GENERATION	TYPE	CPE CPE ...
 *	feature	NAME	ADD	TIMES	then WEIGHT	MEAN	VARIANCE for each class
 *
 * with all classes before the features, and the features in their order. Numbers are whole
 * millionths. # begins a comment. */
#include "detect/os/os6_model_private.h"
#include "net/builtin.h"
#include "util/alloc.h"
#include "util/error.h"

#include <string.h>

#define MILLIONTHS   1e6
#define CPES_MOST    4u
#define NUMBER_BYTES 18u /* digits that always fit */

struct field {
	const char *text;
	size_t bytes;
};

struct cursor {
	const char *at, *end; /* of the text */
	const char *line_end;
	unsigned line;
	struct os6_model *model;
	unsigned features; /* so far */
	struct diag *diag;
};

static int wrong(const struct cursor *in, const char *words)
{
	return diag_set_at(in->diag, ERROR_SYNTAX, in->line, 0, "line %u of the model: %s",
			   in->line, words);
}

/* The next field of the line; empty past its end. */
static struct field take(struct cursor *in)
{
	const char *tab = memchr(in->at, '\t', (size_t)(in->line_end - in->at));
	struct field field = {in->at, (size_t)((tab ? tab : in->line_end) - in->at)};

	in->at = tab ? tab + 1 : in->line_end;
	return field;
}

static bool is(struct field field, const char *word)
{
	return strlen(word) == field.bytes && memcmp(field.text, word, field.bytes) == 0;
}

static bool take_number(struct cursor *in, double *ret_number)
{
	struct field field = take(in);
	bool minus = field.bytes && *field.text == '-';
	int64_t value = 0;
	size_t i;

	if (field.bytes <= minus || field.bytes - minus > NUMBER_BYTES)
		return false;
	for (i = minus; i < field.bytes; i++) {
		if (field.text[i] < '0' || field.text[i] > '9')
			return false;
		value = value * 10 + (field.text[i] - '0');
	}
	*ret_number = (double)(minus ? -value : value) / MILLIONTHS;
	return true;
}

/* ---- classes ---- */

static int keep(struct cursor *in, const char **ret_text)
{
	struct field field = take(in);
	char *text = arena_alloc(&in->model->arena, field.bytes + 1);

	if (!text)
		return ERROR_MEMORY;
	memcpy(text, field.text, field.bytes);
	text[field.bytes] = '\0';
	*ret_text = text;
	return 0;
}

/* A list between blanks, cut up in place; it is the arena's. */
static int keep_cpes(struct cursor *in, struct os_class *class)
{
	const char **cpes = arena_alloc(&in->model->arena, CPES_MOST * sizeof(*cpes)), *list;
	char *saved, *cpe;

	if (!cpes || keep(in, &list) < 0)
		return ERROR_MEMORY;
	class->cpes = cpes;
	for (cpe = strtok_r((char *)list, " ", &saved); cpe; cpe = strtok_r(NULL, " ", &saved)) {
		if (class->cpes_count == CPES_MOST)
			return wrong(in, "a class has at most 4 CPEs");
		cpes[class->cpes_count++] = cpe;
	}
	return 0;
}

static int parse_class(struct cursor *in)
{
	struct os6_class *made = &in->model->classes[in->model->count];
	struct os_class *class = &made->class;
	int r;

	if (in->model->count == OS6_CLASSES_MOST || in->features)
		return wrong(in, "classes come before features, and are at most 200");
	if ((r = keep(in, &made->name)) < 0 || (r = keep(in, &class->vendor)) < 0 ||
	    (r = keep(in, &class->family)) < 0 || (r = keep(in, &class->generation)) < 0 ||
	    (r = keep(in, &class->type)) < 0 || (r = keep_cpes(in, class)) < 0)
		return r;
	if (!*made->name || !*class->vendor || !*class->family || !*class->type)
		return wrong(in, "a class has a name, a vendor, a family and a type");
	if (!*class->generation)
		class->generation = NULL;
	in->model->count++;
	return 0;
}

/* ---- features ---- */

static bool take_cell(struct cursor *in, struct os6_cell *cell)
{
	return take_number(in, &cell->weight) && take_number(in, &cell->mean) &&
	       take_number(in, &cell->variance);
}

static int begin_features(struct cursor *in)
{
	struct os6_model *model = in->model;

	if (!model->count)
		return wrong(in, "there is no class");
	if (in->features == OS6_FEATURES)
		return wrong(in, "there are more than 695 features");
	if (!model->cells)
		model->cells = alloc_array(OS6_FEATURES * model->count, sizeof(*model->cells));
	return model->cells ? 0 : ERROR_MEMORY;
}

static int parse_feature(struct cursor *in)
{
	struct os6_scale *scale = &in->model->scales[in->features];
	char name[64];
	size_t i;
	int r;

	if ((r = begin_features(in)) < 0)
		return r;
	os6_feature_name(in->features, name, sizeof(name));
	if (!is(take(in), name))
		return wrong(in, "this is not the feature that comes next");
	if (!take_number(in, &scale->add) || !take_number(in, &scale->times))
		return wrong(in, "the scale is two whole numbers");
	for (i = 0; i < in->model->count; i++)
		if (!take_cell(in, &in->model->cells[in->features * in->model->count + i]))
			return wrong(in, "each class has three whole numbers");
	in->features++;
	return in->at == in->line_end ? 0 : wrong(in, "there is more than the classes have");
}

/* ---- all ---- */

static int parse_line(struct cursor *in)
{
	struct field what = take(in);

	if (!what.bytes || *what.text == '#')
		return 0;
	if (is(what, "class"))
		return parse_class(in);
	if (is(what, "feature"))
		return parse_feature(in);
	return wrong(in, "a line begins with class, feature or #");
}

static int parse_lines(struct cursor *in)
{
	const char *next;
	int r;

	for (; in->at < in->end; in->at = next) {
		const char *stop = memchr(in->at, '\n', (size_t)(in->end - in->at));

		in->line++;
		in->line_end = stop ? stop : in->end;
		next = stop ? stop + 1 : in->end;
		if ((r = parse_line(in)) < 0)
			return r;
	}
	return in->features == OS6_FEATURES ? 0 : wrong(in, "there are fewer than 695 features");
}

int os6_model_parse(const char *text, size_t bytes, struct os6_model **ret_model, struct diag *diag)
{
	struct os6_model *model = alloc_zero(sizeof(*model));
	struct cursor in = {.at = text, .end = text + bytes, .model = model, .diag = diag};
	int r;

	if (!model)
		return ERROR_MEMORY;
	if ((r = parse_lines(&in)) < 0) {
		os6_model_free(model);
		return r;
	}
	*ret_model = model;
	return 0;
}

int os6_model_builtin(struct os6_model **ret_model)
{
	return os6_model_parse((const char *)builtin_os6_model_tsv, builtin_os6_model_tsv_bytes,
			       ret_model, NULL);
}
