/* test_attach: lawcast attach from the command line, and the evidence packs that come of it. The
 * books are made by hand. Needs a Chinese font and pdftotext. */
#include "tests/unit/ledger_kit.h"

#include <ctype.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "gateway/base/buffer.h"
#include "gateway/base/clock.h"
#include "tests/support/stage.h"
#include "tests/unit/jpeg_kit.h"

struct desk {
    struct stage stage;
    struct kit kit;
};

/* ---- books with one campaign ---- */

static void desk_contacts(struct kit *kit)
{
    const char *const units[] = {"city", "jinan"}, *const names[] = {"王某某", ""};
    const char *const positions[] = {"科长", ""}, *const phones[] = {"13800000001", ""};
    struct ledger_op op = {.kind = LEDGER_CONTACTS,
                           .campaign = kit->campaign,
                           .contacts = {units, names, positions, phones, 2, 4102444800000}};

    assert_int_equal(kit_do(kit, &op), LEDGER_OK);
}

static void desk_shown(struct kit *kit)
{
    int64_t now = clock_wall_ms(), id;
    const struct outcome sent = {.kind = OUTCOME_SENT};

    kit_insert_slot(kit, 1, now - 5000, now + 600000, "弘扬宪法精神");
    kit_fetch(kit, CHANNEL_DISPLAY, 8, false);
    assert_int_equal(kit->n_rows, 1);
    id = kit->rows[0].id;
    kit_claim(kit, id);
    kit_settle(kit, id, &sent, 0);
    assert_int_equal(kit_show(kit, id, LEVEL_STORED, now - 60000, now), LEDGER_OK);
}

static int desk_open(void **state)
{
    struct desk *desk = mem_new(struct desk);
    struct kit *kit = &desk->kit;

    stage_open(&desk->stage);
    *kit = (struct kit){.quota = 3, .need = LEVEL_STORED};
    snprintf(kit->path, sizeof kit->path, "%s", desk->stage.books);
    assert_int_equal(uv_loop_init(&kit->loop), 0);
    assert_int_equal(kit_open(kit), 0);
    kit->device = kit_device(kit, "bank-a/0");
    assert_int_equal(kit_enter(kit, "2026-law-day", "source"), LEDGER_OK);
    kit_insert(kit, 0, 3, 1, false);
    kit_fetch(kit, CHANNEL_SMS, 8, false);
    kit_send(kit, kit->rows[0].id, 1, 7);
    kit_report(kit, kit->rows[0].address, 7, REPORT_DELIVERED);
    desk_shown(kit);
    desk_contacts(kit);
    kit_do(kit, &(struct ledger_op){.kind = LEDGER_PLANNED, .campaign = kit->campaign});
    kit_release(kit);
    kit_close(kit);
    assert_int_equal(uv_loop_close(&kit->loop), 0);
    stage_write(&desk->stage, "lawcast.cfg",
                "office = { name = \"某市普法办\"; timezone = \"Asia/Shanghai\"; };\n"
                "ledger = { path = \"%s\"; };\n"
                "units = ( { id = \"city\"; name = \"市法宣办\"; signature = \"市法宣办\"; },\n"
                "          { id = \"jinan\"; name = \"金安区法宣办\"; signature = \"金安\"; } );\n"
                "boards = ( { id = \"plaza\"; owner = \"jinan\"; kind = \"onbon-y\";\n"
                "             url = \"http://127.0.0.1:9\"; width = 192; height = 64;\n"
                "             password = \"guest\"; } );\n",
                desk->stage.books);
    *state = desk;
    return 0;
}

static int desk_close(void **state)
{
    struct desk *desk = *state;

    stage_close(&desk->stage);
    free(desk);
    return 0;
}

static void desk_put(const struct desk *desk, const char *name, const void *data, size_t length)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s", desk->stage.dir, name);
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* A JPEG of this width, in the stage's folder. */
static void desk_photo(const struct desk *desk, const char *name, unsigned width)
{
    const struct jpeg_kit jpeg = {
        .frame = 0xC0, .bits = 8, .width = width, .height = 300, .components = 3};
    BUFFER_FREE_LATER struct buffer file = BUFFER_NULL;

    jpeg_kit_write(&jpeg, &file);
    desk_put(desk, name, file.data, file.length);
}

