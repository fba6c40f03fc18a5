/* Tells formats by how they begin. Leaves reading them to their own files. Read file_kind.h first.
 */
#include "file_kind.h"

#include "words.h"

static int is_text(str bytes)
{
    int64_t n = bytes.n < 4096 ? bytes.n : 4096;
    for (int64_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)bytes.p[i];
        if (c == 0x7F || (c < ' ' && c != '\t' && c != '\n' && c != '\r')) return 0;
    }
    return 1;
}

const char *file_kind_of(str bytes)
{
    static const struct {
        const char *begins;
        int64_t n;
        const char *kind;
    } known[] = {
        { "PK\3\4", 4, N_("a zip archive") },
        { "\x89HDF\r\n\x1a\n", 8, N_("HDF5 data, as in .h5 files") },
        { "\x93NUMPY", 6, N_("a single NumPy array (.npy)") },
        { "\x1f\x8b", 2, N_("a file packed by gzip") },
    };
    if (!bytes.n) return N_("an empty file");
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (bytes.n >= known[i].n && memcmp(bytes.p, known[i].begins, (size_t)known[i].n) == 0)
            return known[i].kind;
    return is_text(bytes) ? N_("text") : N_("bytes of another kind");
}
