/* A main for fuzz targets without libFuzzer: runs every file named, or every file of the folders
 * named. Each input is copied into a block of its exact size, so that a sanitizer sees a read
 * behind its end. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static int run_file(const char *path)
{
    FILE *f = fopen(path, "rb");
    struct stat s;
    if (!f || stat(path, &s) != 0) return perror(path), 1;
    size_t n = (size_t)s.st_size;
    uint8_t *bytes = malloc(n ? n : 1);
    if (!bytes || fread(bytes, 1, n, f) != n) return perror(path), 1;
    fclose(f);
    uint8_t *exact = malloc(n);
    if (n && exact) memcpy(exact, bytes, n);
    free(bytes);
    LLVMFuzzerTestOneInput(exact, n);
    free(exact);
    return 0;
}

int main(int argc, char **argv)
{
    int bad = 0, n_run = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (!folder) {
            bad |= run_file(argv[i]);
            n_run++;
            continue;
        }
        for (struct dirent *e; (e = readdir(folder));) {
            char path[4096];
            if (e->d_name[0] == '.') continue;
            snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
            bad |= run_file(path);
            n_run++;
        }
        closedir(folder);
    }
    printf("%d inputs replayed\n", n_run);
    return bad || n_run == 0;
}