static void expect(const struct desk *desk, int status, const char *words, const char *const *args)
{
    MEM_FREE_LATER char *said = NULL;
    int got = stage_lawcast(&desk->stage, &said, args);

    if (got != status || !strstr(said, words))
        fail_msg("status %d for %d, without \"%s\":\n%s", got, status, words, said);
}

#define EXPECT(desk, status, words, ...)                                                           \
    expect((desk), (status), (words), (const char *const[]){__VA_ARGS__, NULL})

/* The same without its last bytes. */
static void desk_cut(const struct desk *desk, const char *from, const char *to, size_t bytes)
{
    MEM_FREE_LATER char *path = mem_printf("%s/%s", desk->stage.dir, from);
    BUFFER_FREE_LATER struct buffer file = BUFFER_NULL;

    assert_int_equal(buffer_read_file(&file, path, 1 << 20), 0);
    desk_put(desk, to, file.data, file.length - bytes);
}

/* ---- refusals: nothing is taken ---- */

static void test_refused(void **state)
{
    const struct desk *desk = *state;
    MEM_FREE_LATER char *large = mem_alloc((10 << 20) + 1, 1);
    MEM_FREE_LATER char *pipe = mem_printf("%s/pipe.jpg", desk->stage.dir);

    desk_photo(desk, "a.jpg", 400);
    desk_put(desk, "text.jpg", "no picture", 10);
    desk_put(desk, "large.jpg", large, (10 << 20) + 1);
    EXPECT(desk, 2, "Name the unit", "attach");
    EXPECT(desk, 2, "Name photos", "attach", "city");
    EXPECT(desk, 1, "no JPEG or PNG", "attach", "-c", "lawcast.cfg", "city", "text.jpg");
    EXPECT(desk, 1, "larger than 10 MB", "attach", "-c", "lawcast.cfg", "city", "large.jpg");
    EXPECT(desk, 1, "can't be read", "attach", "-c", "lawcast.cfg", "city", "none.jpg");
    EXPECT(desk, 1, "no?ne.jpg can't be read", "attach", "-c", "lawcast.cfg", "city",
           "no\x1Bne.jpg");
    assert_int_equal(mkfifo(pipe, 0600), 0);
    EXPECT(desk, 1, "no ordinary file", "attach", "-c", "lawcast.cfg", "city", "pipe.jpg");
    desk_cut(desk, "a.jpg", "cut.jpg", 2);
    EXPECT(desk, 1, "cut off or damaged", "attach", "-c", "lawcast.cfg", "city", "cut.jpg");
    EXPECT(desk, 1, "at most 3 photos", "attach", "-c", "lawcast.cfg", "city", "a.jpg", "a.jpg",
           "a.jpg", "a.jpg");
    EXPECT(desk, 1, "no unit \"nobody\"", "attach", "-c", "lawcast.cfg", "nobody", "a.jpg");
    EXPECT(desk, 1, "no campaign \"1999\". They have:\n  2026-law-day", "attach", "-c",
           "lawcast.cfg", "city", "a.jpg", "--campaign", "1999");
    EXPECT(desk, 1, "--time begins", "attach", "-c", "lawcast.cfg", "city", "--time", "morning");
    EXPECT(desk, 1, "number of people", "attach", "-c", "lawcast.cfg", "city", "--participants",
           "-3");
    EXPECT(desk, 1, "no text", "attach", "-c", "lawcast.cfg", "city", "--place", "a\tb");
    EXPECT(desk, 1, "no text", "attach", "-c", "lawcast.cfg", "city", "--place", "\xFF");
    EXPECT(desk, 1, "金安区法宣办", "attach", "-c", "lawcast.cfg", "nobody", "a.jpg");
    assert_int_equal(kit_ask(&desk->kit, "SELECT count(*) FROM photo"), 0);
    assert_int_equal(kit_ask(&desk->kit, "SELECT count(*) FROM activity"), 0);
}

