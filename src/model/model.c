/* The model handle: one arena and what lives in it. Read model.h first. */
#include "model.h"

model *model_new(void)
{
    model *m = mem_resize(NULL, (int64_t)sizeof *m);
    if (m) memset(m, 0, sizeof *m);
    return m;
}

void model_free(model *m)
{
    if (!m) return;
    arena_free(&m->mem);
    mem_free(m);
}
