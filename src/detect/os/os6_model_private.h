/* Inside of os6_model.c and os6_model_parse.c. */
#ifndef PORTOLAN_DETECT_OS_OS6_MODEL_PRIVATE_H
#define PORTOLAN_DETECT_OS_OS6_MODEL_PRIVATE_H

#include "detect/os/os6_model.h"
#include "util/arena.h"

struct os6_scale {
	double add, times;
};

/* Of one class and one feature. Variance -1: the class was never asked for it. */
struct os6_cell {
	double weight, mean, variance;
};

struct os6_model {
	struct arena arena; /* texts */
	size_t count;
	struct os6_class classes[OS6_CLASSES_MOST];
	struct os6_scale scales[OS6_FEATURES];
	struct os6_cell *cells; /* a row of `count` for each feature */
};

#endif
