/* What names of columns say of when they are known, and of who makes their values.
 * Leaves the figures to alarms.c.
 * Read alarms.h and names.h first. */
#include "alarms.h"
#include "names.h"

enum { most_parts = 12 };

typedef struct parts {
    plain_name part[most_parts], all;
    int n;
} parts;

static parts parts_of(str name)
{
    parts p = { .all = name_plain(name), .n = 0 };
    p.n = name_parts(p.part, most_parts, name);
    return p;
}

static int has(const parts *p, const char *words)
{
    for (int i = 0; i < p->n; i++)
        if (name_among(&p->part[i], words, NULL)) return 1;
    return 0;
}

static const char earlier[] = "previous prev prior last past earlier before historic history p "
                              "anterior anteriores previo previa ultimo ultima ultimos pasado";

/* Whole names first, then what is told by one part, or by two of them together. An outcome of an
 * earlier campaign is known in time. */
int name_is_afterwards(str name)
{
    parts p = parts_of(name);
    if (has(&p, earlier)) return 0;
    if (name_among(&p.all,
                   "duration duracion callduration durationcall contactduration calllength "
                   "callseconds calltime talktime duracionllamada duraciondelallamada "
                   "duracioncontacto lengthofcall",
                   NULL))
        return 1;
    if (has(&p, "after afterwards despues outcome outcomes result results resultado resultados"))
        return 1;
    if (has(&p, "posterior posteriores") && p.n > 1) return 1;
    return has(&p, "response responded conversion converted churn churned cancellation "
                   "cancelation cancel respuesta cancelacion baja") &&
           has(&p, "time date at day reason value amount seconds hours days fecha hora tiempo "
                   "motivo valor importe dias");
}

/* Accounts are opened, and prices at the opening bell are none of ours; clicks on pages and
 * advertisements come from browsers. */
int name_is_of_opens(str name)
{
    parts p = parts_of(name);
    if (has(&p, "account accounts cuenta cuentas balance price hour hours day days date door page "
                "pages ad ads banner site web"))
        return 0;
    if (has(&p,
            "ctr ctor opens opened openrate openrates clickrate clicks click clicked clickthrough "
            "aperturas apertura abiertos clic clics"))
        return 1;
    return has(&p, "open") && (p.n == 1 || has(&p, "rate rates email emails mail mails count "
                                                   "number num pct percent ratio newsletter"));
}
