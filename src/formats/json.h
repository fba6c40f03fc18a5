/* JSON through yyjson: reading into a tree with limits, writing with a fixed key order and Python's
 * number layout. */
#ifndef PROPENSE_JSON_H
#define PROPENSE_JSON_H

#include "error.h"
#include "str.h"

/* ---- Writing, straight to text: the commas are the writer's. */
typedef struct json_writer {
    text *out;
    int indent; /* 0 = compact, else blanks a level */
    int depth;
    uint64_t filled; /* bit d: something stands at depth d already */
} json_writer;
enum { json_depth_limit = 60 };
void json_open(json_writer *w, const char *key,
               char bracket);                  /* '{' or '['; key NULL in arrays and at the top */
void json_close(json_writer *w, char bracket); /* '}' or ']' */
void json_str(json_writer *w, const char *key,
              str value); /* escaped; invalid UTF-8 becomes U+FFFD */
void json_number(json_writer *w, const char *key,
                 double value); /* repr; NaN and infinity become null */
void json_float(
    json_writer *w, const char *key,
    float value); /* the digits that a float32 needs: 0.001, not 0.0010000000474974513 */
void json_int(json_writer *w, const char *key, int64_t value);
void json_bool(json_writer *w, const char *key, int value);
void json_null(json_writer *w, const char *key);

/* ---- Reading. Values are views into the document. */
typedef struct json_doc json_doc;
typedef struct json_value
    json_value; /* never dereferenced; NULL is "not there" and is accepted everywhere below */
/* `what` names the text in messages ("model.keras: propense.json"). At most json_depth_limit levels
 * and json_bytes_limit bytes. Of two members with one key the first counts. Free with json_free. */
enum { json_bytes_limit = 64 * 1024 * 1024 };
status json_read(json_doc **out, str bytes, const char *what, propense_error *err);
void json_free(json_doc *d);
const json_value *json_root(const json_doc *d);
const json_value *json_get(const json_value *object, const char *key);
int64_t json_length(const json_value *array); /* of an array or object, 0 otherwise */
const json_value *json_at(const json_value *array, int64_t i);
const json_value *
json_next(const json_value *array, int64_t *state,
          str *key); /* iterates arrays and objects; state starts at 0, NULL = end; O(1) a step; key
                        may be NULL, and is empty in arrays */
int json_is_object(const json_value *v);
int json_is_array(const json_value *v);
int json_is_null(const json_value *v); /* null, or not there */
/* 1 when the value is of that kind. */
int json_as_str(const json_value *v, str *out);
int json_as_number(const json_value *v, double *out);
int json_as_int(const json_value *v, int64_t *out); /* an integer, or a real without decimals */
int json_as_bool(const json_value *v, int *out);

#endif
