/* Any bytes as JSON: what parses is walked to its leaves, written again, and read again. */
#include <stdlib.h>

#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void copy(json_writer *w, const char *key, const json_value *v)
{
    str s, name;
    double x;
    int64_t at = 0, i;
    int b;
    const json_value *item;
    if (json_is_object(v) || json_is_array(v)) {
        int object = json_is_object(v);
        json_open(w, key, object ? '{' : '[');
        while ((item = json_next(v, &at, &name))) copy(w, object ? name.p : NULL, item);
        json_close(w, object ? '}' : ']');
    } else if (json_as_str(v, &s))
        json_str(w, key, s);
    else if (json_as_int(v, &i))
        json_int(w, key, i);
    else if (json_as_number(v, &x))
        json_number(w, key, x);
    else if (json_as_bool(v, &b))
        json_bool(w, key, b);
    else
        json_null(w, key);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    propense_error err = PROPENSE_ERROR_INIT;
    json_doc *d, *again;
    text once = { 0 }, twice = { 0 };
    json_writer first = { .out = &once }, second = { .out = &twice, .indent = 0 };
    if (json_read(&d, (str){ (const char *)bytes, (int64_t)n }, "fuzz", &err) != PROPENSE_OK)
        return 0;
    copy(&first, NULL, json_root(d));
    json_free(d);
    if (json_read(&again, text_view(&once), "own", &err) != PROPENSE_OK) abort();
    copy(&second, NULL, json_root(again));
    json_free(again);
    if (!str_eq(text_view(&once), text_view(&twice))) abort();
    text_free(&once);
    text_free(&twice);
    return 0;
}
