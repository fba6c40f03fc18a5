/* propense plan: from scores to a campaign. */
#include <stdio.h>
#include <string.h>

#include "cli.h"

static void tell_written(const request *r, const char *path)
{
    propense_language language = r->language;
    if (request_number(r, "verbose") && strcmp(path, "-") != 0)
        fprintf(stderr, _("wrote %s\n"), path);
}

static propense_status write_file(const request *r, const propense_plan *p, int32_t view,
                                  int32_t format, const char *path, propense_error *err)
{
    if (!*path) return PROPENSE_OK;
    propense_status s = propense_plan_write_file(p, view, format, r->language, path, err);
    if (s == PROPENSE_OK) tell_written(r, path);
    return s;
}

/* The summary goes to stdout unless the list does. The list, which takes longest, comes before the
 * JSON: whoever ends the program meanwhile has both as they were. A refused list is told with exit
 * code 3. */
static int write_all(const request *r, const propense_plan *p, propense_error *err)
{
    const char *list = request_text(r, "list_out"), *json = request_text(r, "plan_out");
    int refused = *list && !propense_plan_has_list(p);
    propense_status s = PROPENSE_OK;
    if (strcmp(list, "-") != 0 && strcmp(json, "-") != 0)
        s = propense_plan_write(p, PROPENSE_PLAN_SUMMARY, PROPENSE_AS_TEXT, r->language, to_stdout,
                                NULL, err);
    if (s == PROPENSE_OK && !refused)
        s = write_file(r, p, PROPENSE_PLAN_LIST, PROPENSE_AS_CSV, list, err);
    if (s == PROPENSE_OK) s = write_file(r, p, PROPENSE_PLAN_SUMMARY, PROPENSE_AS_JSON, json, err);
    if (s == PROPENSE_OK && refused)
        s = propense_plan_write(p, PROPENSE_PLAN_LIST, PROPENSE_AS_CSV, r->language, to_stdout,
                                NULL, err);
    if (s != PROPENSE_OK) (void)tell_error(err);
    return s == PROPENSE_OK ? EXIT_DONE : refused ? EXIT_CHANCE : EXIT_FAILED;
}

static propense_status make(const request *r, propense_plan **p, propense_error *err)
{
    propense_model *m = NULL;
    display d;
    const char *results = request_text(r, "readback");
    propense_status s = r->data ? propense_model_load(&m, r->model, err) : PROPENSE_OK;
    if (s == PROPENSE_OK) {
        propense_callbacks callbacks = display_begin(&d, r);
        if (*results)
            s = propense_plan_readback(p, results, request_text(r, "plan"), r->options, &callbacks,
                                       err);
        else
            s = propense_plan_make(p, m, r->data ? r->data : r->model, r->options, &callbacks, err);
        display_end(&d);
    }
    propense_model_free(m);
    return s;
}

int command_plan(const request *r)
{
    propense_language language = r->language;
    propense_error err = PROPENSE_ERROR_INIT;
    propense_plan *p = NULL;
    err.language = language;
    int reads_back = *request_text(r, "readback") != 0;
    if (reads_back != (*request_text(r, "plan") != 0)) {
        fputs(_("propense: --readback RESULTS.csv and --plan PLAN.json go together\n"), stderr);
        return EXIT_USAGE;
    }
    if (!r->model && !reads_back) {
        fputs(_("propense: plan wants scores, or a model and a data file: propense plan SCORES.csv "
                "--margin 40 --cost 0.50\n"),
              stderr);
        return EXIT_USAGE;
    }
    propense_status s = make(r, &p, &err);
    int code = s == PROPENSE_OK ? write_all(r, p, &err) : tell_error(&err);
    propense_plan_free(p);
    return code;
}
