/* Errors: fills the caller's propense_error in his language.
 * Leaves the wording to the call sites and the translation to words.c.
 * Read error.h first. */
#include "error.h"

#include <stdarg.h>
#include <stdio.h>

#include "str.h"
#include "words.h"

propense_language error_language(const propense_error *err)
{
    size_t needed = offsetof(propense_error, language) + sizeof(propense_language);
    return err && err->struct_size >= needed ? err->language : PROPENSE_ENGLISH;
}

__attribute__((format(printf, 5, 0))) static void fill(propense_error *err, status code,
                                                       int64_t row, int64_t column,
                                                       const char *format, va_list args)
{
    if (!err || err->struct_size < sizeof(propense_error)) return;
    err->code = code;
    err->row = row;
    err->column = column > INT32_MAX ? INT32_MAX : (int32_t)column;
    int n = vsnprintf(err->message, sizeof err->message, format, args);
    if (n < 0) err->message[0] = '\0';
    if (n >= (int)sizeof err->message) str_mend(err->message);
}

status fail(propense_error *err, status code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fill(err, code, 0, 0, tr(error_language(err), format), args);
    va_end(args);
    return code;
}

status fail_at(propense_error *err, status code, int64_t row, int64_t column, const char *format,
               ...)
{
    va_list args;
    va_start(args, format);
    fill(err, code, row, column, tr(error_language(err), format), args);
    va_end(args);
    return code;
}

status fail_memory(propense_error *err)
{
    return fail(err, PROPENSE_E_NOMEM, "out of memory");
}