/* The campaign's window is the first instant of 1970, in China 8 o'clock. */
static void test_a_time_of_another_campaign(void **state)
{
    static const struct {
        const char *held;
        bool warns;
    } cases[] = {
        {"1970-01-02 08:00", false}, {"1970-01-02 08:01", true}, {"2026-10-31 08:30-11:00", true}};
    const struct desk *desk = *state;

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const args[] = {"attach", "-c", "lawcast.cfg", "city", "--time", NULL, NULL};
        const char *words[sizeof args / sizeof *args];
        MEM_FREE_LATER char *said = NULL;

        memcpy(words, args, sizeof args);
        words[5] = cases[i].held;
        assert_int_equal(stage_lawcast(&desk->stage, &said, words), 0);
        if ((strstr(said, "more than a day outside") != NULL) != cases[i].warns ||
            !strstr(said, "campaign 2026-law-day"))
            fail_msg("%s: %s", cases[i].held, said);
    }
}

/* Somebody has the books who can't be told: no gateway that listens. */
static void test_in_use(void **state)
{
    const struct desk *desk = *state;
    int file = open(desk->stage.books, O_RDONLY | O_CLOEXEC);

    assert_true(file >= 0 && flock(file, LOCK_EX) == 0);
    EXPECT(desk, 4, "use", "attach", "-c", "lawcast.cfg", "city", "--place", "x");
    close(file);
}

/* ---- packs ---- */

static char *pack_text(const struct desk *desk, const char *name)
{
    MEM_FREE_LATER char *command = mem_printf("pdftotext -enc UTF-8 %s/packs/%s %s/text",
                                              desk->stage.dir, name, desk->stage.dir);
    MEM_FREE_LATER char *path = mem_printf("%s/text", desk->stage.dir);
    struct buffer text = BUFFER_NULL;
    size_t to = 0;

    assert_int_equal(system(command), 0);
    assert_int_equal(buffer_read_file(&text, path, 1 << 20), 0);
    for (size_t i = 0; i < text.length; i++)
        if (!isspace((unsigned char)text.data[i]))
            text.data[to++] = text.data[i];
    text.data[to] = '\0';
    return buffer_take(&text);
}

static void assert_told(const char *text, const char *const *words)
{
    for (; *words; words++)
        if (!strstr(text, *words))
            fail_msg("the pack doesn't say \"%s\":\n%s", *words, text);
}

#define TOLD(text, ...) assert_told((text), (const char *const[]){__VA_ARGS__, NULL})

static void test_packs(void **state)
{
    const struct desk *desk = *state;
    MEM_FREE_LATER char *city = NULL, *jinan = NULL, *all = NULL, *path = NULL;
    struct stat file;

    desk_photo(desk, "stand.jpg", 400);
    desk_photo(desk, "crowd.jpg", 500);
    EXPECT(desk, 0, "2 new photos, and the activity", "attach", "-c", "lawcast.cfg", "city",
           "stand.jpg", "crowd.jpg", "--time", "2026-10-31 08:30-11:00", "--place", "人民广场",
           "--participants", "120", "--content", "发放宪法读本\n解答法律咨询");
    EXPECT(desk, 0, "0 new photos.", "attach", "-c", "lawcast.cfg", "city", "stand.jpg");
    EXPECT(desk, 0, "packs/2026-law-day-jinan.pdf: ", "report", "-c", "lawcast.cfg", "2026-law-day",
           "--pdf", "packs");
    city = pack_text(desk, "2026-law-day-city.pdf");
    TOLD(city, "2026-10-3108:30-11:00", "人民广场", "120", "发放宪法读本", "王某某", "科长",
         "138****0001", "namedintime", "stand.jpg", "crowd.jpg", "33.3%", "某市普法办",
         "Theunithadnoboard", "lawcastauditverify");
    assert_null(strstr(city, "13800000001"));
    jinan = pack_text(desk, "2026-law-day-jinan.pdf");
    TOLD(jinan, "Timenothandedin", "Namenotnamed", "Nophotoswerehandedin", "plaza", "0:01:00",
         "弘扬宪法精神", "adrawing,notaphoto");
    all = pack_text(desk, "2026-law-day.pdf");
    TOLD(all, "allunits", "notnamed", "王某某", "plaza", "Total");
    path = mem_printf("%s/packs/2026-law-day-city.pdf", desk->stage.dir);
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0600);
    EXPECT(desk, 1, "has no part in", "report", "-c", "lawcast.cfg", "2026-law-day", "--pdf",
           "packs", "--unit", "nobody");
}

