/* Names of columns: the nearest one to a name that is not there, and comparing without case and
 * accents. */
#ifndef PROPENSE_NAMES_H
#define PROPENSE_NAMES_H

#include "propense/propense.h"
#include "str.h"

/* The name most like `wanted`: equal but for case and accents, or few edits away (1 for up to three
 * bytes, 2 up to eight, then a third of the length). -1 when none is near. */
int32_t name_nearest(str wanted, const str *names, int32_t n);
/* Writes "'wanted'", and where a name is near " (nearest: 'name')", in the language. */
void name_quote_nearest(text *out, str wanted, const str *names, int32_t n,
                        propense_language language);

/* Lower case, ASCII letters and digits only: accents of Latin letters are taken off, everything
 * else is left out. "Convirtió " becomes "convirtio". Cut at name_plain_limit bytes. */
enum { name_plain_limit = 64 };
typedef struct plain_name {
    char p[name_plain_limit + 1];
    int64_t n;
} plain_name;
plain_name name_plain(str s);
/* 1 when plain is one of the words, which are separated by single blanks; *which is its number. */
int name_among(const plain_name *plain, const char *words, int *which);

/* The last and first parts of a name cut at whatever is no letter or digit, and where a capital
 * follows a small letter: "CustomerID" has the last part "id". */
plain_name name_last_part(str s);
plain_name name_first_part(str s);
/* All of them, at most `limit`; returns how many. */
int name_parts(plain_name *parts, int limit, str s);

/* 1 for "id", "customer_id", "UserID", "idcliente" and their like: names that mean nothing else. */
int name_is_id(str s);

#endif
