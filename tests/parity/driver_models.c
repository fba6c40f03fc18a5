/* Reads a model file of any kind and writes it again, for test_vocabulary.py.
 *   driver_models IN OUT      OUT: .keras, .h5 or .weights.h5 */
#include <stdio.h>

#include "propense/propense.h"

int main(int argc, char **argv)
{
    propense_error err = PROPENSE_ERROR_INIT;
    propense_model *m;
    if (argc != 3) return 2;
    propense_status s = propense_model_load(&m, argv[1], &err);
    if (s == PROPENSE_OK) s = propense_model_save(m, argv[2], &err);
    if (s != PROPENSE_OK) fprintf(stderr, "%s\n", err.message);
    propense_model_free(m);
    return s == PROPENSE_OK ? 0 : 1;
}
