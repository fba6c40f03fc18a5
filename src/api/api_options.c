/* The options of propense.h over the option table. Leaves checks to model/options.c. */
#include "api_structs.h"
#include "options.h"
#include "words.h"

const char *propense_translate(propense_language language, const char *english)
{
    return english ? tr(language, english) : "";
}

int32_t propense_option_count(void)
{
    return OPTION_COUNT;
}

propense_status propense_option_describe(propense_option_info *out, int32_t index,
                                         propense_language language)
{
    if (!out || out->struct_size < sizeof out->struct_size || index < 0 || index >= OPTION_COUNT)
        return PROPENSE_E_ARG;
    static const int32_t types[] = { [KIND_INTEGER] = PROPENSE_TYPE_INTEGER,
                                     [KIND_NUMBER] = PROPENSE_TYPE_NUMBER,
                                     [KIND_TEXT] = PROPENSE_TYPE_TEXT,
                                     [KIND_FLAG] = PROPENSE_TYPE_FLAG };
    const option_row *row = &option_table[index];
    propense_option_info full = { .struct_size = sizeof full,
                                  .name = row->name,
                                  .type = types[row->kind],
                                  .commands = row->commands,
                                  .default_value = row->initial,
                                  .placeholder = row->place,
                                  .min = row->min,
                                  .max = row->max,
                                  .choices = row->choices,
                                  .help = tr(language, row->help) };
    struct_give(out, &full, sizeof full);
    return PROPENSE_OK;
}

propense_status propense_options_new(propense_options **out, propense_error *err)
{
    if (!out) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    *out = options_new();
    return *out ? PROPENSE_OK : fail_memory(err);
}

void propense_options_free(propense_options *o)
{
    options_free(o);
}

propense_status propense_options_set(propense_options *o, const char *name, const char *value,
                                     propense_error *err)
{
    if (!o || !name || !value) return fail(err, PROPENSE_E_ARG, "an argument is NULL");
    return options_set(o, str_of(name), str_of(value), err);
}

const char *propense_options_get(const propense_options *o, const char *name)
{
    int id = o && name ? option_find(str_of(name)) : -1;
    return id < 0 ? NULL : option_text(o, (option_id)id);
}
