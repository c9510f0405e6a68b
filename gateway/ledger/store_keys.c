/* store_keys: what signs the books, and whether they are the newest that were signed. See
 * store_keys.h.
 * Runs: ledger thread (opening: the loop, before there is a thread). */
#include "gateway/ledger/store_keys.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/clock.h"
#include "gateway/base/durable.h"
#include "gateway/base/hex.h"
#include "gateway/base/lang.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/base/note.h"
#include "gateway/ledger/place.h"
#include "gateway/ledger/store.h"
#include "gateway/ledger/store_inside.h"
#include "gateway/ledger/store_mark.h"

#define STORE_SIGN_MS (10 * 1000)

struct signer {
    char *mark_path;
    struct sign_key *key;
    struct sign_public public;
    uint64_t size;     /* of the last checkpoint */
    int64_t signed_ms; /* monotonic; 0: not in this run */
    bool marked;       /* the file at mark_path is there (store_mark.h) */
    bool retiring;     /* the journal tells of another key, if that is committed */
    bool retired;      /* it is: this one signs no more */
};

char *store_key_path(const char *books_path)
{
    return place_beside(books_path, ".key");
}

char *store_mark_path(const char *books_path)
{
    return place_beside(books_path, ".key.checkpoint");
}

char *store_next_key_path(const char *books_path)
{
    return place_beside(books_path, ".key.next");
}

char *store_lost_key_path(const char *books_path)
{
    return place_beside(books_path, ".key.lost");
}

static int store_key_bad(int rc, const char *path, char *why, size_t why_size)
{
    if (rc == 1)
        snprintf(why, why_size,
                 lang("%s is no signing key: put back the right file",
                      "%s 不是签名密钥：请放回正确的文件"),
                 path);
    else if (rc == 2)
        snprintf(
            why, why_size,
            lang("others may read the signing key %s: run chmod 400 on it, and if somebody may "
                 "have copied it, make a new one with lawcast audit key --rotate",
                 "其他用户可以读取签名密钥 %s：请执行 chmod 400；如可能已被他人复制，请用 lawcast "
                 "audit key --rotate 更换"),
            path);
    else
        snprintf(why, why_size, lang("the signing key %s: %s", "签名密钥 %s：%s"), path,
                 strerror(-rc));
    return rc < 0 ? rc : -EKEYREJECTED;
}

/* Old books are gone, but not what was signed of them: to begin anew would hide that. */
static int store_refuse_anew(const char *books_path, const char *mark, char *why, size_t why_size)
{
    snprintf(
        why, why_size,
        lang("there are no books at %s, but %s tells of books that were there: put back a "
             "backup with lawcast restore; only to begin new books, move %s.key* away",
             "%s 处没有账本，但 %s 表明这里曾有账本：请用 lawcast restore 恢复备份；确要新建账本，"
             "请将 %s.key* 移走"),
        books_path, mark, books_path);
    return -EKEYREVOKED;
}

static int store_key_new(const char *path, char **origin, char *why, size_t why_size)
{
    struct sign_key *key = sign_key_make_under("lawcast-");
    struct sign_public public;
    int rc = sign_key_save(key, path);

    sign_key_public(key, SIGN_LOG, &public);
    sign_key_free(key);
    if (rc < 0)
        return store_key_bad(rc, path, why, why_size);
    *origin = mem_dup(public.name);
    log_info("ledger key=made path=%s origin=%s", path, public.name);
    return 0;
}

int store_keys_found(const char *books_path, char **origin, char *why, size_t why_size)
{
    MEM_FREE_LATER char *path = store_key_path(books_path);
    MEM_FREE_LATER char *mark = store_mark_path(books_path);
    struct sign_public public;
    struct sign_key *key;
    int rc;

    if (access(mark, F_OK) == 0)
        return store_refuse_anew(books_path, mark, why, why_size);
    rc = sign_key_load(path, &key);
    if (rc == -ENOENT)
        return store_key_new(path, origin, why, why_size);
    if (rc != 0)
        return store_key_bad(rc, path, why, why_size);
    sign_key_public(key, SIGN_LOG, &public);
    sign_key_free(key);
    if (strchr(public.name, '\'')) /* it stands in SQL */
        return store_key_bad(1, path, why, why_size);
    *origin = mem_dup(public.name);
    return 0;
}

