/* steer_kit: words of every kind, an approval and an edit in the books of ledger_kit.
 * Runs: any. */
#ifndef LAWCAST_TESTS_STEER_KIT_H
#define LAWCAST_TESTS_STEER_KIT_H

#include "tests/unit/ledger_kit.h"

#include "gateway/model/approval.h"
#include "gateway/model/campaign.h"

static inline void kit_say(struct kit *kit, const struct steer *steer)
{
    struct ledger_op op = {.kind = LEDGER_STEER, .steer = {.steer = *steer, .by = "user lo"}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static inline void kit_approve(struct kit *kit)
{
    static const struct approval approval = {
        .campaign = "2026-law-day",
        .content = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
        .prepared = "王芳",
        .approver = "李强"};
    BUFFER_FREE_LATER struct buffer note = BUFFER_NULL;
    struct ledger_op op = {.kind = LEDGER_APPROVE};

    approval_write(&approval, &note);
    op.approve.campaign = approval.campaign;
    op.approve.content = approval.content;
    op.approve.prepared = approval.prepared;
    op.approve.approver = approval.approver;
    op.approve.note = buffer_text(&note);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

/* More for the first unit, an order for the second, which is below the first from now on, and only
 * what was sent counts. */
static inline void kit_edit(struct kit *kit)
{
    static const char *const codes[] = {"city", "jinan"}, *const names[] = {"市法宣办", "金安区"};
    static const int64_t quotas[] = {1100, 50}, parents[] = {-1, 0};
    struct ledger_op op = {.kind = LEDGER_EDIT,
                           .edit = {.id = "2026-law-day",
                                    .title = "宪法宣传周",
                                    .source = "edited source",
                                    .windows = "[[0,1],[1000,2000]]",
                                    .targets = "[[\"\",2,5,0]]",
                                    .content = "ab",
                                    .by = "user lo",
                                    .n_units = 2,
                                    .unit_ids = codes,
                                    .unit_names = names,
                                    .quotas = quotas,
                                    .parents = parents,
                                    .counts = COUNT_SENT,
                                    .leftover = LEFTOVER_STOP}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static inline void kit_steer(struct kit *kit)
{
    struct ledger_op cancel = {
        .kind = LEDGER_CANCEL, .campaign = kit->campaign, .cancel = {.max = 5}};

    kit_say(kit, &(struct steer){STEER_CAMPAIGN, STEER_PAUSE, "2026-law-day", "", 0, 0});
    kit_say(kit, &(struct steer){STEER_UNIT, STEER_RATE, "", "jinan", 4000, 0});
    kit_approve(kit);
    kit_edit(kit);
    kit_say(kit, &(struct steer){STEER_CAMPAIGN, STEER_EXTEND, "2026-law-day", "", 3000, 0});
    kit_say(kit, &(struct steer){STEER_MODEM, STEER_PAUSE, "", "bank-a", 0, 0});
    assert_int_equal(kit_do(kit, &cancel), LEDGER_OK);
    assert_in_range(cancel.cancel.n, 1, 5);
}

#endif
