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

/* Bytes of a message, its NUL included, that fit into a struct of that size. */
static size_t message_room(size_t struct_size)
{
    size_t before = offsetof(propense_error, message), most = sizeof((propense_error *)0)->message;
    if (struct_size <= before) return 0;
    return struct_size - before < most ? struct_size - before : most;
}

void error_copy(propense_error *to, const propense_error *from)
{
    if (!to || to->struct_size < sizeof to->struct_size) return;
    propense_error place = { .struct_size = to->struct_size,
                             .code = from->code,
                             .language = error_language(to),
                             .row = from->row,
                             .column = from->column };
    size_t before = offsetof(propense_error, message), room = message_room(to->struct_size);
    memcpy(to, &place, to->struct_size < before ? to->struct_size : before);
    if (!room) return;
    size_t n = strlen(from->message) + 1;
    memcpy((char *)to + before, from->message, n < room ? n : room);
    if (n <= room) return;
    ((char *)to)[before + room - 1] = '\0';
    str_mend((char *)to + before);
}

__attribute__((format(printf, 5, 0))) static void fill(propense_error *err, status code,
                                                       int64_t row, int64_t column,
                                                       const char *format, va_list args)
{
    if (!err) return;
    propense_error full;
    full.code = code;
    full.row = row;
    full.column = column > INT32_MAX ? INT32_MAX : (int32_t)column;
    int n = vsnprintf(full.message, sizeof full.message, format, args);
    if (n < 0) full.message[0] = '\0';
    if (n >= (int)sizeof full.message) str_mend(full.message);
    str_tame(full.message, (int64_t)strlen(full.message), 0);
    error_copy(err, &full);
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
