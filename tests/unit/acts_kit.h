/* acts_kit: what a scripted history does to the books, one act after the other.
 * Runs: any. For programs that are linked with -Wl,--wrap=clock_wall_ms,--wrap=digest_random.
 *
 * An actor is a child of the test: an act that isn't answered as it should be ends the process. The
 * clock stands still between acts and keys are counted, so every history is the same but for where
 * it ends. */
#ifndef LAWCAST_TESTS_ACTS_KIT_H
#define LAWCAST_TESTS_ACTS_KIT_H

#include "tests/unit/ledger_kit.h"

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "gateway/base/log.h"

#define FAULTS_BEGIN_MS INT64_C(1793491200000) /* 2026-11-01 08:00:00 in China */
#define FAULTS_LATER_MS (FAULTS_BEGIN_MS + INT64_C(24) * 3600 * 1000)

enum {
    WRONG_OPEN = 2, /* exit codes of the child */
    WRONG_ANSWER = 3,
    WRONG_PIPE = 4,
    GIVEN_UP = 5, /* because the disk didn't take it */
};

/* The wrapped functions are called without a context. */
static int64_t faults_now_ms = FAULTS_BEGIN_MS;

int64_t __wrap_clock_wall_ms(void);
int64_t __wrap_clock_wall_ms(void)
{
    return faults_now_ms;
}

/* Keys are the same in every history: what is drawn is counted. */
static unsigned char faults_drawn;

void __wrap_digest_random(void *bytes, size_t length);
void __wrap_digest_random(void *bytes, size_t length)
{
    memset(bytes, ++faults_drawn, length);
}

#define ACT_ROOM 16

enum act_kind {
    ACT_OPEN,
    ACT_CLOSE,
    ACT_DEVICE,
    ACT_CAMPAIGN,
    ACT_MESSAGES, /* so many, from this number on */
    ACT_SLOGANS,
    ACT_PLANNED,
    ACT_FETCH,    /* channel, how many, again */
    ACT_CLAIM,    /* which; of a board */
    ACT_SETTLE,   /* which, enum outcome_kind; of a board */
    ACT_REPORT,   /* reference, enum report_kind */
    ACT_SHOW,     /* which, from minute, to minute; with a picture */
    ACT_WITHDRAW, /* which, open */
    ACT_REFUSAL,  /* of a number, by a reply */
    ACT_ANSWER,
    ACT_ANSWERED,
    ACT_SIM,
    ACT_MODEM,
    ACT_RELEASE, /* released */
    ACT_REFUSE,  /* a number, lift */
    ACT_ATTACH,
    ACT_CONTACTS,
    ACT_EXPIRE,
    ACT_KINDS
};

struct act {
    enum act_kind kind;
    int64_t a, b, c;
};

struct actor {
    struct kit kit;
    int32_t sim;
    int64_t answer;
    int told; /* pipe */
};

static inline void act_require(bool right)
{
    if (!right)
        _exit(WRONG_ANSWER);
}

static inline void act_post(struct actor *actor, struct ledger_op *op, int result)
{
    int got = kit_do(&actor->kit, op);

    if (got == -ECANCELED) { /* the ledger is being closed, see actor_trouble */
        uv_run(&actor->kit.loop, UV_RUN_DEFAULT);
        _exit(GIVEN_UP);
    }
    act_require(got == result);
}

/* Waits for no better disk. */
static inline void actor_trouble(void *ctx, const char *message)
{
    struct actor *actor = ctx;

    if (message && !actor->kit.troubles++)
        ledger_close(actor->kit.ledger, kit_closed, &actor->kit);
}

static inline void act_open(struct actor *actor, const struct act *act)
{
    (void)act;
    if (ledger_open(&actor->kit.ledger, &actor->kit.loop, actor->kit.path, actor_trouble, actor,
                    &actor->kit.recovery, actor->kit.why, sizeof actor->kit.why))
        _exit(WRONG_OPEN);
}

