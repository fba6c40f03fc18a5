/* Amounts as whole millionths.
 * Leaves who is contacted to choose.c.
 * Read campaign.h first. */
#include "campaign.h"

#include <assert.h>
#include <math.h>

int64_t money_of(double amount)
{
    assert(fabs(amount) <= MONEY_MOST);
    return (int64_t)rint(amount * money_unit);
}
