/* reply_kit: messages that come in, for the tests of the ledger.
 * Runs: any. */
#ifndef LAWCAST_TESTS_REPLY_KIT_H
#define LAWCAST_TESTS_REPLY_KIT_H

#include "tests/unit/ledger_kit.h"

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"

#define REPLY_START_MS INT64_C(1793491200000)

/* A message of one part from KIT_NUMBER + from. */
static inline struct inbound reply_from(int64_t from, const char *text)
{
    struct inbound in = {.address = KIT_NUMBER + from,
                         .sent_ms = clock_wall_ms() / 1000 * 1000,
                         .reference = -1,
                         .total = 1,
                         .seq = 1};

    snprintf(in.sender, sizeof in.sender, "+%lld", (long long)in.address);
    snprintf(in.text, sizeof in.text, "%s", text);
    return in;
}

static inline struct inbound reply_part(int64_t from, int reference, int seq, int total,
                                        const char *text)
{
    struct inbound in = reply_from(from, text);

    in.reference = reference;
    in.seq = seq;
    in.total = total;
    return in;
}

static inline struct ledger_op reply_receive(struct kit *kit, const struct inbound *in,
                                             const char *answer)
{
    struct ledger_op op = {.kind = LEDGER_RECEIVE,
                           .receive = {.device = kit->device, .inbound = *in, .answer = answer}};

    kit_do(kit, &op);
    return op;
}

/* The same without an answer; returns the result. */
static inline int reply_take(struct kit *kit, struct inbound in)
{
    return reply_receive(kit, &in, NULL).result;
}

static inline void reply_refuse(struct kit *kit, int64_t from)
{
    struct inbound in = reply_from(from, "TD");
    struct ledger_op op = reply_receive(kit, &in, NULL);

    assert_int_equal(op.result, LEDGER_OK);
    assert_true(op.receive.refusal);
}

static inline int reply_write(void *ctx, const struct books_reply *reply)
{
    buffer_printf(ctx, "%s%s/%s %s%s|", reply->refusal ? "!" : "", reply->campaign, reply->unit,
                  reply->whole ? "" : "~", reply->text);
    return 0;
}

/* All replies in one line: "campaign/unit text|", refusals after !, incomplete ones after ~. */
static inline char *reply_list(const struct kit *kit, const char *campaign)
{
    struct buffer list = BUFFER_NULL;
    struct books *books;
    char why[256];

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_replies(books, campaign, reply_write, &list), 0);
    books_close(books);
    return buffer_take(&list);
}

static inline void reply_assert_list(const struct kit *kit, const char *campaign,
                                     const char *expected)
{
    MEM_FREE_LATER char *list = reply_list(kit, campaign);

    assert_string_equal(list, expected);
}

/* Enters one message to KIT_NUMBER + to; returns how many were new. */
static inline size_t reply_insert(struct kit *kit, int32_t unit, int64_t to, bool reserve)
{
    char text[] = "【市法宣办】弘扬宪法精神";
    struct ledger_new row = {.unit = unit,
                             .channel = CHANNEL_SMS,
                             .address = KIT_NUMBER + to,
                             .text = text,
                             .parts = 1,
                             .alphabet = 1,
                             .reserve = reserve};
    struct ledger_op op = {
        .kind = LEDGER_INSERT, .campaign = kit->campaign, .insert = {.rows = &row, .n = 1}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    return op.insert.inserted;
}

static inline int reply_setup(void **state)
{
    clock_set(REPLY_START_MS);
    return kit_setup(state);
}

#define REPLY_TEST(name) cmocka_unit_test_setup_teardown(name, reply_setup, kit_teardown)

#endif