static inline void act_close(struct actor *actor, const struct act *act)
{
    (void)act;
    ledger_close(actor->kit.ledger, kit_closed, &actor->kit);
    uv_run(&actor->kit.loop, UV_RUN_DEFAULT);
    act_require(!actor->kit.ledger);
}

static inline void act_device(struct actor *actor, const struct act *act)
{
    static const char *const names[] = {"bank-a/0"};
    struct ledger_memory memory = {0};
    struct ledger_op op = {.kind = LEDGER_RECALL,
                           .recall = {.names = names, .memories = &memory, .n = 1}};

    (void)act;
    act_post(actor, &op, LEDGER_OK);
    actor->kit.device = memory.device;
}

static inline void act_campaign(struct actor *actor, const struct act *act)
{
    static const char *const codes[] = {"city", "jinan"}, *const names[] = {"市法宣办", "金安区"};
    static const char *const boards[] = {"plaza"}, *const places[] = {"人民广场"};
    static const int32_t owners[] = {1};
    static const int64_t quotas[] = {1000, 0};
    struct kit *kit = &actor->kit;
    struct ledger_op op = {.kind = LEDGER_CAMPAIGN,
                           .campaign_is = {.id = "2026-law-day",
                                           .title = "宪法宣传",
                                           .source = "source",
                                           .windows = "[[0,1]]",
                                           .n_units = 2,
                                           .unit_ids = codes,
                                           .unit_names = names,
                                           .quotas = quotas,
                                           .unit_numbers = kit->units,
                                           .n_boards = 1,
                                           .board_ids = boards,
                                           .board_owners = owners,
                                           .board_numbers = kit->boards,
                                           .board_places = places,
                                           .targets = "[[\"\",2,5,0]]"}};

    (void)act;
    act_post(actor, &op, LEDGER_OK);
    kit->campaign = op.campaign;
}

static inline void act_insert(struct actor *actor, struct ledger_new *rows, size_t n)
{
    struct ledger_op op = {
        .kind = LEDGER_INSERT, .campaign = actor->kit.campaign, .insert = {.rows = rows, .n = n}};

    act_post(actor, &op, LEDGER_OK);
    act_require(op.insert.inserted == n);
}

static inline void act_messages(struct actor *actor, const struct act *act)
{
    static char text[] = "【市法宣办】弘扬宪法精神";
    struct ledger_new rows[ACT_ROOM] = {0};

    act_require(act->a <= ACT_ROOM);
    for (int64_t i = 0; i < act->a; i++)
        rows[i] = (struct ledger_new){.unit = actor->kit.units[0],
                                      .channel = CHANNEL_SMS,
                                      .address = KIT_NUMBER + act->b + i,
                                      .text = text,
                                      .parts = 1,
                                      .alphabet = 1};
    act_insert(actor, rows, (size_t)act->a);
}

static inline void act_slogans(struct actor *actor, const struct act *act)
{
    static char text[] = "尊法学法守法用法";
    struct ledger_new rows[ACT_ROOM] = {0};

    act_require(act->a <= ACT_ROOM);
    for (int32_t i = 0; i < act->a; i++)
        rows[i] = (struct ledger_new){.unit = actor->kit.units[1],
                                      .channel = CHANNEL_DISPLAY,
                                      .address = actor->kit.boards[0],
                                      .slot = i,
                                      .text = text,
                                      .parts = 1,
                                      .from_ms = FAULTS_BEGIN_MS,
                                      .until_ms = FAULTS_LATER_MS,
                                      .need = LEVEL_STORED};
    act_insert(actor, rows, (size_t)act->a);
}

static inline void act_planned(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {.kind = LEDGER_PLANNED, .campaign = actor->kit.campaign};

    (void)act;
    act_post(actor, &op, LEDGER_OK);
}

static inline void act_fetch(struct actor *actor, const struct act *act)
{
    struct kit *kit = &actor->kit;
    struct ledger_op op = {.kind = LEDGER_FETCH,
                           .campaign = kit->campaign,
                           .fetch = {.unit = kit->units[0],
                                     .channel = (enum delivery_channel)act->a,
                                     .address = act->a == CHANNEL_SMS ? 0 : kit->boards[0],
                                     .again = act->c,
                                     .max = (size_t)act->b,
                                     .rows = kit->rows}};

    kit_release(kit);
    act_post(actor, &op, LEDGER_OK);
    kit->n_rows = op.fetch.n;
}

