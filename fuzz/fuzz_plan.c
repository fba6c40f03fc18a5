/* What `plan` reads: scores, a suppress list, and a plan.json with the results of a campaign.
 *
 * Two bytes choose options, then two lengths of two bytes: so many bytes of a CSV (scores, or
 * results to read back) and of the suppress list; the rest is plan.json. */
#include "console_plan.h"
#include "console_readback.h"
#include "fuzz_file.h"
#include "plan_summary.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int drop(void *user, const void *bytes, size_t n)
{
    unsigned char *sum = user;
    for (size_t i = 0; i < n; i++) *sum ^= ((const unsigned char *)bytes)[i];
    return 0;
}

static void set(options *o, const char *name, const char *value)
{
    propense_error err = PROPENSE_ERROR_INIT;
    if (options_set(o, str_of(name), str_of(value), &err) != PROPENSE_OK) abort();
}

/* Each bit of `choice` one of these. */
static options *chosen(unsigned choice)
{
    static const char *const asked[][2] = {
        { "margin", "60..80" },      { "cost", "0.5" },      { "holdout", "0.2" },
        { "max_contacts", "3" },     { "budget", "2.5" },    { "segment_by", "s" },
        { "value_column", "v" },     { "cost_column", "c" }, { "csv", "excel" },
        { "score_column", "p" },     { "force", "true" },    { "id", "id" },
        { "quota", "a=1..2,b=..1" },
    };
    options *o = options_new();
    if (!o) abort();
    set(o, "threads", "1");
    for (unsigned i = 0; i < sizeof asked / sizeof *asked; i++)
        if (choice >> i & 1) set(o, asked[i][0], asked[i][1]);
    return o;
}

static void write_plan(const plan *p, unsigned choice, propense_error *err)
{
    text said = { 0 };
    unsigned char sum = 0;
    propense_language language = choice & 1 ? PROPENSE_SPANISH : PROPENSE_ENGLISH;
    if (p->is_readback) {
        console_readback(&said, &p->read, language);
        readback_csv(&said, &p->read);
        readback_json(&said, &p->read);
    } else {
        console_plan(&said, p, language);
        plan_json(&said, p);
        (void)plan_write_list(p, drop, &sum, err);
    }
    text_free(&said);
}

static void read_summary(str json)
{
    propense_error err = PROPENSE_ERROR_INIT;
    plan_summary summary;
    arena mem = { 0 };
    (void)plan_summary_read(&summary, json, "plan.json", &mem, &err);
    arena_free(&mem);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    propense_error err = PROPENSE_ERROR_INIT;
    plan *p = NULL;
    if (n < 6) return 0;
    unsigned choice = bytes[0] | (unsigned)bytes[1] << 8;
    str rest = { (const char *)bytes + 6, (int64_t)n - 6 };
    str rows = fuzz_part(&rest, bytes[2] | bytes[3] << 8);
    str suppressed = fuzz_part(&rest, bytes[4] | bytes[5] << 8);
    options *o = chosen(choice);
    const char *path = fuzz_file(0, rows);
    if (suppressed.n) set(o, "suppress", fuzz_file(1, suppressed));
    if (rest.n)
        (void)plan_make_readback(&p, path, fuzz_file(2, rest), o, NULL, &err);
    else
        (void)plan_make(&p, NULL, path, o, NULL, &err);
    if (p) write_plan(p, choice, &err);
    if (rest.n) read_summary(rest);
    plan_free(p);
    options_free(o);
    return 0;
}