/* ---- facts about the log itself ---- */

static int store_tell_log(struct store *store, int64_t at_ms)
{
    struct jv *object = jv_object();
    int rc = db_row(store->db, SQL_META_READ);

    LOG_ASSERT(rc != 0);
    if (rc > 0) {
        jv_put(object, "origin", jv_string(db_text(store->db, SQL_META_READ, 0)));
        jv_put(object, "timezone", jv_string(db_text(store->db, SQL_META_READ, 2)));
        db_end(store->db, SQL_META_READ);
    }
    jv_put(object, "version", jv_int(SQL_VERSION));
    if (rc > 0)
        return store_fact(store, FACT_LOG, object, at_ms);
    jv_free(object);
    return rc;
}

/* note: "" unless the key before has signed this one. */
static int store_tell_key(struct store *store, const struct sign_public *public, const char *note,
                          bool lost)
{
    char text[SIGN_TEXT_MOST];
    struct jv *object = jv_object();
    int rc;

    sign_public_text(public, text);
    jv_put(object, "public", jv_string(text));
    jv_put(object, "note", jv_string(note));
    if (lost)
        jv_put(object, "lost", jv_bool(true));
    rc = store_fact(store, FACT_KEY, object, clock_wall_ms());
    if (rc < 0)
        return rc;
    db_start(store->db, SQL_KEY_ADD, store_line(store));
    db_bind_text(store->db, SQL_KEY_ADD, 2, text);
    return db_finish(store->db, SQL_KEY_ADD);
}

/* 1: text is the public key that the journal told last; 0: the journal tells of none; -errno. */
static int store_key_told(struct store *store, char text[static SIGN_TEXT_MOST])
{
    int rc = db_row(store->db, SQL_KEY_LAST);

    if (rc <= 0)
        return rc;
    snprintf(text, SIGN_TEXT_MOST, "%s", db_text(store->db, SQL_KEY_LAST, 0));
    db_end(store->db, SQL_KEY_LAST);
    return 1;
}

/* ---- the key ---- */

static void store_key_foreign(const char *path, const char *told, bool missing, char *why,
                              size_t why_size)
{
    snprintf(
        why, why_size,
        missing
            ? lang("the signing key %s is missing (its public half is %s): put it back; if it "
                   "is lost for good, lawcast audit key --lost makes a new one, which the "
                   "books will tell",
                   "签名密钥 %s 不见了（公钥为 %s）：请放回原处；确已丢失的，用 lawcast audit key "
                   "--lost 更换，账本会如实记录")
            : lang("the key %s isn't the one that these books were signed with last (%s): put "
                   "back the right one; if it is a later one, and the books were put back from a "
                   "backup, run lawcast restore once more",
                   "%s 不是这些账本最近使用的签名密钥（%s）：请放回正确的密钥；如账本由备份恢复、"
                   "而该密钥是备份之后更换的，请再执行一次 lawcast restore"),
        path, told);
}

static bool store_key_is(const struct sign_key *key, const char *told)
{
    struct sign_public public;
    char text[SIGN_TEXT_MOST];

    sign_key_public(key, SIGN_LOG, &public);
    sign_public_text(&public, text);
    return strcmp(text, told) == 0;
}

/* A rotation ends with its file getting its name; a crash may have come before. */
static int store_key_finish(const char *books_path, const char *told, struct sign_key **key)
{
    MEM_FREE_LATER char *path = store_key_path(books_path);
    MEM_FREE_LATER char *next = store_next_key_path(books_path);
    struct sign_key *found;

    if (sign_key_load(next, &found) != 0)
        return 1;
    if (!store_key_is(found, told) || rename(next, path) || durable_sync_parent(path) < 0) {
        sign_key_free(found);
        return 1;
    }
    sign_key_free(*key);
    *key = found;
    return 0;
}