/* What a modem uses up; a board uses nothing. */
static inline struct ledger_meters act_meters(const struct actor *actor, bool board)
{
    return board ? (struct ledger_meters){0}
                 : (struct ledger_meters){.sim = actor->sim, .slot = 7, .end_slot = 8};
}

static inline void act_claim(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {.kind = LEDGER_CLAIM,
                           .claim = {.id = act->a,
                                     .device = act->c ? 0 : actor->kit.device,
                                     .meters = act_meters(actor, act->c)}};

    act_post(actor, &op, LEDGER_OK);
}

/* The message number N is sent with the reference N. */
static inline void act_settle(struct actor *actor, const struct act *act)
{
    bool referred = act->b == OUTCOME_SENT && !act->c;
    struct ledger_op op = {.kind = LEDGER_SETTLE,
                           .settle = {.id = act->a,
                                      .device = act->c ? 0 : actor->kit.device,
                                      .outcome = {.kind = (enum outcome_kind)act->b,
                                                  .code = act->b == OUTCOME_SENT ? 0 : 38,
                                                  .n_references = referred,
                                                  .references = {(int)act->a}},
                                      .meters = act_meters(actor, act->c),
                                      .level = LEVEL_ACCEPTED}};

    act_post(actor, &op, LEDGER_OK);
}

static inline void act_report(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {.kind = LEDGER_REPORT,
                           .report = {.device = actor->kit.device,
                                      .report = {.kind = (enum report_kind)act->b,
                                                 .address = KIT_NUMBER + act->a - 1,
                                                 .reference = (int)act->a}}};

    act_post(actor, &op, LEDGER_OK);
    act_require(op.report.id == act->a);
}

static inline void act_show(struct actor *actor, const struct act *act)
{
    static const char picture[] = "\x89PNG\r\n\x1a\n not much of a picture";
    struct ledger_op op = {.kind = LEDGER_SHOW,
                           .show = {.id = act->a,
                                    .level = LEVEL_SCREENSHOT,
                                    .from_ms = FAULTS_BEGIN_MS + act->b * 60000,
                                    .until_ms = FAULTS_BEGIN_MS + act->c * 60000,
                                    .evidence = {.picture = picture,
                                                 .picture_length = sizeof picture,
                                                 .picture_type = "png"}}};

    act_post(actor, &op, LEDGER_OK);
}

static inline void act_withdraw(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {.kind = LEDGER_WITHDRAW, .show = {.id = act->a, .open = act->b}};

    act_post(actor, &op, LEDGER_OK);
}

static inline void act_refusal(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {.kind = LEDGER_RECEIVE,
                           .receive = {.device = actor->kit.device,
                                       .answer = "已退订",
                                       .inbound = {.address = KIT_NUMBER + act->a,
                                                   .sender = "+8613800000000",
                                                   .sent_ms = FAULTS_BEGIN_MS,
                                                   .reference = -1,
                                                   .total = 1,
                                                   .seq = 1,
                                                   .text = "退订"}}};

    act_post(actor, &op, LEDGER_OK);
    act_require(op.receive.refusal && op.receive.answered);
}

static inline void act_answer(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {
        .kind = LEDGER_ANSWER,
        .answer = {.device = actor->kit.device, .meters = {.sim = actor->sim, .slot = 7}}};

    (void)act;
    act_post(actor, &op, LEDGER_OK);
    actor->answer = op.answer.id;
    free(op.answer.text);
}

static inline void act_answered(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {.kind = LEDGER_ANSWERED,
                           .answered = {.id = actor->answer,
                                        .device = actor->kit.device,
                                        .outcome = {.kind = OUTCOME_SENT}}};

    (void)act;
    act_post(actor, &op, LEDGER_OK);
}

