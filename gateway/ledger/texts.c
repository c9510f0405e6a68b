/* texts: the bodies of messages. See texts.h.
 * Runs: ledger thread. */
#include "gateway/ledger/texts.h"

#include <stdlib.h>
#include <string.h>

#include "gateway/base/hex.h"
#include "gateway/base/log.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/store_sql.h"

static int texts_read_next(struct texts *texts, struct db *db)
{
    int rc = db_row(db, SQL_TEXT_LAST);

    if (rc < 0)
        return rc;
    texts->next = db_int(db, SQL_TEXT_LAST, 0) + 1;
    db_end(db, SQL_TEXT_LAST);
    return 0;
}

int texts_number(struct texts *texts, struct db *db, const char *body, int64_t *number, bool *fresh)
{
    uint64_t fingerprint = hex_fingerprint(body, strlen(body));
    size_t place = (size_t)(fingerprint % TEXTS_KEPT);
    int rc = texts->next ? 0 : texts_read_next(texts, db);

    if (rc < 0)
        return rc;
    *fresh = !texts->kept[place].body || texts->kept[place].fingerprint != fingerprint ||
             strcmp(texts->kept[place].body, body) != 0;
    *number = *fresh ? texts->next : texts->kept[place].number;
    return 0;
}

int texts_add(struct texts *texts, struct db *db, int64_t number, const char *body, bool personal)
{
    uint64_t fingerprint = hex_fingerprint(body, strlen(body));
    size_t place = (size_t)(fingerprint % TEXTS_KEPT);
    int rc;

    LOG_ASSERT(number == texts->next);
    db_start(db, SQL_TEXT_ADD, number, personal);
    db_bind_text(db, SQL_TEXT_ADD, 3, body);
    rc = db_finish(db, SQL_TEXT_ADD);
    if (rc < 0)
        return rc;
    texts->next++;
    free(texts->kept[place].body);
    texts->kept[place].body = mem_dup(body);
    texts->kept[place].fingerprint = fingerprint;
    texts->kept[place].number = number;
    return 0;
}

void texts_turn(struct texts *texts, int64_t campaign)
{
    int64_t next = texts->next;

    if (texts->campaign == campaign)
        return;
    texts_drop(texts);
    texts->next = next;
    texts->campaign = campaign;
}

void texts_drop(struct texts *texts)
{
    for (size_t i = 0; i < TEXTS_KEPT; i++)
        free(texts->kept[i].body);
    *texts = (struct texts){0};
}
