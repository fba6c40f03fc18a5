/* The answer to --dry_run: layers, parameters, memory, time.
 * Leaves the table of layers to network_words.c.
 * Read rehearsal_words.h first. */
#include "rehearsal_words.h"

#include <string.h>

#include "console_text.h"
#include "network_words.h"
#include "words.h"

/* "52 KB", "1.5 MB". */
static shown size_of(int64_t bytes, propense_language l)
{
    int is_small = bytes < 1000000;
    double value = (double)bytes / (is_small ? 1e3 : 1e6);
    shown s = show_fixed(value, value < 10 ? 1 : 0, l);
    size_t n = strlen(s.p);
    if (n + 4 < sizeof s.p) memcpy(s.p + n, is_small ? " KB" : " MB", 4);
    return s;
}

static void time_line(text *out, const rehearsal *r, propense_language l)
{
    double s = r->seconds;
    if (s < 1)
        text_f(out, tr(l, "  time         about %s ms on this machine as busy as it is now\n"),
               show_fixed(s * 1e3, s < 0.01 ? 1 : 0, l).p);
    else if (s < 120)
        text_f(out, tr(l, "  time         about %s s on this machine as busy as it is now\n"),
               show_fixed(s, s < 10 ? 1 : 0, l).p);
    else
        text_f(out, tr(l, "  time         about %s min on this machine as busy as it is now\n"),
               show_fixed(s / 60, s < 600 ? 1 : 0, l).p);
}

void rehearsal_print(text *out, const model *m, const rehearsal *r, propense_language l)
{
    const network *net = &m->network;
    text_f(out, "%s\n", tr(l, "Nothing is trained or written. This is what would be:"));
    network_table(out, net, NULL, l);
    text_f(out, tr(l, "  parameters   %s"), show_count(net->n_trainable, l).p);
    if (net->n_fixed) text_f(out, tr(l, ", and %s moving averages"), show_count(net->n_fixed, l).p);
    text_char(out, '\n');
    if (r->n_members)
        text_f(
            out,
            tr(l,
               "  networks     %d of these side by side, each without its own share of the rows\n"),
            (int)r->n_members);
    text_f(out, tr(l, "  training     %s rows in %s steps of up to %d, up to %d times\n"),
           show_count(r->n_train, l).p, show_count(r->n_steps, l).p, (int)r->batch_size,
           (int)r->epochs);
    text_f(out, tr(l, "  memory       %s rows, %s network and optimiser, %s to work in\n"),
           size_of(r->data_bytes, l).p, size_of(r->model_bytes, l).p, size_of(r->run_bytes, l).p);
    time_line(out, r, l);
}
