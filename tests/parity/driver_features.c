/* Lets tests/parity/test_features.py reach splits, encoder and schema. Text in, text out; numbers
 * as C hexadecimal floats, so that nothing is rounded on the way.
 *
 *   driver_features split    lines "n frac seed stratify y", y as 0/1 digits or "-"
 *                            -> "train rows;test rows" or "error: ..."
 *   driver_features encode   a table, then "n row row ..." to fit on
 *                            -> input names, "mean scale" of the numbers, every row's float32 bits
 *   driver_features schema   a table -> "role type distinct missing low high" of each column
 *
 * A table: "rows columns", then for each column "number NAME" or "words NAME" and a line a row. */
#include <stdio.h>

#include "../support/hand_table.h"
#include "encoder.h"
#include "split.h"

static char *read_line(void)
{
    static char *line;
    static size_t capacity;
    ssize_t n = getline(&line, &capacity, stdin);
    if (n < 0) return NULL;
    if (n && line[n - 1] == '\n') line[n - 1] = '\0';
    return line;
}

static void show_rows(const int64_t *rows, int64_t n)
{
    for (int64_t i = 0; i < n; i++) printf(i ? " %lld" : "%lld", (long long)rows[i]);
}

static void split_line(const char *line)
{
    propense_error err = PROPENSE_ERROR_INIT;
    arena mem = { 0 };
    split s;
    char *end;
    int64_t n = strtoll(line, &end, 10);
    double frac = strtod(end, &end);
    uint32_t seed = (uint32_t)strtoul(end, &end, 10);
    int stratify = (int)strtol(end, &end, 10);
    uint8_t *y = TAKE(&mem, uint8_t, n + 1);
    end++;
    for (int64_t i = 0; stratify && i < n; i++) y[i] = end[i] == '1';
    if (split_rows(&s, n, frac, seed, stratify, y, &mem, &err) != PROPENSE_OK) {
        printf("error: %s\n", err.message);
    } else {
        show_rows(s.train, s.n_train);
        printf(";");
        show_rows(s.test, s.n_test);
        printf("\n");
    }
    arena_free(&mem);
}

static hand_table read_table(void)
{
    char *line = read_line(), *end;
    int64_t n_rows = strtoll(line, &end, 10);
    int32_t n_columns = (int32_t)strtol(end, &end, 10);
    hand_table h = hand_table_new(n_columns, n_rows);
    double *number = TAKE(&h.mem, double, n_rows);
    const char **word = TAKE(&h.mem, const char *, n_rows);
    for (int32_t k = 0; k < n_columns; k++) {
        line = read_line();
        int is_number = strncmp(line, "number ", 7) == 0;
        char *name = strdup(strchr(line, ' ') + 1);
        for (int64_t i = 0; i < n_rows; i++) {
            line = read_line();
            if (is_number)
                number[i] = strtod(line, NULL);
            else
                word[i] = str_keep(&h.mem, str_of(line)).p;
        }
        if (is_number)
            hand_numbers(&h, name, number);
        else
            hand_words(&h, name, word);
        free(name);
    }
    return h;
}

static schema all_features(hand_table *h)
{
    schema s = { .n_columns = h->t.n_columns, .n_rows = h->t.n_rows, .target = -1, .id = -1 };
    s.columns = TAKE(&h->mem, schema_column, s.n_columns);
    for (int32_t k = 0; k < s.n_columns; k++) s.columns[k].name = h->t.columns[k].name;
    return s;
}

static int show_encoded(hand_table *h, const encoder *e, propense_error *err)
{
    arena tmp = { 0 };
    text name = { 0 };
    int32_t at[1024];
    float *x = TAKE(&h->mem, float, h->t.n_rows * e->n_inputs);
    for (int32_t k = 0; k < e->n_columns; k++) at[k] = e->columns[k].schema_column;
    if (encoder_transform(e, at, &h->t, NULL, h->t.n_rows, x, 0, "test", NULL, &tmp, err)) return 1;
    printf("%d\n", e->n_inputs);
    for (int32_t i = 0; i < e->n_inputs; i++) {
        name.n = 0;
        encoder_input_name(&name, e, i);
        printf("%s\n", name.p);
    }
    for (int32_t k = 0; k < e->n_columns && e->columns[k].is_number; k++)
        printf("%a %a\n", e->columns[k].mean, e->columns[k].scale);
    printf("-\n");
    for (int64_t i = 0; i < h->t.n_rows * e->n_inputs; i++) {
        uint32_t bits;
        memcpy(&bits, x + i, sizeof bits);
        printf("%08x%c", bits, (i + 1) % e->n_inputs ? ' ' : '\n');
    }
    text_free(&name);
    arena_free(&tmp);
    return 0;
}

static int encode(void)
{
    propense_error err = PROPENSE_ERROR_INIT;
    hand_table h = read_table();
    schema s = all_features(&h);
    encoder e;
    char *end = read_line();
    int64_t n = strtoll(end, &end, 10);
    int64_t *rows = TAKE(&h.mem, int64_t, n);
    for (int64_t i = 0; i < n; i++) rows[i] = strtoll(end, &end, 10);
    int bad = encoder_fit(&e, &s, &h.t, rows, n, &h.mem, NULL, &err) || show_encoded(&h, &e, &err);
    if (bad) printf("error: %s\n", err.message);
    hand_table_free(&h);
    return bad;
}

static int show_schema(void)
{
    propense_error err = PROPENSE_ERROR_INIT;
    schema_options options = { 0 };
    hand_table h = read_table();
    schema s;
    uint8_t *y;
    if (schema_infer(&s, &y, &h.t, &options, "test", &h.mem, NULL, &err)) {
        printf("error: %s\n", err.message);
        return 1;
    }
    for (int32_t k = 0; k < s.n_columns; k++) {
        const schema_column *c = &s.columns[k];
        printf("%s;%s;%lld;%lld;%a;%a\n", role_name(c->role, PROPENSE_ENGLISH),
               type_name(c->type, PROPENSE_ENGLISH), (long long)c->n_distinct,
               (long long)c->n_missing, c->low, c->high);
    }
    hand_table_free(&h);
    return 0;
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";
    if (strcmp(what, "encode") == 0) return encode();
    if (strcmp(what, "schema") == 0) return show_schema();
    if (strcmp(what, "split") != 0) return 2;
    for (const char *line = read_line(); line; line = read_line()) split_line(line);
    return 0;
}
