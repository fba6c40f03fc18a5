/* Makes campaign-shaped CSV files of any size: the same bytes for the same options on any machine.
 * Knows nothing of propense and needs libc only; the runner (bench.py) and the tests compile it.
 * Read first: data/campaign_history.csv, whose columns and value formats these are.
 */
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { buffer_size = 1 << 20, longest_row = 256 };

typedef struct plan {
    int64_t n_rows;
    uint64_t seed;
    int64_t signal_pct;  /* 0: labels are noise; 100: an AUC of about 0.83 can be reached */
    int64_t missing_pct; /* of the cells of monetary, age and region */
    int with_label;
    int quoted; /* words in quotes, with separators, quotes and line ends inside */
    const char *path;
    int id_digits;
    int64_t threshold; /* of the label's score: 32.6 % lie above it, as in the real file */
} plan;

typedef struct customer {
    int64_t recency, frequency, cents, open_pct, click_pct, age, gender, region, label;
    int no_cents, no_age, no_region;
} customer;

/* splitmix64's finaliser (Steele, Lea & Flood 2014): a customer is a function of seed and number.
 */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint64_t draw(const plan *p, int64_t number, uint64_t k)
{
    return mix(mix(p->seed + 0x9e3779b97f4a7c15u) +
               ((uint64_t)number * 4 + k) * 0x9e3779b97f4a7c15u);
}

/* 0..n-1 from the 16 bits of `bits` at `at`. */
static int64_t part(uint64_t bits, int at, int64_t n)
{
    return ((int64_t)(bits >> at & 0xffff) * n) >> 16;
}

/* What the label follows, in integers so that no machine rounds differently. Each term is centred
 * and lies within -1000..1000; the sum has a standard deviation of about 7700. */
static int64_t score(const customer *r)
{
    int64_t recency = (2 * r->recency - 365) * 1000 / 364;
    int64_t frequency = (2 * r->frequency - 50) * 1000 / 48;
    int64_t opens = 20 * r->open_pct - 1000, clicks = 20 * r->click_pct - 1000;
    int64_t region = r->region == 1 ? 750 : -250;
    return -8 * recency + 6 * frequency + 5 * opens + 7 * clicks + 4 * (opens * clicks / 1000) +
           4 * region;
}

static customer make_customer(const plan *p, int64_t number)
{
    uint64_t a = draw(p, number, 0), b = draw(p, number, 1), c = draw(p, number, 2);
    uint64_t d = draw(p, number, 3);
    customer r = { .recency = 1 + part(a, 0, 364),
                   .frequency = 1 + part(a, 16, 49),
                   .open_pct = part(a, 32, 101),
                   .click_pct = part(a, 48, 101),
                   .cents = 1000 + (int64_t)((b & 0xffffffff) * 99001 >> 32),
                   .age = 18 + part(b, 32, 52),
                   .gender = part(b, 48, 3),
                   .region = part(d, 0, 4),
                   .no_cents = part(d, 16, 100) < p->missing_pct,
                   .no_age = part(d, 32, 100) < p->missing_pct,
                   .no_region = part(d, 48, 100) < p->missing_pct };
    /* Four uniform numbers, near enough to a normal one: standard deviation 37837. */
    int64_t noise = part(c, 0, 65536) + part(c, 16, 65536) + part(c, 32, 65536) +
                    part(c, 48, 65536) - 2 * 65535;
    r.label = score(&r) * 5 * p->signal_pct / 100 + noise > p->threshold;
    return r;
}

static char *put_text(char *at, const char *s)
{
    size_t n = strlen(s);
    memcpy(at, s, n);
    return at + n;
}

static char *put_int(char *at, int64_t x, int digits)
{
    char reversed[24];
    int n = 0;
    do {
        reversed[n++] = (char)('0' + x % 10);
        x /= 10;
    } while (x > 0 || n < digits);
    while (n > 0) *at++ = reversed[--n];
    return at;
}

/* Hundredths as the real file has them: 575.9, 0.69, 1.0. */
static char *put_hundredths(char *at, int64_t x)
{
    at = put_int(at, x / 100, 1);
    *at++ = '.';
    *at++ = (char)('0' + x % 100 / 10);
    if (x % 10) *at++ = (char)('0' + x % 10);
    return at;
}

