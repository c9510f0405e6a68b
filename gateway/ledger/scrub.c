/* scrub: what a database file still holds of rows that were deleted. See scrub.h.
 * Runs: any (blocks). */
#include "gateway/ledger/scrub.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "gateway/base/durable.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/db.h"
#include "gateway/ledger/place.h"

static void scrub_explain(const struct db *db, int rc, const char *path, char *why, size_t why_size)
{
    if (rc == -EAGAIN)
        snprintf(why, why_size,
                 lang("%s is in use by another lawcast: end that one first",
                      "%s 正被另一个 lawcast 使用：请先结束它"),
                 path);
    else if (rc == -EBUSY)
        snprintf(why, why_size,
                 lang("%s is being read by another program: close that one",
                      "%s 正被其他程序读取：请关闭该程序"),
                 path);
    else if (rc == -ENOSPC)
        snprintf(why, why_size,
                 lang("the disk of %s has no room for a second copy of it: make room",
                      "%s 所在磁盘放不下账本的另一份副本：请腾出空间"),
                 path);
    else if (rc == -ENOMEM)
        snprintf(why, why_size,
                 lang("this machine has no memory for a copy of %s: end other programs",
                      "本机内存放不下 %s 的副本：请结束其他程序"),
                 path);
    else
        snprintf(why, why_size, lang("%s can't be written anew (%s)", "无法重写 %s（%s）"), path,
                 db_why(db));
}

static char *scrub_marker(const char *path)
{
    return place_beside(path, ".unscrubbed");
}

int scrub_owe(const char *path)
{
    static const char text[] = "lawcast erase was broken off: run it again\n";
    MEM_FREE_LATER char *marker = scrub_marker(path);

    return durable_replace(marker, text, sizeof text - 1, 0600);
}

void scrub_owe_nothing(const char *path)
{
    MEM_FREE_LATER char *marker = scrub_marker(path);

    unlink(marker);
}

bool scrub_is_owed(const char *path)
{
    MEM_FREE_LATER char *marker = scrub_marker(path);

    return access(marker, F_OK) == 0;
}

int scrub_books(const char *path, char *why, size_t why_size)
{
    struct db *db;
    int rc = db_open(&db, path, DB_WRITE);

    if (rc == 0)
        rc = db_exec(db, "PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON; VACUUM");
    if (rc == 0)
        rc = db_cut_log(db);
    if (rc < 0)
        scrub_explain(db, rc, path, why, why_size);
    else
        scrub_owe_nothing(path);
    db_close(db);
    return rc;
}
