/* UTF-8 checked; Windows-1252, Latin-1 and UTF-16 turned into it.
 * Leaves where the bytes come from to csv_source.c.
 * Read csv_text.h first. */
#include "csv_text.h"

#include <string.h>

/* Bytes of the sequence that begins at p, 0 when it is none (RFC 3629). */
static int64_t sequence(const unsigned char *p, int64_t left)
{
    unsigned first = p[0], low = 0x80, high = 0xBF; /* what the second byte may be */
    int64_t n = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (n == 1) return 1;
    if (first < 0xC2 || first > 0xF4 || n > left) return 0;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
    if (p[1] < low || p[1] > high) return 0;
    for (int64_t i = 2; i < n; i++)
        if ((p[i] & 0xC0) != 0x80) return 0;
    return n;
}

int64_t csv_text_check(const unsigned char *p, int64_t n)
{
    int64_t i = 0;
    while (i < n) {
        uint64_t eight;
        if (n - i >= 8) {
            memcpy(&eight, p + i, 8);
            if (!(eight & UINT64_C(0x8080808080808080))) {
                i += 8;
                continue;
            }
        }
        int64_t more = sequence(p + i, n - i);
        if (!more) return i;
        i += more;
    }
    return n;
}

static unsigned char *put(unsigned char *out, unsigned c)
{
    if (c < 0x80) {
        *out++ = (unsigned char)c;
        return out;
    }
    if (c < 0x800) {
        *out++ = (unsigned char)(0xC0 | c >> 6);
    } else {
        if (c < 0x10000) {
            *out++ = (unsigned char)(0xE0 | c >> 12);
        } else {
            *out++ = (unsigned char)(0xF0 | c >> 18);
            *out++ = (unsigned char)(0x80 | (c >> 12 & 0x3F));
        }
        *out++ = (unsigned char)(0x80 | (c >> 6 & 0x3F));
    }
    *out++ = (unsigned char)(0x80 | (c & 0x3F));
    return out;
}

/* Windows-1252, 0x80..0x9F. The five that it leaves free are control characters, as in browsers
 * (WHATWG Encoding, index windows-1252). */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

static unsigned char *put_unit(csv_recoder *r, unsigned unit, unsigned char *out)
{
    unsigned first = r->surrogate;
    r->surrogate = 0;
    if (first && unit >= 0xDC00 && unit <= 0xDFFF)
        return put(out, 0x10000 + ((first - 0xD800) << 10) + (unit - 0xDC00));
    if (first) out = put(out, first); /* alone: three bytes that are not UTF-8 */
    if (unit < 0xD800 || unit > 0xDBFF) return put(out, unit);
    r->surrogate = unit;
    return out;
}

static unsigned char *put_utf_16(csv_recoder *r, unsigned byte, unsigned char *out)
{
    r->has_byte = !r->has_byte;
    if (r->has_byte) {
        r->byte = byte;
        return out;
    }
    return put_unit(r, r->big_endian ? r->byte << 8 | byte : byte << 8 | r->byte, out);
}

int64_t csv_recode(csv_recoder *r, const unsigned char *p, int64_t n, int last, unsigned char *out)
{
    unsigned char *to = out;
    for (int64_t i = 0; i < n; i++) {
        if (r->from == CSV_UTF_16)
            to = put_utf_16(r, p[i], to);
        else
            to = put(to, r->from == CSV_WINDOWS_1252 && p[i] >= 0x80 && p[i] < 0xA0
                             ? windows_1252[p[i] - 0x80]
                             : p[i]);
    }
    if (last && r->surrogate) to = put(to, r->surrogate);
    if (last && r->has_byte) *to++ = 0xFF;
    return to - out;
}
