/* store_upgrade: books of earlier versions become books of this one. See store_upgrade.h.
 * Runs: loop, before there is a ledger thread. */
#include "gateway/ledger/store_upgrade.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/copy.h"
#include "gateway/ledger/store_inside.h"
#include "gateway/ledger/store_keys.h"

#define UPGRADE_COPIES 99 /* "<books>.v4", "<books>.v4-2", ... */

static const struct {
    int64_t from;
    bool keyless; /* those books had no key yet */
    int (*step)(struct store *store, const char *path, char *why, size_t why_size);
} upgrade_steps[] = {
    {4, true, upgrade_from_4},
    {5, false, upgrade_from_5},
};

bool store_upgradable(int64_t version)
{
    return version >= upgrade_steps[0].from && version < SQL_VERSION;
}

/* A copy that an upgrade before has left is never written over: it may be the better one. But the
 * same one that a crash has left will do: a service that is started again and again must not fill
 * the disk. */
static int upgrade_name_copy(struct store *store, const char *path, int64_t version,
                             struct copy *copy)
{
    int rc = -EEXIST;

    for (int i = 1; i <= UPGRADE_COPIES && rc == -EEXIST; i++) {
        char number[16] = "";
        MEM_FREE_LATER char *name = NULL;

        if (i > 1)
            snprintf(number, sizeof number, "-%d", i);
        name = mem_printf("%s.v%lld%s", path, (long long)version, number);
        copy_name(copy, name);
        rc = copy_is_there(copy) ? 0 : copy_finish(copy);
    }
    if (rc == 0)
        store->copied = mem_dup(copy->path);
    return rc;
}

static int upgrade_copy(struct store *store, const char *path, int64_t version)
{
    MEM_FREE_LATER char *name = mem_printf("%s.v%lld", path, (long long)version);
    struct copy copy;
    int rc = copy_begin(&copy, name);

    if (rc == 0)
        rc = copy_db(&copy, store->db);
    if (rc == 0)
        rc = copy_read_again(&copy);
    if (rc == 0)
        rc = upgrade_name_copy(store, path, version, &copy);
    copy_end(&copy);
    if (rc == 0)
        log_info("ledger copied before=upgrade path=%s", store->copied);
    return rc;
}

/* Nothing has changed for certain: the next try makes its own copy. */
static void upgrade_drop_copy(struct store *store)
{
    unlink(store->copied);
    free(store->copied);
    store->copied = NULL;
}

/* What a commit that failed has left on the disk isn't known: then the copy stays. */
static int upgrade_step(struct store *store, size_t i, const char *path, char *why, size_t why_size)
{
    int rc = db_begin(store->db);

    if (rc == 0)
        rc = upgrade_steps[i].step(store, path, why, why_size);
    if (rc < 0)
        upgrade_drop_copy(store);
    if (rc == 0)
        rc = db_commit(store->db);
    if (rc < 0)
        db_rollback(store->db);
    else
        log_info("ledger upgraded from=%lld to=%d", (long long)upgrade_steps[i].from, SQL_VERSION);
    db_unprepare(store->db);
    leaves_free(&store->leaves); /* taken up anew by the opening */
    return rc;
}

static int upgrade_refuse_copy(int rc, const char *path, int64_t version, char *why,
                               size_t why_size)
{
    if (rc == -EUCLEAN)
        snprintf(why, why_size,
                 lang("%s is damaged (a copy of it, read again, isn't sound): put back a backup",
                      "%s 已损坏（复查其副本时发现问题）：请恢复备份"),
                 path);
    else
        snprintf(why, why_size,
                 lang("%s is of an earlier version, and the copy %s.v%lld that is kept of it can't "
                      "be written (%s): make room on the disk",
                      "%s 是早期版本的账本，升级前的副本 %s.v%lld 无法写入（%s）：请清理磁盘空间"),
                 path, path, (long long)version, strerror(-rc));
    return rc;
}

/* The key before anything else: what its file lacks doesn't mend itself at the next start. */
static int upgrade_prepare_copy(struct store *store, size_t i, const char *path, char *why,
                                size_t why_size)
{
    int64_t version = upgrade_steps[i].from;
    MEM_FREE_LATER char *origin = NULL;
    int rc = upgrade_steps[i].keyless ? store_keys_found(path, &origin, why, why_size) : 0;

    if (rc < 0)
        return rc;
    free(store->copied); /* of a first try on a full disk */
    store->copied = NULL;
    rc = upgrade_copy(store, path, version);
    return rc < 0 ? upgrade_refuse_copy(rc, path, version, why, why_size) : 0;
}

int upgrade_tell(struct store *store, int64_t from, int64_t at_ms)
{
    struct jv *upgraded = jv_object();

    jv_put(upgraded, "from", jv_int(from));
    jv_put(upgraded, "to", jv_int(SQL_VERSION));
    return store_fact(store, FACT_UPGRADED, upgraded, at_ms);
}

int store_upgrade(struct store *store, const char *path, int64_t version, char *why,
                  size_t why_size)
{
    size_t i = 0;
    int rc;

    LOG_ASSERT(store_upgradable(version));
    while (upgrade_steps[i].from != version)
        i++;
    rc = upgrade_prepare_copy(store, i, path, why, why_size);
    return rc < 0 ? rc : upgrade_step(store, i, path, why, why_size);
}
