/* test_ledger_attach: what units hand in and who is responsible: taken once, all or nothing, in the
 * records, and read back by the books. Runs: any. */
#include "tests/unit/ledger_kit.h"

#include "gateway/base/clock.h"
#include "gateway/ledger/books_units.h"
#include "gateway/ledger/evidence.h"
#include "gateway/model/record.h"

#define JPEG "\xFF\xD8\xFF\xE0 a photo, or so it says"

/* ---- what the books have ---- */

struct seen {
    size_t n;
    int64_t named_ms; /* of the last contact */
    char text[600];   /* everything, a line each */
};

static void see(struct seen *seen, const char *line)
{
    size_t used = strlen(seen->text);

    seen->n++;
    snprintf(seen->text + used, sizeof seen->text - used, "%s;", line);
}

static int see_contact(void *ctx, const struct books_contact *contact)
{
    MEM_FREE_LATER char *line =
        mem_printf("%s/%s/%s/%s/%d", contact->unit, contact->name, contact->position,
                   contact->phone, contact->named_ms != 0);

    see(ctx, line);
    ((struct seen *)ctx)->named_ms = contact->named_ms;
    return 0;
}

static int see_activity(void *ctx, const struct books_activity *activity)
{
    MEM_FREE_LATER char *line = mem_printf("%s/%s/%s/%lld", activity->held, activity->place,
                                           activity->content, (long long)activity->participants);

    see(ctx, line);
    return 0;
}

static int see_photo(void *ctx, const struct books_photo *photo)
{
    assert_int_equal(strlen(photo->file), 64 + 4);
    see(ctx, photo->name);
    return 0;
}

enum what { CONTACTS, ACTIVITY, PHOTOS };

static struct seen look(const struct kit *kit, enum what what, const char *unit)
{
    struct seen seen = {0};
    struct books *books;
    char why[300];
    int rc;

    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    if (what == CONTACTS)
        rc = books_contacts(books, kit->campaign, see_contact, &seen);
    else if (what == ACTIVITY)
        rc = books_activity(books, kit->campaign, unit, see_activity, &seen);
    else
        rc = books_photos(books, kit->campaign, unit, see_photo, &seen);
    assert_int_equal(rc, 0);
    books_close(books);
    return seen;
}

static int64_t facts(const struct kit *kit, enum record_fact fact)
{
    MEM_FREE_LATER char *sql =
        mem_printf("SELECT count(*) FROM journal WHERE delivery = 0 AND to_state = %d", (int)fact);

    return kit_ask(kit, sql);
}

/* ---- contacts ---- */

static int tell(struct kit *kit, const char *city, const char *jinan, int64_t deadline_ms)
{
    const char *const units[] = {"city", "jinan", "stranger"};
    const char *const names[] = {city, jinan, "nobody knows this unit"};
    const char *const positions[] = {*city ? "科长" : "", "", ""};
    const char *const phones[] = {*city ? "13800000001" : "", "", ""};
    struct ledger_op op = {.kind = LEDGER_CONTACTS,
                           .campaign = kit->campaign,
                           .contacts = {.units = units,
                                        .names = names,
                                        .positions = positions,
                                        .phones = phones,
                                        .n = 3,
                                        .deadline_ms = deadline_ms}};

    return kit_do(kit, &op);
}

static void test_contacts(void **state)
{
    struct kit *kit = *state;
    int64_t deadline_ms, entered_ms;
    struct books *books;
    char why[300];

    kit_insert_slot(kit, 1, 0, 1000, "学法"); /* so jinan has a part in it */
    assert_int_equal(tell(kit, "王某某", "", 5000), LEDGER_OK);
    assert_string_equal(look(kit, CONTACTS, NULL).text,
                        "city/王某某/科长/13800000001/1;jinan////0;");
    assert_int_equal(facts(kit, FACT_CONTACT), 1);
    assert_int_equal(facts(kit, FACT_DEADLINE), 1);
    assert_int_equal(tell(kit, "王某某", "", 5000), LEDGER_OK); /* no news */
    assert_int_equal(facts(kit, FACT_CONTACT), 1);
    assert_int_equal(facts(kit, FACT_DEADLINE), 1);
    assert_int_equal(tell(kit, "", "李某某", 6000), LEDGER_OK);
    assert_string_equal(look(kit, CONTACTS, NULL).text, "city////0;jinan/李某某///1;");
    assert_int_equal(facts(kit, FACT_CONTACT), 3);
    assert_int_equal(facts(kit, FACT_DEADLINE), 2);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM contact"), 3);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM journal WHERE detail LIKE '%13800000001%'"),
                     0);
    assert_int_equal(books_open(&books, kit->path, why, sizeof why), 0);
    assert_int_equal(books_deadline(books, kit->campaign, &deadline_ms, &entered_ms), 0);
    assert_int_equal(deadline_ms, 6000);
    assert_true(entered_ms > 6000);
    assert_int_equal(books_deadline(books, 99, &deadline_ms, &entered_ms), 1);
    books_close(books);
}

