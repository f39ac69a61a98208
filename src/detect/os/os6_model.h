/* Our model of what IPv6 stacks answer (os-detection.md B3): for each class of systems a
 * weight for each feature, and what the feature usually is. Read from data/os6/model, which
 * tools/train-os6 makes; to classify is one matrix product. Knows no prints. */
#ifndef PORTOLAN_DETECT_OS_OS6_MODEL_H
#define PORTOLAN_DETECT_OS_OS6_MODEL_H

#include "detect/os/os6_features.h"
#include "detect/os/os_db.h"
#include "util/diag.h"

#define OS6_CLASSES_MOST 200u

/* Several can have one name: the shapes of one system. */
struct os6_class {
	const char *name; /* "Linux 5.10 - 6.18" */
	struct os_class class;
};

struct os6_model;

/* ERROR_SYNTAX with words; ERROR_MEMORY. Keeps nothing of the text. */
int os6_model_parse(const char *text, size_t bytes, struct os6_model **ret_model,
		    struct diag *diag);
int os6_model_builtin(struct os6_model **ret_model); /* ERROR_MEMORY */
void os6_model_free(struct os6_model *model);        /* NULL is fine */

size_t os6_model_classes(const struct os6_model *model);
const struct os6_class *os6_model_class(const struct os6_model *model, size_t place);

struct os6_score {
	uint32_t place;     /* of the class */
	double probability; /* that it is this class and none of the others */
	double novelty;     /* how far from all that was seen of the class */
};

enum os6_decision {
	OS6_KNOWN,      /* the best is it */
	OS6_TOO_LITTLE, /* no answer of an open port: nothing that would tell systems apart */
	OS6_UNSURE,     /* several are nearly as likely, or none is likely */
	OS6_NOVEL,      /* it is like none of those that the model knows */
};

struct os6_verdict {
	enum os6_decision decision;
	size_t count; /* of all classes, likeliest first */
	struct os6_score scores[OS6_CLASSES_MOST];
};

void os6_model_judge(const struct os6_model *model, const struct os6_features *features,
		     struct os6_verdict *ret_verdict);

#endif
