/* fake_mail: what fake_ledger.h does for what people write; nobody else includes it.
 * Runs: loop. */
#ifndef LAWCAST_TESTS_UNIT_FAKE_MAIL_H
#define LAWCAST_TESTS_UNIT_FAKE_MAIL_H

static int fake_receive(struct ledger *ledger, struct ledger_op *op)
{
    const struct inbound *inbound = &op->receive.inbound;

    for (size_t i = 0; i < ledger->n_inbound; i++)
        if (ledger->inbound[i].address == inbound->address &&
            ledger->inbound[i].sent_ms == inbound->sent_ms)
            return LEDGER_KNOWN;
    LOG_ASSERT(ledger->n_inbound < FAKE_PARTS);
    ledger->inbound[ledger->n_inbound++] = *inbound;
    op->receive.refusal =
        refusal_is(inbound->text, strlen(inbound->text), op->receive.refusal_words);
    for (size_t i = 0; i < ledger->n_rows && op->receive.refusal; i++)
        if (ledger->rows[i].address == inbound->address && fake_is_open(&ledger->rows[i])) {
            ledger->rows[i].state = DELIVERY_SUPPRESSED;
            op->receive.suppressed++;
        }
    op->receive.answered = op->receive.refusal && op->receive.answer;
    if (op->receive.answered)
        ledger->answers[ledger->n_answers++] =
            (struct fake_answer){op->receive.device, inbound->address, DELIVERY_DUE, 0};
    return 0;
}

static int fake_answer(struct ledger *ledger, struct ledger_op *op)
{
    for (size_t i = 0; i < ledger->n_answers; i++) {
        struct fake_answer *answer = &ledger->answers[i];

        if (answer->device != op->answer.device || answer->state != DELIVERY_DUE)
            continue;
        answer->state = DELIVERY_INFLIGHT;
        answer->tries++;
        op->answer.id = (int64_t)i + 1;
        op->answer.address = answer->address;
        op->answer.text = mem_dup("已退订");
        fake_use(ledger, &op->answer.meters, 1);
        return 0;
    }
    return LEDGER_NONE;
}

static void fake_answered(struct ledger *ledger, struct ledger_op *op)
{
    struct fake_answer *answer = &ledger->answers[op->answered.id - 1];
    enum outcome_kind kind = op->answered.outcome.kind;

    LOG_ASSERT(answer->state == DELIVERY_INFLIGHT);
    answer->state = kind == OUTCOME_SENT                      ? DELIVERY_SENT
                    : fake_is_returned(&op->answered.outcome) ? DELIVERY_DUE
                                                              : DELIVERY_REJECTED;
    fake_end_use(ledger, &op->answered.meters, 1, &op->answered.outcome);
}

#endif