/* Somebody has said, by a file that names the key, that it is lost to these books: audit key
 * --lost, which has laid a new one ready, or the restoring of a backup from before a rotation,
 * which leaves the key that is there. 1: nobody has. */
static int store_key_lost(struct store *store, const char *books_path, const char *told)
{
    MEM_FREE_LATER char *lost = store_lost_key_path(books_path);
    MEM_FREE_LATER char *next = store_next_key_path(books_path);
    BUFFER_FREE_LATER struct buffer named = BUFFER_NULL;
    struct signer *signer = store->signer;
    struct sign_public before;

    if (buffer_read_file(&named, lost, SIGN_TEXT_MOST) < 0 ||
        strcmp(buffer_text(&named), told) != 0 || sign_public_parse(told, &before) != 0)
        return 1;
    if (!signer->key && sign_key_load(next, &signer->key) != 0)
        return 1;
    sign_key_public(signer->key, SIGN_LOG, &signer->public);
    if (strcmp(signer->public.name, before.name) != 0)
        return 1;
    log_warning("ledger key=not-vouched-for before=%s", told);
    return store_tell_key(store, &signer->public, "", true);
}

/* 0: the key is the one that the journal told last, or tells now. */
static int store_key_fit(struct store *store, const char *books_path, const char *told)
{
    struct signer *signer = store->signer;

    if ((signer->key && store_key_is(signer->key, told)) ||
        store_key_finish(books_path, told, &signer->key) == 0) {
        sign_key_public(signer->key, SIGN_LOG, &signer->public);
        return 0;
    }
    return store_key_lost(store, books_path, told);
}

static int store_key_load(struct store *store, const char *books_path, char *why, size_t why_size)
{
    MEM_FREE_LATER char *path = store_key_path(books_path);
    struct signer *signer = store->signer;
    char told[SIGN_TEXT_MOST];
    int known = store_key_told(store, told);
    int rc = known < 0 ? known : sign_key_load(path, &signer->key);

    if (known < 0)
        return known;
    if (rc != 0 && rc != -ENOENT)
        return store_key_bad(rc, path, why, why_size);
    if (known) {
        rc = store_key_fit(store, books_path, told);
        if (rc > 0)
            store_key_foreign(path, told, !signer->key, why, why_size);
        return rc > 0 ? -EKEYREJECTED : rc;
    }
    if (!signer->key)
        return store_key_bad(-ENOENT, path, why, why_size);
    sign_key_public(signer->key, SIGN_LOG, &signer->public);
    rc = store->leaves.now.tree.size ? 0 : store_tell_log(store, clock_wall_ms());
    return rc < 0 ? rc : store_tell_key(store, &signer->public, "", false);
}

/* ---- opening and closing ---- */

static int store_mark_check(struct store *store, char *why, size_t why_size)
{
    struct signer *signer = store->signer;
    struct store_mark mark;
    int rc = store_mark_open(store, signer->mark_path, &mark, why, why_size);

    signer->marked = mark.there;
    signer->size = mark.size;
    return rc;
}

int store_keys_open(struct store *store, const char *books_path, char *why, size_t why_size)
{
    MEM_FREE_LATER char *lost = store_lost_key_path(books_path);
    int rc = store_begin(store);

    store->signer = mem_new(struct signer);
    store->signer->mark_path = store_mark_path(books_path);
    if (rc == 0)
        rc = store_unseal(store, clock_wall_ms());
    if (rc == 0)
        rc = store_mark_check(store, why, why_size);
    if (rc == 0)
        rc = store_key_load(store, books_path, why, why_size);
    if (rc == 0)
        rc = store_commit(store);
    if (rc == 0)
        unlink(lost); /* the journal tells it, or it isn't true any more */
    return rc;
}

