/* outfile: see outfile.h.
 * Runs: any (blocks). */
#include "gateway/outfile.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/command.h"

/* What follows the books' name in the names of what belongs to them: anything that begins so. */
static const char *const outfile_endings[] = {
    ".key", "-wal", "-shm", "-journal", ".control", ".evidence", ".v", ".before-restore",
};

/* ---- the books ---- */

static bool outfile_is_ending(const char *ending)
{
    if (!*ending)
        return true;
    for (size_t i = 0; i < sizeof outfile_endings / sizeof *outfile_endings; i++)
        if (strncmp(ending, outfile_endings[i], strlen(outfile_endings[i])) == 0)
            return true;
    return false;
}

/* The folder that a path lies in, as it is found; NULL: there is none. To be freed. */
static char *outfile_folder(const char *path)
{
    const char *slash = strrchr(path, '/');
    MEM_FREE_LATER char *folder =
        slash ? mem_dup_n(path, (size_t)(slash - path) + 1) : mem_dup(".");

    return realpath(folder, NULL);
}

static const char *outfile_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

static bool outfile_is_of(const char *path, const char *books)
{
    MEM_FREE_LATER char *here = outfile_folder(path);
    MEM_FREE_LATER char *there = outfile_folder(books);
    const char *name = outfile_name(books);

    return here && there && strcmp(here, there) == 0 &&
           strncmp(outfile_name(path), name, strlen(name)) == 0 &&
           outfile_is_ending(outfile_name(path) + strlen(name));
}

/* The same under a name that leads there, and what lies in their folder of pictures. */
static bool outfile_is_books(const char *path, const char *ledger)
{
    MEM_FREE_LATER char *books = realpath(ledger, NULL);
    MEM_FREE_LATER char *folder = outfile_folder(path);
    MEM_FREE_LATER char *there = realpath(path, NULL);
    const char *const paths[] = {path, folder, there};

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i] &&
            (outfile_is_of(paths[i], ledger) || (books && outfile_is_of(paths[i], books))))
            return true;
    return false;
}

/* Packs are named after campaigns: books that are named so could be taken for one. */
static bool outfile_holds_books(const char *path, const char *ledger)
{
    MEM_FREE_LATER char *here = realpath(path, NULL);
    MEM_FREE_LATER char *there = outfile_folder(ledger);
    size_t length = strlen(ledger);

    return here && there && strcmp(here, there) == 0 && length >= 4 &&
           strcmp(ledger + length - 4, ".pdf") == 0;
}

/* ---- what is there ---- */

/* A workbook is a zip file (ECMA-376, part 2) with parts below xl/; the names of its parts stand in
 * plain letters before each. An empty file holds nothing that could be lost. */
static bool outfile_is_workbook(const char *path)
{
    enum { LOOKED_AT = 64 << 20 };
    BUFFER_FREE_LATER struct buffer bytes = BUFFER_NULL;

    if (buffer_read_file(&bytes, path, LOOKED_AT))
        return false;
    return bytes.length == 0 ||
           (bytes.length > 4 && memcmp(bytes.data, "PK\3\4", 4) == 0 &&
            memmem(bytes.data, bytes.length, "xl/workbook", strlen("xl/workbook")) != NULL);
}

/* A named pipe and the like can't be looked at without waiting for somebody. */
static bool outfile_is_strange(const char *path)
{
    struct stat file;

    if (stat(path, &file))
        return false;
    return !S_ISREG(file.st_mode) || !outfile_is_workbook(path);
}

static int outfile_refuse(const char *command, const char *why)
{
    fprintf(stderr, lang("lawcast %s: %s\n", "lawcast %s：%s\n"), command, why);
    return COMMAND_REFUSED;
}

static bool outfile_endangers(const char *path, const char *ledger, enum outfile_kind kind)
{
    MEM_FREE_LATER char *part = mem_printf("%s.part", path); /* while a workbook is written */

    return outfile_is_books(path, ledger) ||
           (kind == OUTFILE_WORKBOOK && outfile_is_books(part, ledger)) ||
           (kind == OUTFILE_FOLDER && outfile_holds_books(path, ledger));
}

int outfile_check(const char *command, const char *path, const char *ledger, enum outfile_kind kind)
{
    MEM_FREE_LATER char *why = NULL;

    if (outfile_endangers(path, ledger, kind))
        why = mem_printf(
            lang("%s is the books, or belongs to them. Nothing was written: choose another name.",
                 "%s 是账本或属于账本的文件。未写入任何内容：请换一个名称。"),
            path);
    else if (kind == OUTFILE_WORKBOOK && outfile_is_strange(path))
        why = mem_printf(lang("%s is there already and is no workbook. Nothing was written: choose "
                              "another name.",
                              "%s 已存在，而且不是工作簿。未写入任何内容：请换一个名称。"),
                         path);
    return why ? outfile_refuse(command, why) : COMMAND_FINE;
}
