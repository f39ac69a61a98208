/* How many sends answers needed, and what that tells of those that never came. What
 * the last sends still found counts most, so a burst that drowned the first ones does
 * not hide that later ones were lost, too. Knows counts only. */
#ifndef PORTOLAN_ENGINE_ATTEMPTS_H
#define PORTOLAN_ENGINE_ATTEMPTS_H

#include <stdint.h>

#define ATTEMPTS_MOST 12u /* later ones count as this one */

struct attempts {
	uint32_t answered[ATTEMPTS_MOST]; /* [0]: by the first send */
};

void attempts_note(struct attempts *attempts, unsigned attempt); /* from 1 */
/* How many would answer that `sends` sends have left silent, when each send is lost
 * with this chance by now: the most that any stretch of the sends speaks for.
 * ret_least: the least; ret_variance: of the most. NULL is fine for both. */
double attempts_missed(const struct attempts *attempts, unsigned sends, double loss,
		       double *ret_least, double *ret_variance);
/* The least sends, two or more, that miss no more than this share of what answers. */
unsigned attempts_wanted(const struct attempts *attempts, double risk, double loss);

/* Evidence of loss that fades as more comes in. */
struct lately {
	double heard, lost;
};

/* Counted; what came `memory` pieces of evidence before weighs a third. */
void lately_note(struct lately *lately, double heard, double lost, double memory);
/* The share lost; what is usual counts as a little evidence. */
double lately_loss(const struct lately *lately, double usual);

#endif