/* Named without a break: since the first name after the last time that nobody was. */
static void test_named_since(void **state)
{
    struct kit *kit = *state;
    static const struct {
        const char *name;
        int64_t since; /* step, from 1; 0: nobody is named */
    } steps[] = {{"甲", 1}, {"乙", 1}, {"", 0}, {"丙", 4}, {"丁", 4}, {"", 0}, {"甲", 7}};
    int64_t start = clock_wall_ms();

    for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
        int64_t since;

        clock_set(start + ((int64_t)i + 1) * 1000000);
        assert_int_equal(tell(kit, steps[i].name, "", 0), LEDGER_OK);
        since = look(kit, CONTACTS, NULL).named_ms;
        assert_int_equal(since ? (since - start) / 1000000 : 0, steps[i].since);
    }
    assert_int_equal(facts(kit, FACT_DEADLINE), 0);
    assert_int_equal(facts(kit, FACT_CONTACT), 7);
}

/* ---- what is handed in ---- */

struct parcel {
    const char *unit, *campaign, *held, *place, *content;
    int64_t participants;
    const char *photos[4]; /* their bytes; each is named by its last character */
};

static struct ledger_op hand_in(struct kit *kit, const struct parcel *parcel)
{
    struct ledger_photo photos[4];
    char names[4][8];
    struct ledger_op op = {
        .kind = LEDGER_ATTACH,
        .attach = {.campaign = parcel->campaign ? parcel->campaign : "2026-law-day",
                   .unit = parcel->unit,
                   .activity = parcel->held || parcel->place || parcel->content ||
                               parcel->participants >= 0,
                   .held = parcel->held,
                   .place = parcel->place,
                   .content = parcel->content,
                   .participants = parcel->participants,
                   .photos = photos}};

    for (size_t i = 0; i < 4 && parcel->photos[i]; i++) {
        size_t length = strlen(parcel->photos[i]);

        snprintf(names[i], sizeof names[i], "%c.jpg", parcel->photos[i][length - 1]);
        photos[i] = (struct ledger_photo){names[i], parcel->photos[i], length, "jpg", NULL};
        op.attach.n_photos++;
    }
    kit_do(kit, &op);
    op.attach.photos = NULL; /* they end here */
    return op;
}

static void test_activity(void **state)
{
    struct kit *kit = *state;
    struct parcel parcel = {"city", NULL, "2026-10-31 08:30", "人民广场", "发放读本", 120, {NULL}};

    assert_int_equal(look(kit, ACTIVITY, "city").n, 0);
    assert_int_equal(hand_in(kit, &parcel).result, LEDGER_OK);
    assert_string_equal(look(kit, ACTIVITY, "city").text,
                        "2026-10-31 08:30/人民广场/发放读本/120;");
    assert_int_equal(hand_in(kit, &parcel).result, LEDGER_OK); /* no news, no record */
    assert_int_equal(facts(kit, FACT_ACTIVITY), 1);
    parcel = (struct parcel){"city", NULL, NULL, "体育馆", NULL, -1, {NULL}};
    assert_int_equal(hand_in(kit, &parcel).result, LEDGER_OK);
    assert_string_equal(look(kit, ACTIVITY, "city").text, "2026-10-31 08:30/体育馆/发放读本/120;");
    assert_int_equal(facts(kit, FACT_ACTIVITY), 2);
    assert_int_equal(kit_ask(kit, "SELECT count(*) FROM activity"), 2);
    assert_int_equal(look(kit, ACTIVITY, "jinan").n, 0);
}

