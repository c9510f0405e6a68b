/* books_replies: what people wrote to us, and the small print of a statement. See books.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_inside.h"

#include "gateway/base/buffer.h"
#include "gateway/model/inbound.h"

/* The columns of BOOKS_REPLIES: a row a part, the parts of one reply in a row. */
enum reply_column {
    REPLY_ID,
    REPLY_AT_MS,
    REPLY_SENT_MS,
    REPLY_SENDER,
    REPLY_ADDRESS,
    REPLY_TOTAL,
    REPLY_GOT,
    REPLY_REFUSAL,
    REPLY_CAMPAIGN,
    REPLY_UNIT,
    REPLY_DEVICE,
    REPLY_ANSWER,
    REPLY_SEQ,
    REPLY_TEXT,
};

struct books_gather {
    struct books_reply reply; /* id 0: none yet */
    struct buffer text;
    int64_t total, next; /* the part that should come next */
};

/* While it is being sent nobody can say whether it was. */
static int books_answer(int64_t state)
{
    return state >= ANSWER_NONE && state < ANSWER_UNKNOWN ? (int)state : ANSWER_UNKNOWN;
}

static void books_gather_begin(struct books_gather *gather, const struct db *db)
{
    struct books_reply *reply = &gather->reply;

    buffer_clear(&gather->text);
    gather->total = db_int(db, BOOKS_REPLIES, REPLY_TOTAL);
    if (gather->total > INBOUND_PARTS_MAX) /* damaged books */
        gather->total = INBOUND_PARTS_MAX;
    gather->next = 1;
    *reply = (struct books_reply){
        .id = db_int(db, BOOKS_REPLIES, REPLY_ID),
        .at_ms = db_int(db, BOOKS_REPLIES, REPLY_AT_MS),
        .sent_ms = db_int(db, BOOKS_REPLIES, REPLY_SENT_MS),
        .address = db_int(db, BOOKS_REPLIES, REPLY_ADDRESS),
        .whole = db_int(db, BOOKS_REPLIES, REPLY_GOT) == db_int(db, BOOKS_REPLIES, REPLY_TOTAL),
        .refusal = db_int(db, BOOKS_REPLIES, REPLY_REFUSAL) != 0,
        .answer = books_answer(db_int(db, BOOKS_REPLIES, REPLY_ANSWER)),
    };
    books_copy(reply->sender, sizeof reply->sender, db_text(db, BOOKS_REPLIES, REPLY_SENDER));
    books_copy(reply->campaign, sizeof reply->campaign, db_text(db, BOOKS_REPLIES, REPLY_CAMPAIGN));
    books_copy(reply->unit, sizeof reply->unit, db_text(db, BOOKS_REPLIES, REPLY_UNIT));
    books_copy(reply->device, sizeof reply->device, db_text(db, BOOKS_REPLIES, REPLY_DEVICE));
}

/* Stands in for the parts before seq that are missing. */
static void books_gather_skip(struct books_gather *gather, int64_t seq)
{
    for (; gather->next < seq && gather->next <= gather->total; gather->next++)
        buffer_add_text(&gather->text, "[...]");
}

static void books_gather_part(struct books_gather *gather, const struct db *db)
{
    int64_t seq = db_int(db, BOOKS_REPLIES, REPLY_SEQ);

    books_gather_skip(gather, seq);
    buffer_add_text(&gather->text, db_text(db, BOOKS_REPLIES, REPLY_TEXT));
    gather->next = seq < INT64_MAX ? seq + 1 : seq;
}

static int books_gather_end(struct books_gather *gather,
                            int (*each)(void *ctx, const struct books_reply *reply), void *ctx)
{
    if (!gather->reply.id)
        return 0;
    books_gather_skip(gather, gather->total + 1);
    gather->reply.text = buffer_text(&gather->text);
    return each(ctx, &gather->reply);
}

int books_replies(struct books *books, const char *campaign,
                  int (*each)(void *ctx, const struct books_reply *reply), void *ctx)
{
    struct books_gather gather = {0};
    struct db *db = books->db;
    int answer = 0, rc;

    db_bind_text(db, BOOKS_REPLIES, 1, campaign);
    while ((rc = db_row(db, BOOKS_REPLIES)) > 0) {
        if (gather.reply.id != db_int(db, BOOKS_REPLIES, REPLY_ID)) {
            answer = books_gather_end(&gather, each, ctx);
            if (answer)
                break;
            books_gather_begin(&gather, db);
        }
        books_gather_part(&gather, db);
    }
    if (rc > 0)
        db_end(db, BOOKS_REPLIES);
    else if (rc == 0)
        answer = books_gather_end(&gather, each, ctx);
    buffer_free(&gather.text);
    return rc < 0 ? rc : answer;
}

int books_notes(struct books *books, int64_t campaign, struct books_notes *out)
{
    struct db *db = books->db;
    int rc;

    *out = (struct books_notes){0};
    db_start(db, BOOKS_NOTES, campaign);
    rc = db_row(db, BOOKS_NOTES);
    if (rc <= 0)
        return rc;
    out->unmatched = db_int(db, BOOKS_NOTES, 0);
    out->closed = db_int(db, BOOKS_NOTES, 1);
    out->refusals = db_int(db, BOOKS_NOTES, 2);
    db_end(db, BOOKS_NOTES);
    return 0;
}
