/* store_board: units and boards by their codes, how boards stand, and whose they are just now.
 * Runs: ledger thread. */
#include "gateway/ledger/store_inside.h"

#include <string.h>

#include "gateway/base/log.h"
#include "gateway/base/mem.h"

static int store_tell_unit(struct store *store, int32_t number, const char *code, const char *name)
{
    struct jv *object = jv_object();

    jv_put(object, "unit", jv_int(number));
    jv_put(object, "code", jv_string(code));
    jv_put(object, "name", jv_string(name));
    return store_fact(store, FACT_UNIT, object, store->at_ms);
}

static int store_unit_rename(struct store *store, int32_t number, const char *name)
{
    db_start(store->db, SQL_UNIT_RENAME, number);
    db_bind_text(store->db, SQL_UNIT_RENAME, 2, name);
    return db_finish(store->db, SQL_UNIT_RENAME);
}

int store_unit(struct store *store, const char *code, const char *name, int32_t *number)
{
    struct db *db = store->db;
    bool renamed;
    int rc;

    db_bind_text(db, SQL_UNIT_FIND, 1, code);
    rc = db_row(db, SQL_UNIT_FIND);
    if (rc < 0)
        return rc;
    if (rc > 0) {
        *number = (int32_t)db_int(db, SQL_UNIT_FIND, 0);
        renamed = strcmp(db_text(db, SQL_UNIT_FIND, 1), name) != 0;
        db_end(db, SQL_UNIT_FIND);
        rc = renamed ? store_unit_rename(store, *number, name) : 0;
        return rc < 0 || !renamed ? rc : store_tell_unit(store, *number, code, name);
    }
    db_bind_text(db, SQL_UNIT_ADD, 1, code);
    db_bind_text(db, SQL_UNIT_ADD, 2, name);
    rc = db_finish(db, SQL_UNIT_ADD);
    *number = (int32_t)db_last_id(db);
    return rc < 0 ? rc : store_tell_unit(store, *number, code, name);
}

static int store_tell_board(struct store *store, int64_t number, const char *code, int32_t owner,
                            const char *place)
{
    struct jv *object = jv_object();

    jv_put(object, "board", jv_int(number));
    jv_put(object, "code", jv_string(code));
    jv_put(object, "owner", jv_int(owner));
    jv_put(object, "place", jv_string(place));
    return store_fact(store, FACT_BOARD, object, store->at_ms);
}

static int store_board_change(struct store *store, int64_t number, int32_t owner, const char *place)
{
    db_start(store->db, SQL_BOARD_CHANGE, number, owner);
    db_bind_text(store->db, SQL_BOARD_CHANGE, 3, place);
    return db_finish(store->db, SQL_BOARD_CHANGE);
}

int store_board_number(struct store *store, const char *code, int32_t owner, const char *place,
                       int64_t *number)
{
    struct db *db = store->db;
    int rc;

    db_bind_text(db, SQL_BOARD_FIND, 1, code);
    rc = db_row(db, SQL_BOARD_FIND);
    if (rc < 0)
        return rc;
    if (rc > 0) {
        MEM_FREE_LATER char *before = mem_dup(db_text(db, SQL_BOARD_FIND, 2));
        bool same =
            db_int(db, SQL_BOARD_FIND, 1) == owner && (!place || strcmp(before, place) == 0);

        *number = db_int(db, SQL_BOARD_FIND, 0);
        db_end(db, SQL_BOARD_FIND);
        rc = same ? 0 : store_board_change(store, *number, owner, place);
        return rc < 0 || same
                   ? rc
                   : store_tell_board(store, *number, code, owner, place ? place : before);
    }
    db_start(db, SQL_BOARD_ADD, owner);
    db_bind_text(db, SQL_BOARD_ADD, 2, code);
    db_bind_text(db, SQL_BOARD_ADD, 3, place);
    rc = db_finish(db, SQL_BOARD_ADD);
    *number = db_last_id(db);
    return rc < 0 ? rc : store_tell_board(store, *number, code, owner, place ? place : "");
}

