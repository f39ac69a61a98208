/* Models of IPv6 stacks: what is read can judge. */
#include "detect/os/os6_model.h"
#include "util/error.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static struct os6_features features;
	static struct os6_verdict verdict;
	struct os6_model *model = NULL;
	struct diag diag = {0};
	unsigned i;

	if (os6_model_parse((const char *)data, bytes, &model, &diag) < 0) {
		assert(*diag.text);
		return 0;
	}
	for (i = 0; i < OS6_FEATURES; i++) {
		features.values[i] = (int)(i % 7) - 1;
		features.asked[i] = i % 3;
	}
	os6_model_judge(model, &features, &verdict);
	assert(verdict.count == os6_model_classes(model) && verdict.count);
	os6_model_free(model);
	return 0;
}
