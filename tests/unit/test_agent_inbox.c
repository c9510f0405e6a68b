/* test_agent_inbox: what comes in for a SIM reaches the loop once, from wherever the modem keeps
 * it, and leaves the modem when the loop says so. Runs: any. */
#include "tests/unit/agent_desk.h"

#define TIME   "62113280500023"
#define TD     "0891683108100005F0040D91683108000000F10000" TIME "025422"
#define LATER  "0891683108100005F0040D91683108000000F20008" TIME "0490008BA2" /* 退订 */
#define REPORT "0006050D91683108000000F1" TIME TIME "00"
#define OWN    "0011000B813108000000F20000FF025422"

/* What is stored at the start is told, each with its place, and deleted when it is forgotten. */
static void test_stored(void **state)
{
    static const struct desk_answer answers[] = {
        {"AT+CMGL=4", "\r\n+CMGL: 1,1,,22\r\n" TD "\r\n+CMGL: 7,0,,24\r\n" LATER "\r\n" DESK_OK, 0},
        {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, NULL);
    desk_hear(&desk, "ready");
    assert_non_null(strstr(desk_hear(&desk, "inbound 1 "), " 1795392300000 -1 1 1 5444"));
    assert_non_null(strstr(desk_hear(&desk, "inbound 7 "), " 1795392300000 -1 1 1 E98080E8AEA2"));
    assert_false(desk_was_asked(&desk, "AT+CMGD"));
    desk_say(&desk, "forget 7");
    desk_await_asked(&desk, "AT+CMGD=7", 1);
    desk_say(&desk, "forget 7\nforget 0\nforget 4294967295\nforget 1");
    desk_await_asked(&desk, "AT+CMGD=1\n", 1);
    assert_int_equal(desk_count(&desk, "inbound"), 2);
    desk_close(&desk, 0);
}

/* One that comes later is read from its place; said twice it is told once. */
static void test_new(void **state)
{
    static const struct desk_answer answers[] = {
        {"AT+CMGR=3", "\r\n+CMGR: 0,,22\r\n" TD "\r\n" DESK_OK, 0},
        {"AT+CMGR=4", "\r\n+CMS ERROR: 321\r\n", 0},
        {"AT+CMGR=5", "\r\n+CMGR: 0,,24\r\n" LATER "\r\n" DESK_OK, 0},
        {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, NULL);
    desk_hear(&desk, "ready");
    desk_await_asked(&desk, "AT+CMGL=4", 1);
    desk_mutter(&desk, "\r\n+CMTI: \"SM\",3\r\n\r\n+CMTI: \"SM\",3\r\n\r\n+CMTI: \"SM\",4\r\n"
                       "\r\n+CMTI: \"XX\",1\r\n\r\n+CMTI: \"SM\"\r\n\r\n+CMTI: \"SM\",70000\r\n"
                       "\r\n+CMTI: \"SM\",5\r\n");
    desk_hear(&desk, "inbound 5 ");
    assert_int_equal(desk_count(&desk, "inbound 3 "), 1);
    assert_int_equal(desk_count(&desk, "inbound"), 2);
    /* Forgotten, the place may hold another. */
    desk_say(&desk, "forget 3");
    desk_await_asked(&desk, "AT+CMGD=3", 1);
    desk_mutter(&desk, "\r\n+CMTI: \"SM\",3\r\n");
    desk_hear(&desk, "inbound 3 ");
    desk_close(&desk, 0);
}

/* The modem keeps what it receives elsewhere than what it shows. */
static void test_memories(void **state)
{
    static const struct desk_answer answers[] = {
        {"AT+CPMS?", "\r\n+CPMS: \"SM\",1,50,\"SM\",1,50,\"ME\",1,99\r\n" DESK_OK, 0},
        {"AT+CMGL=4", "\r\n+CMGL: 2,1,,22\r\n" TD "\r\n" DESK_OK, 1},
        {"AT+CMGL=4", "\r\n+CMGL: 0,1,,24\r\n" LATER "\r\n" DESK_OK, 1},
        {"AT+CMGR=9", "\r\n+CMGR: 0,,22\r\n" TD "\r\n" DESK_OK, 0},
        {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, NULL);
    desk_hear(&desk, "inbound 2 ");
    desk_hear(&desk, "inbound 131071 "); /* number 0 of ME */
    assert_true(desk_was_asked(&desk, "AT+CPMS=\"ME\"\n"));
    desk_say(&desk, "forget 2");
    desk_await_asked(&desk, "AT+CPMS=\"SM\"\nAT+CMGD=2\n", 1);
    desk_say(&desk, "forget 131071");
    desk_await_asked(&desk, "AT+CPMS=\"ME\"\nAT+CMGD=0\n", 1);
    desk_mutter(&desk, "\r\n+CMTI: \"ME\",9\r\n");
    desk_hear(&desk, "inbound 65545 ");
    desk_close(&desk, 0);
}

/* A modem that doesn't say which memory it uses. */
static void test_no_memories(void **state)
{
    static const struct desk_answer answers[] = {
        {"AT+CPMS?", "\r\nERROR\r\n", 0},
        {"AT+CMGL=4", "\r\n+CMGL: 2,1,,22\r\n" TD "\r\n" DESK_OK, 1},
        {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, NULL);
    desk_hear(&desk, "inbound 2 ");
    desk_say(&desk, "forget 2");
    desk_await_asked(&desk, "AT+CMGL=4\nAT+CMGD=2", 1);
    desk_close(&desk, 0);
}

/* What can't be read stays, and is told once; what we or others stored is none of ours; a report
 * that was stored is told and deleted. */
static void test_others(void **state)
{
    static const struct desk_answer answers[] = {
        {"AT+CMGL=4",
         "\r\n+CMGL: 1,1,,2\r\n0004\r\n+CMGL: 2,2,,14\r\n" OWN "\r\n+CMGL: 3,1,,25\r\n" REPORT
         "\r\n+CMGL: x\r\n" TD "\r\n" TD "\r\n+CMGL: 4,1,,22\r\n" TD "\r\n" DESK_OK,
         0},
        {"AT+CMGR=1", "\r\n+CMGR: 1,,2\r\n0004\r\n" DESK_OK, 0},
        {"AT+CMGR=6", "\r\n+CMGR: 1,,25\r\n" REPORT "\r\n" DESK_OK, 0},
        {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, NULL);
    assert_non_null(strstr(desk_hear(&desk, "doubt"), "place 1 can't be read"));
    desk_hear(&desk, "report 8613800000001 5 0 1795392300000");
    desk_hear(&desk, "inbound 4 ");
    desk_await_asked(&desk, "AT+CMGD=3", 1);
    desk_mutter(&desk, "\r\n+CMTI: \"SM\",1\r\n\r\n+CDSI: \"SM\",6\r\n");
    desk_hear(&desk, "report ");
    desk_await_asked(&desk, "AT+CMGD=6", 1);
    assert_int_equal(desk_count(&desk, "doubt"), 1);
    assert_int_equal(desk_count(&desk, "inbound"), 1);
    desk_close(&desk, 0);
}

/* More reports at once than there is room to remember: each is told once and deleted. */
static void test_many_reports(void **state)
{
    BUFFER_FREE_LATER struct buffer all = BUFFER_NULL, rest = BUFFER_NULL;
    struct desk_answer answers[3] = {{0}};
    struct desk desk;

    (void)state;
    for (int i = 1; i <= 70; i++)
        buffer_printf(i <= 64 ? &all : &rest, "\r\n+CMGL: %d,1,,25\r\n" REPORT, i);
    buffer_add(&all, rest.data, rest.length);
    buffer_add_text(&all, "\r\n" DESK_OK);
    buffer_add_text(&rest, "\r\n" DESK_OK);
    answers[0] = (struct desk_answer){"AT+CMGL=4", buffer_text(&all), 1};
    answers[1] = (struct desk_answer){"AT+CMGL=4", buffer_text(&rest), 1};
    desk_open(&desk, answers, NULL);
    desk_await_asked(&desk, "AT+CMGD=70\n", 1);
    desk_await_asked(&desk, "AT+CMGD=", 70);
    desk_close(&desk, 0);
    assert_int_equal(desk_count(&desk, "report "), 70);
}

/* Handed out although it was to be stored: told at once, in the middle of an answer too. */
static void test_direct(void **state)
{
    static const struct desk_answer answers[] = {
        {"AT+CMGL=4", "\r\n+CMT: ,24\r\n" LATER "\r\n" DESK_OK, 1}, {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, NULL);
    desk_hear(&desk, "inbound 0 ");
    desk_mutter(&desk, "\r\n+CMT: ,22\r\n" TD "\r\n\r\n+CMT: ,2\r\n0004\r\n");
    desk_hear(&desk, "inbound 0 ");
    desk_hear(&desk, "doubt");
    desk_close(&desk, 0);
}

/* A memory full of what nobody forgets is told once, and messages go out. */
static void test_full(void **state)
{
    static const struct desk_answer answers[] = {
        {"AT+CPMS?", "\r\n+CPMS: \"SM\",1,1,\"SM\",1,1,\"SM\",1,1\r\n" DESK_OK, 0},
        {"AT+CMGL=4", "\r\n+CMGL: 1,1,,22\r\n" TD "\r\n" DESK_OK, 0},
        {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, NULL);
    assert_non_null(strstr(desk_hear(&desk, "doubt"), "full (1 of 1)"));
    desk_hear(&desk, "inbound 1 ");
    desk_say(&desk, "send 1 8613800000001 0 0 41");
    desk_hear(&desk, "sent 1 7");
    desk_close(&desk, 0);
}

/* Announced in the middle of a message: read after it. */
static void test_between_messages(void **state)
{
    static const struct desk_answer answers[] = {
        {"\x1a", "\r\n+CMTI: \"SM\",3\r\n\r\n+CMGS: 7\r\n\r\nOK\r\n", 0},
        {"AT+CMGR=3", "\r\n+CMGR: 0,,22\r\n" TD "\r\n" DESK_OK, 0},
        {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, NULL);
    desk_hear(&desk, "ready");
    desk_await_asked(&desk, "AT+CMGL=4", 1);
    desk_say(&desk, "send 1 8613800000001 0 0 41\nsend 2 8613800000001 0 0 41");
    desk_hear(&desk, "sent 1 7");
    desk_hear(&desk, "inbound 3 ");
    desk_hear(&desk, "sent 2 7");
    desk_close(&desk, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stored),       cmocka_unit_test(test_new),
        cmocka_unit_test(test_memories),     cmocka_unit_test(test_no_memories),
        cmocka_unit_test(test_others),       cmocka_unit_test(test_direct),
        cmocka_unit_test(test_full),         cmocka_unit_test(test_between_messages),
        cmocka_unit_test(test_many_reports),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
