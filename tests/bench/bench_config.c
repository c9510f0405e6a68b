/* bench_config: a big city's configuration, read and checked as `lawcast check` does.
 *
 *   bench=config boards=10000 modems=512 file_kib=... load_ms=...
 *
 * load_ms is the median of five readings; half of the boards are of kind webhook, whose options are
 * tried out, half of kind onbon-y. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"
#include "gateway/config/config.h"
#include "adapters/adapter.h"

enum { BENCH_BOARDS = 10000, BENCH_MODEMS = 512, BENCH_TIMES = 5 };

static void bench_write(FILE *file)
{
    struct buffer text = BUFFER_NULL;

    buffer_printf(&text,
                  "office = { name = \"bench\"; timezone = \"Asia/Shanghai\"; };\n"
                  "ledger = { path = \"books.db\"; };\n"
                  "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; } );\n"
                  "modems = ( { id = \"m\"; devices = \"/dev/ttyUSB[0-%d]\"; } );\nboards = (",
                  BENCH_MODEMS - 1);
    for (int i = 0; i < BENCH_BOARDS; i++) {
        buffer_printf(&text,
                      "%s{ id = \"b%d\"; owner = \"city\"; url = \"http://192.0.2.1\"; "
                      "width = 192; height = 64;\n",
                      i ? "," : "", i);
        if (i % 2)
            buffer_add_text(&text, "kind = \"onbon-y\"; password = \"x\"; }\n");
        else
            buffer_add_text(&text, "kind = \"webhook\"; publish_path = \"/slogans\";\n"
                                   "verify_path = \"/slogans/{name}\"; verify_pointer = \"/id\"; "
                                   "verify_equals = \"{name}\"; }\n");
    }
    buffer_add_text(&text, ");\n");
    LOG_ASSERT(fwrite(text.data, 1, text.length, file) == text.length && fflush(file) == 0);
    buffer_free(&text);
}

static int64_t bench_load(const char *path)
{
    struct diag diag = DIAG_NULL;
    int64_t start_us = clock_mono_us(), taken_us;
    struct office *office;

    if (config_read_office(path, adapter_board_kind, &diag, &office)) {
        diag_print(&diag, stderr);
        exit(1);
    }
    taken_us = clock_mono_us() - start_us;
    LOG_ASSERT(office->n_boards == BENCH_BOARDS && office->n_modems == BENCH_MODEMS);
    office_free(office);
    free(office);
    diag_free(&diag);
    return taken_us;
}

static int bench_compare(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

int main(void)
{
    char path[] = "/tmp/lawcast-bench-XXXXXX";
    int64_t taken_us[BENCH_TIMES];
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "w");
    long length;

    LOG_ASSERT(file);
    bench_write(file);
    length = ftell(file);
    LOG_ASSERT(fclose(file) == 0);
    for (int i = 0; i < BENCH_TIMES; i++)
        taken_us[i] = bench_load(path);
    unlink(path);
    qsort(taken_us, BENCH_TIMES, sizeof *taken_us, bench_compare);
    printf("bench=config boards=%d modems=%d file_kib=%ld load_ms=%.1f\n", BENCH_BOARDS,
           BENCH_MODEMS, length / 1024, (double)taken_us[BENCH_TIMES / 2] / 1000);
    return 0;
}