/* A photo that was changed in the folder is not passed off as what was handed in. */
static void test_altered(void **state)
{
    const struct desk *desk = *state;
    MEM_FREE_LATER char *text = NULL;
    char name[512] = "";

    desk_photo(desk, "stand.jpg", 400);
    EXPECT(desk, 0, "1 new photos", "attach", "-c", "lawcast.cfg", "city", "stand.jpg");
    assert_int_equal(kit_evidence(&desk->kit, name, sizeof name), 1);
    assert_int_equal(chmod(name, 0600), 0);
    assert_int_equal(truncate(name, 40), 0);
    EXPECT(desk, 0, "pictures are missing or were altered", "report", "-c", "lawcast.cfg",
           "2026-law-day", "--pdf", "packs", "--unit", "city");
    text = pack_text(desk, "2026-law-day-city.pdf");
    TOLD(text, "stand.jpg", "Thefilewasaltered");
    EXPECT(desk, 0, "missing or altered: 1", "attach", "-c", "lawcast.cfg", "city", "stand.jpg");
    EXPECT(desk, 0, "whole", "audit", "verify", "--ledger", desk->stage.books);
    assert_int_equal(unlink(name), 0);
    EXPECT(desk, 0, "missing or altered: 1", "attach", "-c", "lawcast.cfg", "city", "stand.jpg");
    EXPECT(desk, 0, "whole", "audit", "verify", "--ledger", desk->stage.books);
}

static void test_report(void **state)
{
    const struct desk *desk = *state;
    MEM_FREE_LATER char *read = mem_printf("python3 tests/support/read_workbook.py %s/a.xlsx | "
                                           "grep 人民广场 > /dev/null",
                                           desk->stage.dir);

    EXPECT(desk, 0, "the activity", "attach", "-c", "lawcast.cfg", "city", "--place", "人民广场",
           "--participants", "120");
    EXPECT(desk, 0, "\"place\": \"人民广场\"", "report", "-c", "lawcast.cfg", "2026-law-day",
           "--json");
    EXPECT(desk, 0, "\"erased\": false", "report", "-c", "lawcast.cfg", "2026-law-day", "--json");
    EXPECT(desk, 0, "named in time", "report", "-c", "lawcast.cfg", "2026-law-day", "--csv");
    EXPECT(desk, 0, "人民广场,120", "report", "-c", "lawcast.cfg", "2026-law-day", "--csv");
    EXPECT(desk, 0, "a.xlsx", "report", "-c", "lawcast.cfg", "2026-law-day", "--xlsx", "a.xlsx");
    assert_int_equal(system(read), 0);
    EXPECT(desk, 0, "named in time", "report", "-c", "lawcast.cfg", "2026-law-day");
    EXPECT(desk, 0, "not named", "report", "-c", "lawcast.cfg", "2026-law-day");
    EXPECT(desk, 0, "\"named\": \"in_time\"", "report", "-c", "lawcast.cfg", "2026-law-day",
           "--json");
    EXPECT(desk, 0, "\"contacts_by\": \"2100-01-01T08:00:00+08:00\"", "report", "-c", "lawcast.cfg",
           "2026-law-day", "--json");
}

/* Showing time that can't be is no reason to try again. */
static void test_absurd(void **state)
{
    const struct desk *desk = *state;

    assert_int_equal(kit_sql(&desk->kit, "UPDATE delivery SET shown_ms = 9223372036854775807"),
                     SQLITE_OK);
    EXPECT(desk, 4, "✕", "report", "-c", "lawcast.cfg", "2026-law-day", "--quick");
    EXPECT(desk, 4, "✕", "report", "-c", "lawcast.cfg", "2026-law-day");
    assert_int_equal(kit_sql(&desk->kit, "UPDATE delivery SET shown_ms = 60000 WHERE channel = 2;"
                                         "DROP TRIGGER shown_keeps;"
                                         "UPDATE shown SET from_ms = -9223372036854775807"),
                     SQLITE_OK);
    EXPECT(desk, 4, "", "report", "-c", "lawcast.cfg", "2026-law-day", "--showings", "--quick");
}

static void desk_campaign(const struct desk *desk, const char *deadline)
{
    stage_write(&desk->stage, "campaign.cfg",
                "campaign = { id = \"c1\"; title = \"t\"; %s\n"
                "  windows = ( { from = \"2099-10-31 08:30\"; to = \"2099-10-31 11:00\"; } );\n"
                "  displays = ( { boards = [ \"plaza\" ]; slogans = [ \"弘扬宪法\" ]; } ); };\n",
                deadline);
}

