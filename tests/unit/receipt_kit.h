/* receipt_kit: a log of a million records of which only one is looked at, and its receipt.
 * Runs: any. */
#ifndef LAWCAST_TESTS_RECEIPT_KIT_H
#define LAWCAST_TESTS_RECEIPT_KIT_H

#include <string.h>

#include "gateway/audit/receipt.h"
#include "gateway/base/mem.h"

#define RECEIPT_KIT_NUMBER INT64_C(8613800000001)
#define RECEIPT_KIT_LEVELS 20     /* 2^20 records */
#define RECEIPT_KIT_INDEX  699050 /* 0b1010...: the proof has both kinds of siblings */

/* Siblings are made up; the root is what they lead to. */
static inline void receipt_kit_prove(struct receipt *receipt, struct checkpoint *checkpoint)
{
    struct merkle_hash at;

    merkle_leaf(receipt->record, strlen(receipt->record), &at);
    receipt->index = RECEIPT_KIT_INDEX;
    receipt->proof.n = RECEIPT_KIT_LEVELS;
    for (size_t i = 0; i < RECEIPT_KIT_LEVELS; i++) {
        struct merkle_hash *sibling = &receipt->proof.hashes[i];

        memset(sibling->bytes, (int)(i * 37 + 11) & 255, sizeof sibling->bytes);
        if (RECEIPT_KIT_INDEX >> i & 1)
            merkle_node(sibling, &at, &at);
        else
            merkle_node(&at, sibling, &at);
    }
    checkpoint->size = UINT64_C(1) << RECEIPT_KIT_LEVELS;
    checkpoint->root = at;
}

/* The message was delivered on 2026-10-31 08:31:02. detail: as long as one can be in practice. */
static inline void receipt_kit_record(struct receipt *receipt, const char *detail)
{
    const struct record_key key = {.bytes = {1, 2, 3}};
    struct record record = {.kind = RECORD_CHANGE,
                            .at_ms = INT64_C(1793406662345),
                            .change = {.delivery = 123456,
                                       .campaign = 12,
                                       .unit = 7,
                                       .from = DELIVERY_SENT,
                                       .to = DELIVERY_DELIVERED,
                                       .cause = CAUSE_REPORT,
                                       .device = 63,
                                       .sim = 64,
                                       .code = 0,
                                       .level = RECORD_NONE,
                                       .shown_ms = RECORD_NONE,
                                       .detail = detail}};
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;

    record_tag_number(&key, RECEIPT_KIT_NUMBER, &record.change.number, &receipt->salt);
    record_write(&record, &line);
    memcpy(receipt->record, line.data, line.length + 1);
}

/* The number refuses since then: in place of the message. */
static inline void receipt_kit_refusal(struct receipt *receipt, const char *flag)
{
    const struct record_key key = {.bytes = {1, 2, 3}};
    struct record record = {
        .kind = RECORD_FACT, .at_ms = INT64_C(1793406662345), .fact.fact = FACT_REFUSAL};
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL, text = BUFFER_NULL;
    struct record_tag tag;
    char who[RECORD_TAG_TEXT];

    record_tag_number(&key, RECEIPT_KIT_NUMBER, &tag, &receipt->salt);
    record_tag_hex(&tag, who);
    buffer_printf(&text, "{\"who\":\"%s\",\"refuses\":%s,\"source\":1,\"reply\":0,\"note\":\"\"}",
                  who, flag);
    record.fact.text = buffer_text(&text);
    record_write(&record, &line);
    memcpy(receipt->record, line.data, line.length + 1);
    receipt_name(receipt, "", "", "", "");
}

/* Proves and signs what stands in record now. */
static inline void receipt_kit_sign(struct receipt *receipt, const struct sign_key *key)
{
    struct checkpoint checkpoint = {.origin = "lawcast-0123456789ab"};

    receipt_kit_prove(receipt, &checkpoint);
    buffer_clear(&receipt->note);
    checkpoint_write(&checkpoint, &receipt->note);
    note_sign(&receipt->note, key);
}

/* The log is "lawcast-0123456789ab"; its key is the caller's to free. */
static inline struct sign_key *receipt_kit_make(struct receipt *receipt, const char *detail)
{
    struct sign_key *key = sign_key_make("lawcast-0123456789ab");
    struct sign_public public;

    receipt_name(receipt, "2026-constitution-day", "2026 年国家宪法日暨“宪法宣传周”公益短信",
                 "city", "市委全面依法治市委员会守法普法协调小组办公室");
    receipt->number = RECEIPT_KIT_NUMBER;
    receipt_kit_record(receipt, detail);
    receipt_kit_sign(receipt, key);
    sign_key_public(key, SIGN_LOG, &public);
    sign_public_text(&public, receipt->public);
    return key;
}

#endif
