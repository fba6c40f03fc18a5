/* propense train: learn from a file, judge, and write the model and what else was asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli.h"

/* The outputs besides the model: option, view, and what it is called when it was written. */
static const struct {
    const char *option;
    int32_t view;
} outputs[] = { { "metrics_out", PROPENSE_VIEW_METRICS },
                { "history_out", PROPENSE_VIEW_HISTORY } };
enum { n_outputs = sizeof outputs / sizeof *outputs };

/* A date only when it is asked for: --date, or SOURCE_DATE_EPOCH as reproducible builds use it. */
static int set_date(const request *r, propense_error *err)
{
    const char *epoch = getenv("SOURCE_DATE_EPOCH");
    if (*request_text(r, "date") || !epoch || !*epoch) return PROPENSE_OK;
    char *end, date[32];
    time_t t = (time_t)strtoll(epoch, &end, 10);
    struct tm parts;
    if (*end || !gmtime_r(&t, &parts)) return PROPENSE_OK;
    (void)strftime(date, sizeof date, "%Y-%m-%d", &parts);
    return propense_options_set(r->options, "date", date, err);
}

/* Everything that can be known before a long training. */
static propense_status check_outputs(const request *r, const char *model, propense_error *err)
{
    propense_status s = propense_check_model_output(model, err);
    for (int i = 0; s == PROPENSE_OK && i < n_outputs; i++) {
        const char *path = request_text(r, outputs[i].option);
        if (*path) s = propense_check_output(outputs[i].view, path, err);
    }
    return s;
}

static void tell_written(const request *r, const char *path, int replaced)
{
    propense_language language = r->language;
    if (request_number(r, "verbose") == 0) return;
    fprintf(stderr, replaced ? _("wrote %s (replacing the one that was there)\n") : _("wrote %s\n"),
            path);
}

static propense_status write_outputs(const request *r, const propense_model *m, const char *model,
                                     propense_error *err)
{
    int replaced = access(model, F_OK) == 0;
    propense_status s = propense_model_save(m, model, err);
    if (s == PROPENSE_OK) tell_written(r, model, replaced);
    for (int i = 0; s == PROPENSE_OK && i < n_outputs; i++) {
        const char *path = request_text(r, outputs[i].option);
        if (!*path) continue;
        replaced = access(path, F_OK) == 0;
        s = propense_model_write_file(m, outputs[i].view, r->language, path, err);
        if (s == PROPENSE_OK) tell_written(r, path, replaced);
    }
    return s;
}

int command_train(const request *r)
{
    propense_language language = r->language;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_model *m = NULL;
    char model[4096];
    display d;
    err.language = language;
    if (!r->data) {
        fputs(_("propense: train wants a data file: propense train DATA.csv\n"), stderr);
        return EXIT_USAGE;
    }
    name_after(model, sizeof model, r->data, "model", ".keras");
    if (*request_text(r, "model_out"))
        (void)snprintf(model, sizeof model, "%s", request_text(r, "model_out"));
    if (set_date(r, &err) != PROPENSE_OK || check_outputs(r, model, &err) != PROPENSE_OK)
        return tell_error(&err);
    propense_callbacks callbacks = display_begin(&d, r);
    propense_status s = propense_train(&m, r->data, r->options, &callbacks, &err);
    display_end(&d);
    if (s == PROPENSE_OK && !m) return EXIT_DONE; /* --dry_run has said all */
    if (s == PROPENSE_OK)
        s = propense_model_write(m, PROPENSE_VIEW_VERDICT, PROPENSE_AS_TEXT, language, to_stdout,
                                 NULL, &err);
    if (s == PROPENSE_OK) s = write_outputs(r, m, model, &err);
    int chance = propense_model_verdict(m) == 0 && request_flag(r, "strict");
    propense_model_free(m);
    if (s != PROPENSE_OK) return tell_error(&err);
    return chance ? EXIT_CHANCE : EXIT_DONE;
}