static void test_photos(void **state)
{
    struct kit *kit = *state;
    struct parcel parcel = {"city", NULL, NULL, NULL, NULL, -1, {JPEG "1", JPEG "2", JPEG "1"}};
    struct ledger_op op = hand_in(kit, &parcel);
    char name[300];

    assert_int_equal(op.result, LEDGER_OK);
    assert_int_equal(op.attach.added, 2); /* the first one is there twice */
    assert_string_equal(look(kit, PHOTOS, "city").text, "1.jpg;2.jpg;");
    assert_int_equal(kit_evidence(kit, name, sizeof name), 2);
    op = hand_in(kit, &parcel);
    assert_int_equal(op.result, LEDGER_OK);
    assert_int_equal(op.attach.added, 0);
    parcel = (struct parcel){"city", NULL, NULL, "nowhere", NULL, -1, {JPEG "3", JPEG "4"}};
    op = hand_in(kit, &parcel);
    assert_int_equal(op.result, LEDGER_FULL); /* and nothing of it is taken */
    assert_int_equal(look(kit, ACTIVITY, "city").n, 0);
    assert_string_equal(look(kit, PHOTOS, "city").text, "1.jpg;2.jpg;");
    assert_int_equal(kit_evidence(kit, name, sizeof name), 2);
    parcel = (struct parcel){"city", NULL, NULL, NULL, NULL, -1, {JPEG "3"}};
    assert_int_equal(hand_in(kit, &parcel).attach.added, 1);
    parcel.photos[0] = JPEG "5";
    assert_int_equal(hand_in(kit, &parcel).result, LEDGER_FULL);
    parcel.unit = "jinan"; /* counts for itself, and may hand in the same picture */
    parcel.photos[1] = JPEG "1";
    assert_int_equal(hand_in(kit, &parcel).attach.added, 2);
    assert_int_equal(facts(kit, FACT_PHOTO), 5);
    assert_int_equal(kit_evidence(kit, name, sizeof name), 4);
    assert_books_agree(kit);
}

static void test_nobody(void **state)
{
    struct kit *kit = *state;
    struct parcel parcel = {"stranger", NULL, "x", NULL, NULL, -1, {JPEG "1"}};

    assert_int_equal(hand_in(kit, &parcel).result, LEDGER_NONE);
    parcel.unit = "city";
    parcel.campaign = "1999";
    assert_int_equal(hand_in(kit, &parcel).result, LEDGER_NONE);
    assert_int_equal(facts(kit, FACT_PHOTO) + facts(kit, FACT_ACTIVITY), 0);
}

static void test_stays(void **state)
{
    struct kit *kit = *state;
    struct parcel parcel = {"city", NULL, NULL, "人民广场", NULL, 7, {JPEG "1"}};

    assert_int_equal(hand_in(kit, &parcel).result, LEDGER_OK);
    kit_close(kit);
    assert_int_equal(kit_open(kit), 0);
    assert_string_equal(look(kit, PHOTOS, "city").text, "1.jpg;");
    assert_string_equal(look(kit, ACTIVITY, "city").text, "/人民广场//7;");
    assert_int_not_equal(kit_sql(kit, "UPDATE photo SET name = 'x'"), SQLITE_OK);
    assert_int_not_equal(kit_sql(kit, "DELETE FROM activity"), SQLITE_OK);
}

/* What a command has put beside the books is recorded by its name, once; what isn't there is not.
 */
static void test_put_there_before(void **state)
{
    struct kit *kit = *state;
    const struct evidence evidence = {
        .picture = JPEG, .picture_length = sizeof JPEG - 1, .picture_type = "jpg"};
    MEM_FREE_LATER char *folder = evidence_folder(kit->path);
    char name[EVIDENCE_NAME], again[EVIDENCE_NAME], path[512];
    const struct ledger_photo photo = {.name = "a.jpg", .file = name};
    struct ledger_op op = {.kind = LEDGER_ATTACH,
                           .attach = {.campaign = "2026-law-day",
                                      .unit = "city",
                                      .activity = true,
                                      .place = "x",
                                      .participants = -1,
                                      .photos = &photo,
                                      .n_photos = 1}};

    assert_int_equal(evidence_hand_in(folder, &evidence, name), 0);
    assert_int_equal(evidence_hand_in(folder, &evidence, again), 0);
    assert_string_equal(name, again);
    assert_int_equal(kit_evidence(kit, path, sizeof path), 1);
    name[0] = name[0] == '0' ? '1' : '0';
    assert_int_equal(kit_do(kit, &op), LEDGER_OPEN);
    assert_int_equal(facts(kit, FACT_PHOTO) + facts(kit, FACT_ACTIVITY), 0);
    memcpy(name, again, sizeof name);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(op.attach.added, 1);
    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
    assert_int_equal(op.attach.added, 0);
    assert_int_equal(facts(kit, FACT_PHOTO), 1);
    assert_string_equal(look(kit, PHOTOS, "city").text, "a.jpg;");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_contacts, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_activity, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_photos, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_put_there_before, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_nobody, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_stays, kit_setup, kit_teardown),
        cmocka_unit_test_setup_teardown(test_named_since, kit_setup, kit_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
