/* The sentences of the alarms: what was seen, and what to do about it.
 * Leaves finding them to alarms.c.
 * Read alarms.h first. */
#include "alarms.h"
#include "num.h"
#include "words.h"

const char *alarm_words(alarm_kind kind, propense_language language)
{
    switch (kind) {
    case ALARM_DECIDES:
        return tr(language, "nearly decides the target alone");
    case ALARM_AFTERWARDS:
        return tr(language, "by its name known only after the outcome");
    case ALARM_ONE_CLASS:
        return tr(language, "one value in every row of a class");
    case ALARM_LIKE_ID:
        return tr(language, "like an id");
    case ALARM_TWINS:
        return tr(language, "rows of the test part stand in training too");
    case ALARM_MACHINE:
        return tr(language, "opens and clicks may be machine-made");
    case alarm_kind_end:
        break;
    }
    return "?";
}

typedef struct figure {
    char p[num_buffer];
} figure;

static figure area_text(double area, const propense_callbacks *cb)
{
    figure f;
    (void)num_local(f.p, area, 2, callbacks_language(cb));
    return f;
}

static int has(const alarms *a, int32_t at, alarm_kind kind)
{
    for (int32_t i = 0; i < a->n; i++)
        if (a->items[i].column == at && a->items[i].kind == kind) return 1;
    return 0;
}

/* As a shell takes it in one piece. */
static void put_word(text *out, str word)
{
    static const char marks[] = " \t()[]{}<>|&;*?!$`\"'\\#~=%";
    int bare = word.n > 0;
    for (int64_t i = 0; i < word.n; i++)
        bare &= !memchr(marks, word.p[i], sizeof marks); /* its NUL, too */
    char quote = word.n > 0 && memchr(word.p, '\'', (size_t)word.n) ? '"' : '\'';
    if (!bare) text_char(out, quote);
    text_str(out, word);
    if (!bare) text_char(out, quote);
}

static void tell_deciding(const alarms *all, const data_alarm *a, str name,
                          const propense_callbacks *cb)
{
    figure area = area_text(a->area, cb), next = area_text(a->next, cb);
    text drop = { 0 };
    put_word(&drop, name);
    if (has(all, a->column, ALARM_AFTERWARDS))
        say(cb, PROPENSE_WARNING,
            "column '%.*s' alone ranks the target with a ROC AUC of %s (the best of the others: "
            "%s), and by its name it is known only after the outcome: train without it: --drop "
            "%.*s",
            STR_ARG(name), area.p, next.p, STR_ARG(drop));
    else
        say(cb, PROPENSE_WARNING,
            "column '%.*s' alone ranks the target with a ROC AUC of %s (the best of the others: "
            "%s). If it is known only after the outcome, train without it: --drop %.*s",
            STR_ARG(name), area.p, next.p, STR_ARG(drop));
    text_free(&drop);
}

static void tell_one_class(const data_alarm *a, const schema *s, str name,
                           const propense_callbacks *cb)
{
    str word = a->count ? s->positive : s->negative;
    if (!word.n) word = str_of(tr(callbacks_language(cb), "others"));
    text drop = { 0 };
    put_word(&drop, name);
    say(cb, PROPENSE_WARNING,
        "column '%.*s' has one single value in every row whose target is '%.*s'. If it is filled "
        "in "
        "after the outcome, train without it: --drop %.*s",
        STR_ARG(name), STR_ARG(word), STR_ARG(drop));
    text_free(&drop);
}

static void tell_like_id(str name, const propense_callbacks *cb)
{
    text drop = { 0 };
    put_word(&drop, name);
    say(cb, PROPENSE_WARNING,
        "column '%.*s' looks like an id (a number that hardly comes twice): it says nothing of "
        "other customers; train without it: --drop %.*s",
        STR_ARG(name), STR_ARG(drop));
    text_free(&drop);
}

static void tell_one(const alarms *all, const data_alarm *a, const schema *s,
                     const propense_callbacks *cb)
{
    str name = a->column >= 0 ? s->columns[a->column].name : (str){ "", 0 };
    if (a->kind == ALARM_DECIDES) tell_deciding(all, a, name, cb);
    if (a->kind == ALARM_ONE_CLASS) tell_one_class(a, s, name, cb);
    if (a->kind == ALARM_LIKE_ID) tell_like_id(name, cb);
    if (a->kind == ALARM_TWINS)
        say(cb, PROPENSE_WARNING,
            "%lld of the %lld rows of the test part have a row in training that is the same in "
            "every "
            "column: where these are the same customers, the figures flatter the model; take "
            "repeated rows out of the file",
            (long long)a->count, (long long)a->total);
}

/* ---- Kinds that are told in one line for all their columns */

/* "'a', 'b'", or "a,b" as an option takes it. */
static void list_names(text *out, const alarms *a, const schema *s, alarm_kind kind, int quoted)
{
    enum { list_bytes = 400 };
    int n = 0;
    for (int32_t i = 0; i < a->n; i++) {
        if (a->items[i].kind != kind || out->n > list_bytes) continue;
        if (has(a, a->items[i].column, ALARM_DECIDES)) continue; /* told already */
        str name = s->columns[a->items[i].column].name;
        if (n++) text_z(out, quoted ? ", " : ",");
        text_f(out, quoted ? "'%.*s'" : "%.*s", STR_ARG(name));
    }
}

static status tell_list(const alarms *a, const schema *s, alarm_kind kind,
                        const propense_callbacks *cb, propense_error *err)
{
    text shown = { 0 }, list = { 0 }, option = { 0 };
    list_names(&shown, a, s, kind, 1);
    list_names(&list, a, s, kind, 0);
    put_word(&option, text_view(&list));
    int bad = shown.bad || list.bad || option.bad;
    if (!bad && shown.n && kind == ALARM_AFTERWARDS)
        say(cb, PROPENSE_WARNING,
            "known only after the outcome, by the name: %s. If so, a ranking made before it cannot "
            "use them; train without them: --drop %s",
            shown.p, option.p);
    if (!bad && shown.n && kind == ALARM_MACHINE)
        say(cb, PROPENSE_WARNING,
            "opens and clicks (%s) may be machine-made: security scanners and privacy proxies open "
            "and click every mail",
            shown.p);
    text_free(&shown);
    text_free(&list);
    text_free(&option);
    return bad ? fail_memory(err) : PROPENSE_OK;
}

status alarms_tell(const alarms *a, const schema *s, const propense_callbacks *cb,
                   propense_error *err)
{
    enum { most_lines = 3 }; /* of a kind */
    int n[alarm_kind_end] = { 0 }, n_more = 0;
    for (int32_t i = 0; i < a->n; i++) {
        alarm_kind kind = a->items[i].kind;
        if (++n[kind] <= most_lines)
            tell_one(a, &a->items[i], s, cb);
        else
            n_more += kind != ALARM_AFTERWARDS && kind != ALARM_MACHINE;
    }
    if (n_more)
        say(cb, PROPENSE_WARNING, "%d more alarms like these are listed by: propense inspect",
            n_more);
    TRY(tell_list(a, s, ALARM_AFTERWARDS, cb, err));
    return tell_list(a, s, ALARM_MACHINE, cb, err);
}