/* Only of units that take part, and only where there is a deadline. */
static void test_check(void **state)
{
    const struct desk *desk = *state;
    MEM_FREE_LATER char *said = NULL;
    const char *const args[] = {"check", "-c", "lawcast.cfg", "campaign.cfg", NULL};

    desk_campaign(desk, "contacts_by = \"2099-10-30 12:00\";");
    expect(desk, 0, "responsible person: 1 (jinan). They have to be named by 2099-10-30 12:00",
           args);
    desk_campaign(desk, "contacts_by = \"2020-10-30 12:00\";");
    expect(desk, 0, "responsible person: 1 (jinan). The deadline was 2020-10-30 12:00", args);
    desk_campaign(desk, "contacts_by = \"2099-11-01 00:00\";");
    expect(desk, 0, "after the last window ends", args);
    desk_campaign(desk, "");
    assert_int_equal(stage_lawcast(&desk->stage, &said, args), 0);
    assert_null(strstr(said, "responsible person"));
}

/* What was handed in is in the records: the books verify with it, and not when it was altered. */
static void test_audit(void **state)
{
    const struct desk *desk = *state;

    desk_photo(desk, "stand.jpg", 400);
    EXPECT(desk, 0, "1 new photos", "attach", "-c", "lawcast.cfg", "city", "stand.jpg", "--place",
           "人民广场");
    EXPECT(desk, 0, "whole", "audit", "verify", "--ledger", desk->stage.books);
    assert_int_equal(kit_sql(&desk->kit, "DROP TRIGGER contact_keeps;"
                                         "UPDATE contact SET phone = '13800000002'"),
                     SQLITE_OK);
    EXPECT(desk, 4, "contact", "audit", "verify", "--ledger", desk->stage.books);
}

/* A gateway that waits for its window takes what is handed in for an older campaign, once. */
static void test_beside_a_gateway(void **state)
{
    const struct desk *desk = *state;
    const char *const run[] = {"run", "-c", "lawcast.cfg", "--quiet", "campaign.cfg", NULL};
    struct stage_child child;
    char name[512] = "";

    desk_campaign(desk, "");
    desk_photo(desk, "stand.jpg", 400);
    desk_photo(desk, "crowd.jpg", 500);
    stage_spawn(&desk->stage, &child, run);
    stage_await(&desk->stage, &child, "c1");
    EXPECT(desk, 0, "1 new photos, and the activity", "attach", "-c", "lawcast.cfg", "city",
           "stand.jpg", "--campaign", "2026-law-day", "--place", "人民广场", "--content",
           "发放宪法读本\n解答法律咨询");
    EXPECT(desk, 0, "1 new photos. ", "attach", "-c", "lawcast.cfg", "city", "stand.jpg",
           "crowd.jpg", "--campaign", "2026-law-day");
    EXPECT(desk, 0, "0 new photos, and the activity", "attach", "-c", "lawcast.cfg", "jinan",
           "--participants", "7"); /* the last campaign is the gateway's */
    EXPECT(desk, 1, "no unit \"nobody\"", "attach", "-c", "lawcast.cfg", "nobody", "stand.jpg");
    EXPECT(desk, 1, "no unit \"a b\"", "attach", "-c", "lawcast.cfg", "a b", "--place", "x");
    desk_photo(desk, "third.jpg", 600);
    desk_photo(desk, "fourth.jpg", 700);
    EXPECT(desk, 1, "more than 3 photos", "attach", "-c", "lawcast.cfg", "city", "third.jpg",
           "fourth.jpg", "--campaign", "2026-law-day");
    stage_signal(&child, SIGTERM);
    stage_wait(&child, 30, NULL);
    assert_int_equal(kit_ask(&desk->kit, "SELECT count(*) FROM photo"), 2);
    assert_int_equal(kit_ask(&desk->kit, "SELECT count(*) FROM activity"), 2);
    assert_true(kit_evidence(&desk->kit, name, sizeof name) >= 2);
    EXPECT(desk, 0, "whole", "audit", "verify", "--ledger", desk->stage.books);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_refused, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(test_a_time_of_another_campaign, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(test_in_use, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(test_packs, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(test_altered, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(test_report, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(test_absurd, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(test_check, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(test_beside_a_gateway, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(test_audit, desk_open, desk_close),
    };

    setenv("TZ", "Asia/Shanghai", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