static char *put_row(char *at, const plan *p, int64_t number)
{
    static const char *const genders[2][3] = { { "F", "M", "Other" },
                                               { "\"F\"", "\"M\"", "\"O\"\"ther\"\"\"" } };
    static const char *const regions[2][4] = { { "East", "North", "South", "West" },
                                               { "\"East, far\"", "\"North\nupper\"",
                                                 "\"South\r\n\"\"side\"\"\"", "\"West\"" } };
    customer r = make_customer(p, number);
    *at++ = 'C';
    at = put_int(at, number + 1, p->id_digits);
    *at++ = ',';
    at = put_int(at, r.recency, 1);
    *at++ = ',';
    at = put_int(at, r.frequency, 1);
    *at++ = ',';
    if (!r.no_cents) at = put_hundredths(at, r.cents);
    *at++ = ',';
    at = put_hundredths(at, r.open_pct);
    *at++ = ',';
    at = put_hundredths(at, r.click_pct);
    *at++ = ',';
    if (!r.no_age) at = put_int(at, r.age, 1);
    *at++ = ',';
    at = put_text(at, genders[p->quoted][r.gender]);
    *at++ = ',';
    if (!r.no_region) at = put_text(at, regions[p->quoted][r.region]);
    if (p->with_label) {
        *at++ = ',';
        *at++ = (char)('0' + r.label);
    }
    *at++ = '\n';
    return at;
}

static int write_rows(const plan *p, FILE *f)
{
    char *buffer = malloc(buffer_size + longest_row);
    if (!buffer) return 0;
    char *at = put_text(buffer, "customer_id,recency,frequency,monetary,open_rate,ctr,age,gender,"
                                "region");
    at = put_text(at, p->with_label ? ",label\n" : "\n");
    int good = 1;
    for (int64_t i = 0; i < p->n_rows && good; i++) {
        at = put_row(at, p, i);
        if (at - buffer < buffer_size) continue;
        good = fwrite(buffer, 1, (size_t)(at - buffer), f) == (size_t)(at - buffer);
        at = buffer;
    }
    good = good && fwrite(buffer, 1, (size_t)(at - buffer), f) == (size_t)(at - buffer);
    free(buffer);
    return good;
}

static int usage(void)
{
    fputs("usage: generate ROWS [--out FILE] [--seed N] [--signal PERCENT] [--missing PERCENT]\n"
          "                [--quoted] [--no_label]\n",
          stderr);
    return 2;
}

static int read_number(const char *text, int64_t max, int64_t *out)
{
    char *end;
    *out = text ? strtoll(text, &end, 10) : -1;
    return text && *text && !*end && *out >= 0 && *out <= max;
}

static int read_arguments(plan *p, int n, char **args)
{
    if (n < 2 || !read_number(args[1], INT64_C(1000000000000), &p->n_rows)) return 0;
    for (int i = 2; i < n; i++) {
        int64_t x = 0;
        const char *value = i + 1 < n ? args[i + 1] : NULL;
        if (!strcmp(args[i], "--no_label"))
            p->with_label = 0;
        else if (!strcmp(args[i], "--quoted"))
            p->quoted = 1;
        else if (!strcmp(args[i], "--out") && value)
            p->path = args[++i];
        else if (!strcmp(args[i], "--seed") && read_number(value, INT64_MAX, &x))
            p->seed = (uint64_t)x, i++;
        else if (!strcmp(args[i], "--signal") && read_number(value, 1000, &x))
            p->signal_pct = x, i++;
        else if (!strcmp(args[i], "--missing") && read_number(value, 100, &x))
            p->missing_pct = x, i++;
        else
            return 0;
    }
    return 1;
}

int main(int n, char **args)
{
    plan p = { .seed = 1, .with_label = 1 };
    if (!read_arguments(&p, n, args)) return usage();
    double from_signal = 7700.0 * 5 * (double)p.signal_pct / 100, from_noise = 37837;
    p.threshold = (int64_t)(0.451 * sqrt(from_signal * from_signal + from_noise * from_noise));
    p.id_digits = 3;
    for (int64_t limit = 1000; p.n_rows >= limit; limit *= 10) p.id_digits++;

    FILE *f = p.path ? fopen(p.path, "wb") : stdout;
    if (!f) {
        perror(p.path);
        return 1;
    }
    int good = write_rows(&p, f);
    if (fclose(f) != 0) good = 0;
    if (!good) perror(p.path ? p.path : "standard output");
    return good ? 0 : 1;
}
