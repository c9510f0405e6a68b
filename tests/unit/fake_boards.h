/* fake_boards: what fake_ledger.h does for boards; nobody else includes it.
 * Runs: loop. */
#ifndef LAWCAST_TESTS_UNIT_FAKE_BOARDS_H
#define LAWCAST_TESTS_UNIT_FAKE_BOARDS_H

static struct ledger_row fake_slogan(const struct ledger *ledger, size_t i)
{
    const struct fake_row *row = &ledger->rows[i];

    return (struct ledger_row){.id = (int64_t)i + 1,
                               .address = row->address,
                               .text = mem_dup(row->text),
                               .parts = 1,
                               .slot = row->slot,
                               .from_ms = row->from_ms,
                               .until_ms = row->until_ms,
                               .state = row->state,
                               .up = row->up,
                               .level = row->level,
                               .need = row->need};
}

static void fake_fetch_slogans(struct ledger *ledger, struct ledger_op *op)
{
    int64_t now = clock_wall_ms();

    for (size_t i = 0; i < ledger->n_rows; i++) {
        struct fake_row *row = &ledger->rows[i];
        int64_t at = row->not_before_ms > row->from_ms ? row->not_before_ms : row->from_ms;

        if (row->channel != CHANNEL_DISPLAY || row->address != op->fetch.address ||
            row->campaign != op->campaign || !fake_is_open(row) ||
            (row->state == DELIVERY_DUE && !op->fetch.again))
            continue;
        if (row->until_ms <= now) {
            row->state = DELIVERY_EXPIRED;
        } else if (at <= now && op->fetch.n < op->fetch.max) {
            row->state = DELIVERY_DUE;
            op->fetch.rows[op->fetch.n++] = fake_slogan(ledger, i);
        } else if (at < op->fetch.next_ms) {
            op->fetch.next_ms = at;
        }
    }
}

static void fake_show(struct ledger *ledger, const struct ledger_op *op)
{
    struct fake_row *row = &ledger->rows[op->show.id - 1];
    struct fake_shown *shown = &ledger->shown[ledger->n_shown++];

    LOG_ASSERT(ledger->n_shown <= FAKE_SHOWN && op->show.from_ms <= op->show.until_ms);
    LOG_ASSERT(row->campaign == op->campaign && op->show.level);
    LOG_ASSERT(row->state == DELIVERY_SENT || row->state == DELIVERY_UNKNOWN ||
               row->state == DELIVERY_SHOWN || row->state == DELIVERY_WITHDRAWN);
    if (row->state != DELIVERY_WITHDRAWN)
        row->state = DELIVERY_SHOWN;
    *shown = (struct fake_shown){.id = op->show.id,
                                 .from_ms = op->show.from_ms,
                                 .until_ms = op->show.until_ms,
                                 .level = op->show.level,
                                 .picture_length = op->show.evidence.picture_length};
    memcpy(shown->digest, op->show.evidence.digest, sizeof shown->digest);
}

/* Taken down while its slot was open. */
static bool fake_rests(const struct fake_row *row)
{
    return !row->up && (row->state == DELIVERY_SENT || row->state == DELIVERY_SHOWN);
}

static void fake_withdraw(struct ledger *ledger, const struct ledger_op *op)
{
    struct fake_row *row = &ledger->rows[op->show.id - 1];

    LOG_ASSERT(row->state != DELIVERY_INFLIGHT && (row->up || fake_rests(row)));
    row->up = false;
    if (!op->show.open && (row->state == DELIVERY_SENT || row->state == DELIVERY_SHOWN))
        row->state = DELIVERY_WITHDRAWN;
}

/* Campaigns are called "c1", "c2", ... */
static void fake_showings_any(struct ledger *ledger, struct ledger_op *op)
{
    for (size_t i = 0; i < ledger->n_rows && op->showings.n < op->showings.max; i++) {
        const struct fake_row *row = &ledger->rows[i];
        struct ledger_row *out = &op->showings.rows[op->showings.n];

        if (!row->up || row->address != op->showings.address ||
            (int64_t)i + 1 <= op->showings.after || row->state == DELIVERY_INFLIGHT)
            continue;
        *out = fake_slogan(ledger, i);
        out->campaign = row->campaign;
        out->code = mem_printf("c%d", (int)row->campaign);
        op->showings.n++;
    }
}

static void fake_showings(struct ledger *ledger, struct ledger_op *op)
{
    op->showings.n = 0;
    if (!op->campaign) {
        fake_showings_any(ledger, op);
        return;
    }
    for (size_t i = 0; i < ledger->n_rows && op->showings.n < op->showings.max; i++) {
        struct fake_row *row = &ledger->rows[i];

        if (row->channel != CHANNEL_DISPLAY || row->campaign != op->campaign ||
            row->address != op->showings.address || !(row->up || fake_rests(row)))
            continue;
        op->showings.rows[op->showings.n++] = fake_slogan(ledger, i);
        row->up = row->up || row->until_ms > clock_wall_ms();
    }
}

static struct fake_board_line *fake_board(struct ledger *ledger, const char *code)
{
    size_t number = (size_t)atoi(code + 1);

    LOG_ASSERT(number >= 1 && number <= FAKE_BOARDS);
    return &ledger->boards[number - 1];
}

static struct ledger_board fake_board_known(struct ledger *ledger, const char *code)
{
    struct ledger_board board = {.number = atoi(code + 1),
                                 .released = fake_board(ledger, code)->released};

    for (size_t i = 0; i < ledger->n_rows; i++)
        board.up = board.up || (ledger->rows[i].up && ledger->rows[i].address == board.number);
    return board;
}

static void fake_boards(struct ledger *ledger, struct ledger_op *op)
{
    for (size_t i = 0; i < op->boards.n; i++)
        op->boards.boards[i] = fake_board_known(ledger, op->boards.codes[i]);
}

static void fake_stand(struct ledger *ledger, const struct ledger_op *op)
{
    struct fake_board_line *line = &ledger->boards[op->board.number - 1];

    line->told++;
    line->state = op->board.state;
    line->sight = op->board.sight;
    line->clear = op->board.clear;
    line->seen_ms = op->board.seen_ms;
    memcpy(line->why, op->board.why, sizeof line->why);
}

static void fake_release(struct ledger *ledger, const struct ledger_op *op)
{
    struct fake_board_line *line = fake_board(ledger, op->release.code);

    line->releases++;
    line->released = op->release.released;
    memcpy(line->by, op->release.by, sizeof line->by);
}

#endif
