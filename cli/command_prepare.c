/* propense prepare: a raw file as the .npz parts that a training script starts from. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static void print_parts(const char *prefix, const propense_prepare_summary *s,
                        propense_language language)
{
    static const char *const parts[] = { "train", "valid", "test" };
    long long kept = 0, positive = 0;
    for (int i = 0; i < 3; i++) {
        printf(_("%s_%s.npz: %lld rows, %lld of them conversions\n"), prefix, parts[i],
               (long long)s->rows[i], (long long)s->positive[i]);
        kept += s->rows[i];
        positive += s->positive[i];
    }
    printf(_("%lld of %lld rows with %lld inputs, %lld of %lld conversions\n"), kept,
           (long long)s->n_rows, (long long)s->n_inputs, positive, (long long)s->n_positive);
}

int command_prepare(const request *r)
{
    propense_language language = r->language;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_prepare_summary summary = PROPENSE_PREPARE_SUMMARY_INIT;
    char prefix[4096];
    display d;
    err.language = language;
    if (!r->data) {
        fputs(_("propense: prepare wants a data file: propense prepare DATA.csv\n"), stderr);
        return EXIT_USAGE;
    }
    name_after(prefix, sizeof prefix, r->data, "data", "");
    if (*request_text(r, "prefix"))
        (void)snprintf(prefix, sizeof prefix, "%s", request_text(r, "prefix"));
    propense_callbacks callbacks = display_begin(&d, r);
    propense_status s = propense_prepare(r->data, prefix, r->options, &callbacks, &summary, &err);
    display_end(&d);
    if (s != PROPENSE_OK) return tell_error(&err);
    print_parts(prefix, &summary, language);
    return EXIT_DONE;
}