static inline void act_sim(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {.kind = LEDGER_SIM,
                           .sim = {.name = "imsi:460000000000001", .group = "group:pool"}};

    (void)act;
    act_post(actor, &op, LEDGER_OK);
    actor->sim = op.sim.number;
    free(op.sim.uses);
}

static inline void act_modem(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {
        .kind = LEDGER_MODEM,
        .modem = {
            .device = actor->kit.device, .sim = actor->sim, .state = LANE_READY, .paused = act->a}};

    act_post(actor, &op, LEDGER_OK);
}

static inline void act_release(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {.kind = LEDGER_RELEASE,
                           .release = {.code = "plaza",
                                       .owner = "jinan",
                                       .owner_name = "金安区法宣办",
                                       .released = act->a,
                                       .by = "command"}};

    act_post(actor, &op, LEDGER_OK);
}

static inline void act_expire(struct actor *actor, const struct act *act)
{
    struct ledger_op op = {
        .kind = LEDGER_EXPIRE, .campaign = actor->kit.campaign, .expire = {.max = (size_t)act->a}};

    act_post(actor, &op, LEDGER_OK);
}

static inline void act_refuse(struct actor *actor, const struct act *act)
{
    const int64_t numbers[] = {KIT_NUMBER + act->a};
    struct ledger_op op = {.kind = LEDGER_REFUSE,
                           .refuse = {.numbers = numbers,
                                      .n = 1,
                                      .lift = act->b,
                                      .source = REFUSAL_COMMAND,
                                      .note = "by letter"}};

    act_post(actor, &op, LEDGER_OK);
}

static inline void act_attach(struct actor *actor, const struct act *act)
{
    static const char photo[] = "\x89PNG\r\n\x1a\n not much of a photo";
    const struct ledger_photo photos[] = {{"square.png", photo, sizeof photo, "png", NULL}};
    struct ledger_op op = {.kind = LEDGER_ATTACH,
                           .attach = {.campaign = "2026-law-day",
                                      .unit = "city",
                                      .activity = true,
                                      .held = "2026-11-01 08:30",
                                      .place = "人民广场",
                                      .content = "宣讲",
                                      .participants = 300,
                                      .photos = photos,
                                      .n_photos = 1}};

    (void)act;
    act_post(actor, &op, LEDGER_OK);
}

static inline void act_contacts(struct actor *actor, const struct act *act)
{
    static const char *const units[] = {"city", "jinan"}, *const names[] = {"张三", "李四"};
    static const char *const positions[] = {"科长", "主任"};
    static const char *const phones[] = {"13800000001", "13800000002"};
    struct ledger_op op = {.kind = LEDGER_CONTACTS,
                           .campaign = actor->kit.campaign,
                           .contacts = {.units = units,
                                        .names = names,
                                        .positions = positions,
                                        .phones = phones,
                                        .n = 2,
                                        .deadline_ms = FAULTS_LATER_MS}};

    (void)act;
    act_post(actor, &op, LEDGER_OK);
}

static void (*const act_table[ACT_KINDS])(struct actor *actor, const struct act *act) = {
    [ACT_OPEN] = act_open,         [ACT_CLOSE] = act_close,       [ACT_DEVICE] = act_device,
    [ACT_CAMPAIGN] = act_campaign, [ACT_MESSAGES] = act_messages, [ACT_SLOGANS] = act_slogans,
    [ACT_PLANNED] = act_planned,   [ACT_FETCH] = act_fetch,       [ACT_CLAIM] = act_claim,
    [ACT_SETTLE] = act_settle,     [ACT_REPORT] = act_report,     [ACT_SHOW] = act_show,
    [ACT_WITHDRAW] = act_withdraw, [ACT_REFUSAL] = act_refusal,   [ACT_ANSWER] = act_answer,
    [ACT_ANSWERED] = act_answered, [ACT_SIM] = act_sim,           [ACT_MODEM] = act_modem,
    [ACT_RELEASE] = act_release,   [ACT_REFUSE] = act_refuse,     [ACT_ATTACH] = act_attach,
    [ACT_CONTACTS] = act_contacts, [ACT_EXPIRE] = act_expire,
};

#endif
