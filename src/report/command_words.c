/* Command lines as a shell reads them.
 * Leaves which options to the callers.
 * Read command_words.h first. */
#include "command_words.h"

void shell_word(text *t, str word)
{
    int is_plain = word.n > 0;
    for (int64_t i = 0; i < word.n; i++) {
        char c = word.p[i];
        is_plain &= (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    (c && strchr("_-.,/=:+", c));
    }
    if (!is_plain) text_char(t, '\'');
    for (int64_t i = 0; i < word.n; i++)
        if (word.p[i] == '\'')
            text_z(t, "'\\''");
        else
            text_char(t, word.p[i]);
    if (!is_plain) text_char(t, '\'');
}