/* 1: released; 0: not; -errno. */
static int store_is_released(struct store *store, int64_t board)
{
    bool released;
    int rc;

    db_start(store->db, SQL_BOARD_RELEASED, board);
    rc = db_row(store->db, SQL_BOARD_RELEASED);
    if (rc <= 0)
        return rc;
    released = db_int(store->db, SQL_BOARD_RELEASED, 0) != 0;
    db_end(store->db, SQL_BOARD_RELEASED);
    return released;
}

/* 1: something may be up there; 0: nothing; -errno. */
static int store_is_up(struct store *store, int64_t board)
{
    int rc;

    db_start(store->db, SQL_BOARD_UP, board);
    rc = db_row(store->db, SQL_BOARD_UP);
    if (rc > 0)
        db_end(store->db, SQL_BOARD_UP);
    return rc;
}

/* 0: not known, or -errno. */
static int store_find_board(struct store *store, const char *code, int64_t *number)
{
    int rc;

    db_bind_text(store->db, SQL_BOARD_FIND, 1, code);
    rc = db_row(store->db, SQL_BOARD_FIND);
    if (rc <= 0)
        return rc;
    *number = db_int(store->db, SQL_BOARD_FIND, 0);
    db_end(store->db, SQL_BOARD_FIND);
    return 0;
}

static int store_board_known(struct store *store, const struct ledger_op *op, size_t i,
                             struct ledger_board *board)
{
    int32_t owner;
    int rc;

    *board = (struct ledger_board){0};
    if (op->boards.used && !op->boards.used[i]) {
        rc = store_find_board(store, op->boards.codes[i], &board->number);
        if (rc < 0 || !board->number)
            return rc;
    } else {
        rc = store_unit(store, op->boards.owners[i], op->boards.owner_names[i], &owner);
        if (rc == 0)
            rc = store_board_number(store, op->boards.codes[i], owner, NULL, &board->number);
    }
    if (rc == 0)
        rc = store_is_released(store, board->number);
    board->released = rc > 0;
    if (rc >= 0)
        rc = store_is_up(store, board->number);
    board->up = rc > 0;
    return rc < 0 ? rc : 0;
}

int store_boards(struct store *store, struct ledger_op *op)
{
    int rc = 0;

    for (size_t i = 0; i < op->boards.n && rc == 0; i++)
        rc = store_board_known(store, op, i, &op->boards.boards[i]);
    return rc;
}

int store_board(struct store *store, struct ledger_op *op)
{
    const struct sight *sight = &op->board.sight;
    struct db *db = store->db;

    LOG_ASSERT((unsigned)op->board.state < LANE_STATES && op->board.number > 0 &&
               (unsigned)sight->power <= POWER_ASLEEP);
    db_start(db, SQL_BOARD_PUT, op->board.number, op->board.state, sight->power, sight->clock_known,
             sight->skew_ms, sight->width, sight->height, op->board.seen_ms, op->at_ms,
             op->board.clear);
    db_bind_text(db, SQL_BOARD_PUT, 11, op->board.why);
    db_bind_text(db, SQL_BOARD_PUT, 12, sight->playing);
    db_bind_text(db, SQL_BOARD_PUT, 13, sight->firmware);
    return db_finish(db, SQL_BOARD_PUT);
}

static int store_tell_release(struct store *store, const struct ledger_op *op, int64_t board)
{
    struct jv *object = jv_object();

    jv_put(object, "board", jv_int(board));
    jv_put(object, "released", jv_bool(op->release.released));
    jv_put(object, "by", jv_string(op->release.by));
    return store_fact(store, FACT_RELEASE, object, op->at_ms);
}

/* Releasing what is released changes nothing: the history holds who did it first. */
int store_release(struct store *store, struct ledger_op *op)
{
    struct db *db = store->db;
    int64_t board;
    int32_t owner;
    int rc = store_unit(store, op->release.owner, op->release.owner_name, &owner);

    if (rc == 0)
        rc = store_board_number(store, op->release.code, owner, NULL, &board);
    if (rc == 0)
        rc = store_is_released(store, board);
    if (rc < 0 || (rc > 0) == op->release.released)
        return rc < 0 ? rc : 0;
    db_start(db, SQL_BOARD_RELEASE, board, op->at_ms, op->release.released);
    db_bind_text(db, SQL_BOARD_RELEASE, 4, op->release.by);
    rc = db_finish(db, SQL_BOARD_RELEASE);
    return rc < 0 ? rc : store_tell_release(store, op, board);
}
