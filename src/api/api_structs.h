/* The caller's structs at the door of propense.h: his may be older and shorter, or newer and longer
 * than ours. Behind the door every struct is a full one of ours. */
#ifndef PROPENSE_API_STRUCTS_H
#define PROPENSE_API_STRUCTS_H

#include "error.h"

/* The callbacks as full structs: *used is NULL when given is, else full, filled from it. A struct
 * that was never set up is PROPENSE_E_ARG. */
status callbacks_take(const propense_callbacks **used, propense_callbacks *full,
                      const propense_callbacks *given, propense_error *err);

/* Copies a full struct (its first member struct_size) over the caller's: as many bytes as both
 * have, the caller's struct_size kept. Nothing when `to` is NULL or was never set up. */
void struct_give(void *to, const void *full, size_t full_size);

/* The defaults of our size into a struct of the caller's; what is newer than we are is zero. */
void struct_set_up(void *to, size_t size, const void *defaults, size_t defaults_size);

#endif