void store_keys_close(struct store *store)
{
    if (!store->signer)
        return;
    sign_key_free(store->signer->key);
    free(store->signer->mark_path);
    free(store->signer);
    store->signer = NULL;
}

/* ---- signing ---- */

/* Dated by the last record that it covers, which anybody can check. */
static int store_checkpoint_add(struct store *store, int64_t size, const char *note)
{
    int rc = store_begin(store);

    if (rc == 0) {
        db_start(store->db, SQL_CHECKPOINT_ADD, size, store->leaves.committed.at_ms);
        db_bind_text(store->db, SQL_CHECKPOINT_ADD, 3, note);
        rc = db_finish(store->db, SQL_CHECKPOINT_ADD);
    }
    if (rc == 0)
        rc = store_commit(store);
    if (rc < 0)
        store_rollback(store);
    return rc;
}

static int store_note_first(struct store *store, const struct checkpoint *checkpoint,
                            const struct buffer *note)
{
    const char *path = store->signer->mark_path;
    int rc = store_checkpoint_add(store, (int64_t)checkpoint->size, buffer_text(note)), written;

    if (rc < 0)
        return rc;
    written = durable_replace(path, note->data, note->length, 0600);
    if (written < 0) /* the books have it; the file is only behind */
        log_warning("ledger mark=not-written path=%s error=%d", path, -written);
    return 0;
}

/* One that the books lack must not outlive what is recorded next. */
static int store_mark_first(struct store *store, const struct checkpoint *checkpoint,
                            const struct buffer *note)
{
    const char *path = store->signer->mark_path;
    int rc = durable_replace(path, note->data, note->length, 0600);

    if (rc < 0) {
        log_error("ledger mark=not-written path=%s error=%d", path, -rc);
        return rc;
    }
    rc = store_checkpoint_add(store, (int64_t)checkpoint->size, buffer_text(note));
    if (rc < 0)
        unlink(path);
    store->signer->marked = rc == 0;
    return rc;
}

/* What is in the tree of the last commit is durable; nothing newer is looked at. */
int store_sign(struct store *store)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    const struct merkle *tree = &store->leaves.committed.tree;
    struct signer *signer = store->signer;
    struct checkpoint checkpoint = {.size = tree->size};
    int rc;

    if (signer->retired || tree->size == signer->size)
        return 0;
    snprintf(checkpoint.origin, sizeof checkpoint.origin, "%s", signer->public.name);
    merkle_root(tree, &checkpoint.root);
    checkpoint_write(&checkpoint, &note);
    note_sign(&note, signer->key);
    rc = signer->marked ? store_note_first(store, &checkpoint, &note)
                        : store_mark_first(store, &checkpoint, &note);
    if (rc < 0)
        return rc;
    signer->size = checkpoint.size;
    signer->signed_ms = clock_mono_ms();
    return 0;
}

int store_sign_in_time(struct store *store)
{
    int64_t since = clock_mono_ms() - store->signer->signed_ms;

    return store->signer->signed_ms && since < STORE_SIGN_MS ? 0 : store_sign(store);
}

/* The new key is told in the journal, signed by the one before; what was signed so far stays so.
 * From here on the new key signs, which is loaded at the next opening. */
int store_rotate(struct store *store, struct ledger_op *op)
{
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct signer *signer = store->signer;
    struct sign_public public;
    char text[SIGN_TEXT_MOST];

    sign_key_public(op->rotate.key, SIGN_LOG, &public);
    sign_public_text(&public, text);
    buffer_printf(&note, "%s\n", text);
    note_sign(&note, signer->key);
    signer->retiring = true;
    return store_tell_key(store, &public, buffer_text(&note), false);
}

void store_keys_commit(struct store *store)
{
    if (store->signer && store->signer->retiring)
        store->signer->retired = true;
}

void store_keys_rollback(struct store *store)
{
    if (store->signer)
        store->signer->retiring = false;
}
