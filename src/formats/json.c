/* Reads JSON into yyjson's tree, with limits on size and depth and an error that names the place.
 * Leaves the meaning of what is read to the callers, and writing to json_write.c.
 * Read json.h first, then yyjson.h: a document is one array of 16-byte values. */
#include "json.h"

#include <yyjson.h>

#include "words.h"

/* yyjson takes values without const, and changes none. */
static yyjson_val *val(const json_value *v)
{
    return (yyjson_val *)(uintptr_t)v;
}
static const json_value *value(const yyjson_val *v)
{
    return (const json_value *)(const void *)v;
}

/* ---- Memory: yyjson's three calls through the one door of ours. */

static void *take(void *user, size_t size)
{
    (void)user;
    return size > INT64_MAX ? NULL : mem_resize(NULL, (int64_t)size);
}
static void *resize(void *user, void *p, size_t old_size, size_t size)
{
    (void)user;
    (void)old_size;
    return size > INT64_MAX ? NULL : mem_resize(p, (int64_t)size);
}
static void give(void *user, void *p)
{
    (void)user;
    mem_free(p);
}

/* ---- Errors */

static const char *cause(yyjson_read_code code)
{
    switch (code) {
    case 3:
        return N_("it is empty");
    case 4:
        return N_("text stands behind the end of the value");
    case 5:
        return N_("it ends too early");
    case 6:
        return N_("a character stands where none of its kind may stand");
    case 7:
        return N_("brackets, commas or keys are not in order");
    case 9:
        return N_("a number is malformed or too large");
    case 10:
        return N_("a string has an invalid escape, character or UTF-8 sequence");
    case 11:
        return N_("a word is neither true, false nor null");
    default:
        return N_("it is malformed");
    }
}

typedef struct place {
    long long line, column; /* 1-based; columns count bytes */
} place;

static place place_of(str bytes, size_t position)
{
    place p = { 1, 1 };
    for (size_t i = 0; i < position && i < (size_t)bytes.n; i++) {
        p.column++;
        if (bytes.p[i] == '\n') p = (place){ p.line + 1, 1 };
    }
    return p;
}

static status not_json(str bytes, const yyjson_read_err *e, const char *what, propense_error *err)
{
    if (e->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION) return fail_memory(err);
    place p = place_of(bytes, e->pos);
    return fail(err, PROPENSE_E_FORMAT, "%s: line %lld, column %lld: not valid JSON: %s", what,
                p.line, p.column, tr(error_language(err), cause(e->code)));
}

/* yyjson needs no stack for depth, but those who walk the tree do. Brackets outside strings are
 * counted before parsing; where the text is not JSON, the parser says so later. */
static status check_depth(str bytes, const char *what, propense_error *err)
{
    int64_t depth = 0;
    int in_string = 0;
    for (int64_t i = 0; i < bytes.n; i++) {
        char c = bytes.p[i];
        if (c == '"') in_string = !in_string;
        if (in_string) {
            i += c == '\\';
            continue;
        }
        depth += (c == '{' || c == '[') - (c == '}' || c == ']');
        if (depth <= json_depth_limit) continue;
        place p = place_of(bytes, (size_t)i);
        return fail(err, PROPENSE_E_FORMAT,
                    "%s: line %lld, column %lld: more than %d levels of brackets", what, p.line,
                    p.column, (int)json_depth_limit);
    }
    return PROPENSE_OK;
}

/* ---- Documents. A json_doc is yyjson's own. */

status json_read(json_doc **out, str bytes, const char *what, propense_error *err)
{
    yyjson_alc heap = { take, resize, give, NULL };
    yyjson_read_err e = { .code = YYJSON_READ_ERROR_EMPTY_CONTENT };
    *out = NULL;
    if (bytes.n > json_bytes_limit)
        return fail(err, PROPENSE_E_FORMAT, "%s: %lld bytes of JSON; at most %lld are read", what,
                    (long long)bytes.n, (long long)json_bytes_limit);
    if (bytes.n == 0) return not_json(bytes, &e, what, err);
    TRY(check_depth(bytes, what, err));
    yyjson_doc *d = yyjson_read_opts((char *)(uintptr_t)bytes.p, (size_t)bytes.n,
                                     YYJSON_READ_NOFLAG, &heap, &e);
    if (!d) return not_json(bytes, &e, what, err);
    *out = (json_doc *)d;
    return PROPENSE_OK;
}

void json_free(json_doc *d)
{
    yyjson_doc_free((yyjson_doc *)d);
}

const json_value *json_root(const json_doc *d)
{
    return d ? value(yyjson_doc_get_root((yyjson_doc *)(uintptr_t)d)) : NULL;
}

/* ---- Values */

const json_value *json_get(const json_value *object, const char *key)
{
    return value(yyjson_obj_get(val(object), key));
}

int64_t json_length(const json_value *array)
{
    return yyjson_is_ctn(val(array)) ? (int64_t)unsafe_yyjson_get_len(val(array)) : 0;
}

const json_value *json_at(const json_value *array, int64_t i)
{
    return i < 0 ? NULL : value(yyjson_arr_get(val(array), (size_t)i));
}

/* A container's value is followed by its items (in objects key, value, key, ...), each with all
 * that is in it; uni.ofs is the container's length in bytes, itself included. The state is the
 * byte offset of the next item from the container. */
const json_value *json_next(const json_value *array, int64_t *state, str *key)
{
    yyjson_val *all = val(array), *item;
    if (key) *key = (str){ 0 };
    if (!yyjson_is_ctn(all) || unsafe_yyjson_get_len(all) == 0) return NULL;
    size_t at = *state ? (size_t)*state : sizeof(yyjson_val);
    if (at >= all->uni.ofs) return NULL;
    item = (yyjson_val *)(void *)((char *)all + at);
    if (unsafe_yyjson_is_obj(all)) {
        if (key) *key = (str){ item->uni.str, (int64_t)unsafe_yyjson_get_len(item) };
        item++;
    }
    *state = (char *)unsafe_yyjson_get_next(item) - (char *)all;
    return value(item);
}

int json_is_object(const json_value *v)
{
    return yyjson_is_obj(val(v));
}
int json_is_array(const json_value *v)
{
    return yyjson_is_arr(val(v));
}
int json_is_null(const json_value *v)
{
    return !v || yyjson_is_null(val(v));
}

int json_as_str(const json_value *v, str *out)
{
    if (!yyjson_is_str(val(v))) return 0;
    *out = (str){ yyjson_get_str(val(v)), (int64_t)yyjson_get_len(val(v)) };
    return 1;
}

int json_as_number(const json_value *v, double *out)
{
    if (!yyjson_is_num(val(v))) return 0;
    *out = yyjson_get_num(val(v));
    return 1;
}

int json_as_int(const json_value *v, int64_t *out)
{
    const double past_end = 0x1p63;
    double real;
    if (yyjson_is_sint(val(v)) ||
        (yyjson_is_uint(val(v)) && yyjson_get_uint(val(v)) <= INT64_MAX)) {
        *out = yyjson_get_sint(val(v));
        return 1;
    }
    if (!json_as_number(v, &real) || !(real >= -past_end && real < past_end)) return 0;
    if ((double)(int64_t)real != real) return 0;
    *out = (int64_t)real;
    return 1;
}

int json_as_bool(const json_value *v, int *out)
{
    if (!yyjson_is_bool(val(v))) return 0;
    *out = yyjson_get_bool(val(v));
    return 1;
}
