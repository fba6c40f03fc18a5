/* Random CSV files, most of them sound: quotes, line ends and blank lines where they may be, and
 * now and then where they may not. Test code. */
#ifndef RANDOM_CSV_H
#define RANDOM_CSV_H

#include <stdint.h>

#include "str.h"

static uint64_t state;

static inline unsigned pick(unsigned n)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % n;
}

static inline void add_piece(text *t, char separator)
{
    static const char *const pieces[] = { "a",      "bc",       "5\" pipe", "\"",       "\"\"",
                                          "\"\"\"", " ",        "\r",       "\n",       "\r\n",
                                          "7",      "\xC3\xA9", "\"x\"",    "\"\"y\"\"" };
    unsigned i = pick(sizeof pieces / sizeof *pieces + 2);
    if (i < sizeof pieces / sizeof *pieces)
        text_z(t, pieces[i]);
    else
        text_char(t, separator);
}

/* Within a field that quotes may surround. */
static inline void add_value(text *t, char separator)
{
    static const char *const values[] = {
        "",          "x",         "word",
        "5\" pipe",  "a \"b\" c", " blank ",
        "\xC3\xB1u", "?",         "a longer text of 20+",
    };
    unsigned kind = pick(12);
    if (kind == 0) {
        text_char(t, '"');
        for (unsigned n = pick(6); n; n--) {
            static const char *const inner[] = { "\n", "\"\"", "\r\n", "in", "," };
            if (pick(6) == 0)
                text_char(t, separator);
            else
                text_z(t, inner[pick(5)]);
        }
        text_char(t, '"');
        if (pick(8) == 0) text_z(t, "tail \" of it");
    } else if (kind == 1) {
        text_f(t, "\"%s\"", values[pick(3)]);
    } else if (pick(400) == 0) {
        add_piece(t, separator);
    } else {
        text_z(t, values[pick(sizeof values / sizeof *values)]);
    }
}

static inline void add_number(text *t, char decimal)
{
    static const char *const others[] = { "",    "NA",   " 4 ",    "\"12\"", "null",
                                          "1e3", "?",    "\" 5\"", "-0",     "\"N/A\"",
                                          "nan", "\"\"", "+7",     "1 234",  "-12'345'678" };
    static const char *const pointed[] = { ".5", "5.", "\"1,234\"", "\"12,345.5\"", "1 000.25e2" };
    static const char *const commaed[] = { ",5", "5,", "1.234", "12.345.678,5",
                                           "1\xC2\xA0"
                                           "000,25e2" };
    unsigned kind = pick(500);
    if (kind > 480) {
        text_z(t, decimal == '.' ? pointed[kind % 5] : commaed[kind % 5]);
        return;
    }
    if (kind == 0)
        text_z(t, "twelve");
    else if (kind < 100)
        text_z(t, others[pick(sizeof others / sizeof *others)]);
    else
        text_f(t, "%d%c%d", (int)pick(2000) - 1000, decimal, (int)pick(100));
}

/* Even columns are numbers, odd ones words. */
static inline void add_rows(text *t, unsigned n_columns, char separator, char decimal)
{
    for (unsigned rows = pick(60) + 1; rows; rows--) {
        if (pick(30) == 0) text_z(t, pick(2) ? "\n" : " \r\n");
        unsigned n = n_columns + (pick(600) == 0) - (pick(600) == 0);
        for (unsigned c = 0; c < n; c++) {
            if (c) text_char(t, separator);
            if (c % 2)
                add_value(t, separator);
            else
                add_number(t, decimal);
        }
        text_z(t, pick(3) ? "\n" : "\r\n");
    }
}

static inline text random_file(unsigned *n_columns, char separator, char decimal)
{
    text t = { 0 };
    *n_columns = 1 + pick(5);
    if (pick(8) == 0) text_z(&t, "\xEF\xBB\xBF");
    if (pick(8) == 0) text_z(&t, " \n");
    for (unsigned c = 0; c < *n_columns; c++) {
        if (c) text_char(&t, separator);
        if (pick(6) == 0)
            text_f(&t, "\"c\n%u\" ", c);
        else
            text_f(&t, " name%d", (int)c);
    }
    text_z(&t, pick(2) ? "\n" : "\r\n");
    if (pick(3) == 0)
        for (unsigned n = pick(80); n; n--) add_piece(&t, separator);
    else
        add_rows(&t, *n_columns, separator, decimal);
    if (pick(4) == 0) t.n -= t.n > 40 ? pick(30) : 0; /* cut anywhere: unclosed, no last LF */
    if (pick(60) == 0 && t.n) t.p[pick((unsigned)t.n)] = '\0';
    if (pick(20) == 0 && t.n) t.p[pick((unsigned)t.n)] = (char)(0x80 + pick(0x80));
    return t;
}

#endif
