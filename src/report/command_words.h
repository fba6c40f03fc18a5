/* Command lines as a shell reads them. */
#ifndef PROPENSE_COMMAND_WORDS_H
#define PROPENSE_COMMAND_WORDS_H

#include "str.h"

/* A word of a command line, quoted where a shell would take it apart. */
void shell_word(text *t, str word);

#endif
