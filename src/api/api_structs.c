/* The caller's structs: their _init functions, and copies between his size and ours.
 * Leaves propense_error to base/error.c, which fills it. Read api_structs.h first. */
#include "api_structs.h"

#include "str.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

void struct_give(void *to, const void *full, size_t full_size)
{
    size_t size, header = sizeof size;
    if (!to) return;
    memcpy(&size, to, header);
    size_t n = smaller(size, full_size);
    if (n > header) memcpy((char *)to + header, (const char *)full + header, n - header);
}

status callbacks_take(const propense_callbacks **used, propense_callbacks *full,
                      const propense_callbacks *given, propense_error *err)
{
    *used = NULL;
    if (!given) return PROPENSE_OK;
    if (given->struct_size < sizeof given->struct_size)
        return fail(err, PROPENSE_E_ARG,
                    "the callbacks were not set up: their struct_size is %zu; begin with "
                    "PROPENSE_CALLBACKS_INIT",
                    given->struct_size);
    *full = (propense_callbacks)PROPENSE_CALLBACKS_INIT;
    memcpy(full, given, smaller(given->struct_size, sizeof *full));
    full->struct_size = sizeof *full;
    *used = full;
    return PROPENSE_OK;
}

void struct_set_up(void *to, size_t size, const void *defaults, size_t defaults_size)
{
    if (!to || size < sizeof size) return;
    memset(to, 0, size);
    memcpy(to, defaults, smaller(size, defaults_size));
    memcpy(to, &size, sizeof size);
}

void propense_error_init(propense_error *err, size_t size)
{
    static const propense_error defaults = PROPENSE_ERROR_INIT;
    struct_set_up(err, size, &defaults, sizeof defaults);
}

void propense_callbacks_init(propense_callbacks *callbacks, size_t size)
{
    static const propense_callbacks defaults = PROPENSE_CALLBACKS_INIT;
    struct_set_up(callbacks, size, &defaults, sizeof defaults);
}

void propense_option_info_init(propense_option_info *info, size_t size)
{
    static const propense_option_info defaults = PROPENSE_OPTION_INFO_INIT;
    struct_set_up(info, size, &defaults, sizeof defaults);
}

void propense_score_summary_init(propense_score_summary *summary, size_t size)
{
    static const propense_score_summary defaults = PROPENSE_SCORE_SUMMARY_INIT;
    struct_set_up(summary, size, &defaults, sizeof defaults);
}
