/* Writing CSV: one field.
 * Leaves separators and line ends to the caller.
 * Read csv.h first. */
#include "csv.h"

static int is_blank(char c)
{
    return c == ' ' || c == '\t';
}

static int needs_quotes(str s, char separator)
{
    if (s.n == 0) return 0;
    if (is_blank(s.p[0]) || is_blank(s.p[s.n - 1])) return 1;
    for (int64_t i = 0; i < s.n; i++)
        if (s.p[i] == separator || s.p[i] == '"' || s.p[i] == '\n' || s.p[i] == '\r') return 1;
    return 0;
}

void csv_write_field(text *t, str field, char separator)
{
    if (!needs_quotes(field, separator)) {
        text_str(t, field);
        return;
    }
    text_char(t, '"');
    for (str rest = field, head; str_cut(&rest, &head, '"');) {
        text_str(t, head);
        if (rest.p) text_z(t, "\"\"");
    }
    text_char(t, '"');
}
