/* Turns a text file into a C string literal for #include.
 *
 *   text2c FILE OUT */
#include <stdio.h>

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: text2c FILE OUT\n");
        return 2;
    }
    FILE *in = fopen(argv[1], "rb"), *out = fopen(argv[2], "wb");
    if (!in || !out) {
        perror(in ? argv[2] : argv[1]);
        return 1;
    }
    int c, at_start = 1;
    while ((c = fgetc(in)) != EOF) {
        if (at_start) fputc('"', out);
        at_start = c == '\n';
        if (c == '"' || c == '\\') fputc('\\', out);
        if (at_start)
            fputs("\\n\"\n", out);
        else
            fputc(c, out);
    }
    if (!at_start) fputs("\"\n", out);
    int failed = ferror(in) || fclose(out) != 0;
    fclose(in);
    return failed;
}
