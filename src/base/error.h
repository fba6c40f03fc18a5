/* Status and error reporting.
 *
 * The lowest level that knows the facts writes the message; upper levels pass the status on with
 * TRY. Messages are English literals; the Spanish text comes from po/es.po by the language that the
 * caller put into his propense_error. A message is one line without "failed to": what was met, what
 * was expected. No floating point in formats: numbers are formatted by num.h.
 */
#ifndef PROPENSE_ERROR_H
#define PROPENSE_ERROR_H

#include "propense/propense.h"

typedef propense_status status;

#define TRY(e)                                                                                     \
    do {                                                                                           \
        status try_ = (e);                                                                         \
        if (try_ != PROPENSE_OK) return try_;                                                      \
    } while (0)

/* Fills *err (may be NULL) and returns `code`. */
status fail(propense_error *err, status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same with the place in the input file: row is a 1-based line, column is 1-based. */
status fail_at(propense_error *err, status code, int64_t row, int64_t column, const char *format,
               ...) __attribute__((format(printf, 5, 6)));
/* Out of memory: one message, one place. */
status fail_memory(propense_error *err);

#ifdef __clang_analyzer__ /* which cannot see that no failure returns PROPENSE_OK */
#define fail(err, code, ...)    (fail((err), (code), __VA_ARGS__), (code))
#define fail_at(err, code, ...) (fail_at((err), (code), __VA_ARGS__), (code))
#define fail_memory(err)        (fail_memory(err), PROPENSE_E_NOMEM)
#endif

/* What *from says, into *to (may be NULL; its language stays). *to may be older and shorter: no
 * byte behind its struct_size is written, and the message is cut between characters. */
void error_copy(propense_error *to, const propense_error *from);

/* The language of err, English without one. */
propense_language error_language(const propense_error *err);

#endif
