/* A command line: the first byte is the command, words end with a line or a NUL. What was asked for
 * then goes to everything that gives an option's text its meaning, but for files, which nobody
 * opens. */
#include <stdio.h>
#include <stdlib.h>

#include "pipeline_options.h"
#include "plan_options.h"
#include "table_options.h"

/* What would be told is formatted all the same. */
static int tell_nobody(FILE *f, const char *format, const char *word)
{
    char said[512];
    (void)f;
    return snprintf(said, sizeof said, format, word);
}

static propense_status set_without_files(propense_options *o, const char *name, const char *value,
                                         propense_error *err)
{
    if (option_find(str_of(name)) == OPT_network) value = "";
    return propense_options_set(o, name, value, err);
}

/* The program's own parser. */
#define fprintf(...)         tell_nobody(__VA_ARGS__)
#define propense_options_set set_without_files
#include "../cli/request.c"
#undef propense_options_set
#undef fprintf

int tell_error(const propense_error *err)
{
    return err->code == PROPENSE_E_ARG ? EXIT_USAGE : EXIT_FAILED;
}

static void understand(const options *o, propense_error *err)
{
    arena mem = { 0 };
    layer_spec *layers;
    int32_t n;
    int is_best;
    fit_options fit;
    csv_options csv;
    plan_options plan;
    str *words;
    (void)layers_of_options(&layers, &n, o, &mem, err);
    (void)fit_of_options(&fit, o, err);
    (void)best_of_options(&is_best, o, err);
    (void)csv_options_of(&csv, o, option_text(o, OPT_missing), &mem, err);
    (void)plan_options_of(&plan, o, &mem, err);
    (void)words_of_option(&words, &n, option_text(o, OPT_keep), &mem, err);
    arena_free(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    enum { most_words = 64 };
    char *words[most_words + 1] = { NULL }, *text = malloc(n + 1);
    int n_words = 0, begins = 1;
    request r;
    propense_error err = PROPENSE_ERROR_INIT;
    if (!text || n == 0) return free(text), 0;
    for (size_t i = 1; i < n; i++) {
        text[i] = (char)bytes[i];
        if (begins && n_words < most_words) words[n_words++] = text + i;
        begins = text[i] == '\n' || text[i] == '\0';
        if (begins) text[i] = '\0';
    }
    text[n] = '\0';
    if (request_read(&r, 1u << bytes[0] % 7, n_words, words) == EXIT_DONE)
        understand(r.options, &err);
    request_free(&r);
    free(text);
    return 0;
}
