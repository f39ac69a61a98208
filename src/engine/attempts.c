#include "engine/attempts.h"

#include <math.h>

#define SENDS_MOST   40u
#define LOSS_MOST    0.9
#define USUAL_WEIGHT 4.0

void attempts_note(struct attempts *attempts, unsigned attempt)
{
	if (attempt < 1)
		attempt = 1;
	attempts->answered[attempt < ATTEMPTS_MOST ? attempt - 1 : ATTEMPTS_MOST - 1]++;
}

/* Of T that were left before the k-th send, T * loss^(sends - k + 1) are left in the
 * end and the rest was heard since. The truth for a steady loss whatever k is; the most of
 * them where the early sends were lost more than the late ones. */
double attempts_missed(const struct attempts *attempts, unsigned sends, double loss,
		       double *ret_least, double *ret_variance)
{
	double heard = 0, most = 0, least = INFINITY, variance = 0, left, missed;
	unsigned k;

	if (loss > LOSS_MOST)
		loss = LOSS_MOST;
	for (k = ATTEMPTS_MOST; k && loss > 0; k--) {
		heard += attempts->answered[k - 1];
		left = pow(loss, k <= sends ? sends - k + 1 : 1);
		missed = heard * left / (1 - left);
		if (k <= sends && missed < least)
			least = missed;
		if (missed > most) {
			most = missed;
			variance = missed / (1 - left);
		}
	}
	if (ret_least)
		*ret_least = least < most ? least : most;
	if (ret_variance)
		*ret_variance = variance;
	return most;
}

unsigned attempts_wanted(const struct attempts *attempts, double risk, double loss)
{
	unsigned sends = 2, k;
	double heard = 0;

	for (k = 0; k < ATTEMPTS_MOST; k++)
		heard += attempts->answered[k];
	while (sends < SENDS_MOST &&
	       attempts_missed(attempts, sends, loss, NULL, NULL) > risk * heard)
		sends++;
	return sends;
}

void lately_note(struct lately *lately, double heard, double lost, double memory)
{
	lately->heard += heard - lately->heard * (heard + lost) / memory;
	lately->lost += lost - lately->lost * (heard + lost) / memory;
}

double lately_loss(const struct lately *lately, double usual)
{
	return (lately->lost + USUAL_WEIGHT * usual) /
	       (lately->heard + lately->lost + USUAL_WEIGHT);
}
