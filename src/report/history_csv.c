/* Keras' CSVLogger: epochs from 0, columns in alphabetical order, those of validation last, numbers
 * as Python prints them, lines as Python's csv module ends them. The learning rate stands among
 * them where it changes. Leaves pictures to history_chart.c. Read history_csv.h first. */
#include "history_csv.h"

#include "card_words.h"
#include "num.h"

/* The series of card_words.h that the learning rate stands before. */
enum { before_rate = 2 };

static int rate_changes(const history *h)
{
    for (int32_t i = 1; h->rates && i < h->n_epochs; i++)
        if (h->rates[i] != h->rates[0]) return 1;
    return 0;
}

static void add_number(text *out, double x)
{
    text_char(out, ',');
    if (x == x)
        text_repr(out, x);
    else
        text_z(out, "NA"); /* no rows to validate on */
}

void history_csv(text *out, const history *h)
{
    int rates = rate_changes(h);
    text_z(out, "epoch");
    for (int s = 0; s < card_n_series; s++) {
        if (s == before_rate && rates) text_z(out, ",learning_rate");
        text_f(out, ",%s", card_series_words[s]);
    }
    text_z(out, "\r\n");
    for (int32_t e = 0; e < h->n_epochs; e++) {
        text_f(out, "%d", (int)e);
        for (int s = 0; s < card_n_series; s++) {
            if (s == before_rate && rates) add_number(out, h->rates[e]);
            add_number(out, *card_series(&h->epochs[e], s));
        }
        text_z(out, "\r\n");
    }
}
