/* Any bytes as an archive: every member that opens is read. */
#include "zip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    arena mem = { 0 };
    zip_archive z;
    propense_error err = PROPENSE_ERROR_INIT;
    str content;
    unsigned sum = 0;
    if (zip_open(&z, (str){ (const char *)bytes, (int64_t)n }, "fuzz", &mem, &err) == PROPENSE_OK)
        for (int32_t i = 0; i < z.n_members; i++)
            if (zip_read(&content, &z, &z.members[i], 1 << 20, "fuzz", &mem, &err) == PROPENSE_OK)
                for (int64_t k = 0; k < content.n; k++) sum += (unsigned char)content.p[k];
    arena_free(&mem);
    return sum == UINT32_MAX ? -1 : 0;
}
