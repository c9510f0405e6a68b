/* test_agent: how the modem's agent opens a modem: SIM, network, health; and what it says of those
 * that can't be used.
 * Runs: any. */
#include "tests/unit/agent_desk.h"

static const char *const hasty[] = {"--timeout-ms", "2000", NULL};
static const char *const with_pin[] = {"--timeout-ms", "2000", "--pin", NULL};

#define HEALTH_TAIL "860000000000001 460000000000017 +8613800100500"

static void test_start(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, NULL, NULL);
    desk_hear(&desk, "ready");
    /* CHINA MOBILE, ACME M1 */
    assert_string_equal(desk.said[0],
                        "health 1 -73 0 " HEALTH_TAIL " 4348494E41204D4F42494C45 41434D45204D31");
    assert_int_equal(desk.n_said, 2);
    assert_false(desk_was_asked(&desk, "AT+CPIN="));
    desk_close(&desk, 0);
}

/* A modem whose echo is off, and that says something by itself before the first answer. */
static void test_echo_off(void **state)
{
    static const struct desk_answer answers[] = {
        {"ATE1", "\r\n+CMS ERROR: 38\r\n\r\nRDY\r\n\r\nOK\r\n", 1}, {0}};
    struct desk desk;

    (void)state;
    memset(&desk, 0, sizeof desk);
    desk.answers = answers;
    desk.mute = true;
    desk_plug(&desk);
    desk_spawn(&desk, NULL);
    desk_hear(&desk, "ready");
    assert_int_equal(desk_count(&desk, "doubt"), 0);
    desk_close(&desk, 0);
}

static void test_names(void **state)
{
    static const struct {
        const char *answer, *network;
    } cases[] = {
        {"\r\n+COPS: 0,2,\"46000\",7\r\n" DESK_OK, " 3436303030 "},
        {"\r\n+COPS: 0,0,\"4E2D56FD79FB52A8\"\r\n" DESK_OK, " E4B8ADE59BBDE7A7BBE58AA8 "},
        {"\r\n+COPS: 0\r\n" DESK_OK, " - "},
        {"\r\n+COPS: 0,0,\"A\xff\xfe\"\r\n" DESK_OK, " 41 "},
        {"\r\nERROR\r\n", " - "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct desk_answer answers[] = {{"AT+COPS?", cases[i].answer, 0}, {0}};
        struct desk desk;

        desk_open(&desk, answers, NULL);
        if (!strstr(desk_hear(&desk, "health"), cases[i].network))
            fail_msg("%s not in %s", cases[i].network, desk.line);
        desk_hear(&desk, "ready");
        desk_close(&desk, 0);
    }
}

#define LOCKED "\r\n+CPIN: SIM PIN\r\n" DESK_OK

/* The SIM's PIN is entered once, and with it the modem is ready. */
static void test_pin(void **state)
{
    static const struct desk_answer answers[] = {
        {"AT+CPIN?", LOCKED, 1}, {"AT+CPIN=\"4711\"", DESK_OK, 1}, {"AT+CPIN?", LOCKED, 1}, {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, with_pin);
    desk_hear(&desk, "needpin");
    assert_int_equal(desk.given[1], 0);
    desk_say(&desk, "pin 4711");
    desk_hear(&desk, "tookpin");
    assert_int_equal(desk.given[1], 1);
    desk_hear(&desk, "ready");
    desk_close(&desk, 0);
}

/* The loop has something else to say, or nothing: it isn't entered. */
static void test_no_pin(void **state)
{
    static const struct desk_answer answers[] = {{"AT+CPIN?", LOCKED, 0}, {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, with_pin);
    desk_hear(&desk, "needpin");
    desk_close(&desk, 0);
    desk_open(&desk, answers, with_pin);
    desk_hear(&desk, "needpin");
    desk_say(&desk, "forget 1");
    desk_close(&desk, 2);
}

/* Not needed, not asked for. */
static void test_needless_pin(void **state)
{
    struct desk desk;

    (void)state;
    desk_open(&desk, NULL, with_pin);
    desk_hear(&desk, "ready");
    assert_int_equal(desk_count(&desk, "needpin"), 0);
    assert_false(desk_was_asked(&desk, "AT+CPIN="));
    desk_close(&desk, 0);
}

/* Whatever follows the PIN but its acceptance: it was the only try. */
static void test_wrong_pin(void **state)
{
    static const char *const said[] = {"\r\n+CME ERROR: 16\r\n", "\r\nERROR\r\n",
                                       "\r\n+CME ERROR: 12\r\n", NULL};

    (void)state;
    for (size_t i = 0; i < sizeof said / sizeof *said; i++) {
        const struct desk_answer answers[] = {{"AT+CPIN=\"4711\"", said[i], 1},
                                              {"AT+CPIN=", DESK_OK, 0},
                                              {"AT+CPIN?", LOCKED, 0},
                                              {0}};
        struct desk desk;

        desk_open(&desk, answers, with_pin);
        desk_say(&desk, "pin 4711");
        desk_hear(&desk, "badpin");
        assert_non_null(strstr(desk_hear(&desk, "barred"), "wrong PIN"));
        assert_int_equal(desk.given[0], 1);
        assert_int_equal(desk.given[1], 0);
        assert_int_equal(desk_count(&desk, "ready") + desk_count(&desk, "tookpin"), 0);
        desk_close(&desk, 1);
    }
}

static void test_locked_sims(void **state)
{
    static const struct {
        const char *answer, *word, *why;
    } cases[] = {
        {LOCKED, "barred", "asks for its PIN"},
        {"\r\n+CPIN: SIM PUK\r\n" DESK_OK, "barred", "PUK"},
        {"\r\n+CPIN: PH-NET PIN\r\n" DESK_OK, "barred", "locked to another"},
        {"\r\n+CME ERROR: 10\r\n", "down", "no SIM"},
        {"\r\n+CME ERROR: 13\r\n", "down", "no usable SIM"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct desk_answer answers[] = {{"AT+CPIN?", cases[i].answer, 0}, {0}};
        struct desk desk;

        desk_open(&desk, answers, hasty);
        if (!strstr(desk_hear(&desk, cases[i].word), cases[i].why))
            fail_msg("%s", desk.line);
        assert_int_equal(desk_count(&desk, "ready"), 0);
        /* libgammu has not spoken yet: nothing can have been entered. */
        assert_false(desk_was_asked(&desk, "AT+CPIN="));
        assert_false(desk_was_asked(&desk, "AT+CSCS"));
        desk_close(&desk, 1);
    }
}

#define NUMBER(digits) "\r\n" digits "\r\n" DESK_OK

/* A number is one that is complete, alone on its line and told twice, whatever comes with it. */
static void test_numbers(void **state)
{
    static const struct {
        struct desk_answer answers[4];
        const char *told; /* IMEI and IMSI */
    } cases[] = {
        {{{"AT+CIMI", "\r\n460000000000017\r\n\r\n+QIND: SMS DONE\r\n" DESK_OK, 0}},
         "860000000000001 460000000000017"},
        {{{"AT+CIMI", "\r\n460000000000017\r\n\r\n12345678\r\n" DESK_OK, 0}},
         "860000000000001 460000000000017"},
        {{{"AT+CIMI", "\r\n^NONE:1\r\n\r\n+CIMI: \"460000000000017\"\r\n" DESK_OK, 0}},
         "860000000000001 460000000000017"},
        /* Cut, with another digit, refused, none: once. */
        {{{"AT+CIMI", NUMBER("46000000000017"), 1}}, "860000000000001 460000000000017"},
        {{{"AT+CIMI", NUMBER("460000000000019"), 1}}, "860000000000001 460000000000017"},
        {{{"AT+CIMI", "\r\nERROR\r\n", 1}}, "860000000000001 460000000000017"},
        {{{"AT+CIMI", "\r\n+CME ERROR: 14\r\n", 5}}, "860000000000001 460000000000017"},
        {{{"AT+CIMI", NULL, 1}}, "860000000000001 460000000000017"},
        {{{"AT+CIMI", DESK_OK, 2}}, "860000000000001 460000000000017"},
        {{{"AT+CGSN", NUMBER("86000000000000"), 1}}, "860000000000001 460000000000017"},
        {{{"AT+CGSN", NUMBER("+CGSN: 86000000000000A"), 0}}, "86000000000000A 460000000000017"},
        /* Never. */
        {{{"AT+CIMI", NUMBER("4600000000"), 0}}, "860000000000001 -"},
        {{{"AT+CIMI", "\r\nERROR\r\n", 0}}, "860000000000001 -"},
        {{{"AT+CIMI", NUMBER("460000000000017 x"), 0}}, "860000000000001 -"},
        {{{"AT+CGSN", NUMBER("860000000000001X"), 0}}, "- 460000000000017"},
        {{{"AT+CIMI", NUMBER("460000000000010"), 1},
          {"AT+CIMI", NUMBER("460000000000011"), 1},
          {"AT+CIMI", NUMBER("460000000000012"), 0}},
         "860000000000001 460000000000012"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desk desk;

        desk_open(&desk, cases[i].answers, hasty);
        if (!strstr(desk_hear(&desk, "health 1 -73 0 "), cases[i].told))
            fail_msg("case %zu: %s, not %s", i, desk.line, cases[i].told);
        desk_hear(&desk, "ready");
        desk_close(&desk, 0);
    }
}

#define SEARCHING "\r\n+CREG: 0,2\r\n" DESK_OK

/* The second round of questions finds another SIM, or a bad line. */
static void test_changed_sim(void **state)
{
    static const struct desk_answer changed[] = {{"AT+CREG?", SEARCHING, 1},
                                                 {"AT+CIMI", NUMBER("460000000000017"), 2},
                                                 {"AT+CIMI", NUMBER("460000000000018"), 0},
                                                 {0}};
    static const struct desk_answer garbled[] = {{"AT+CREG?", SEARCHING, 1},
                                                 {"AT+CIMI", NUMBER("460000000000017"), 2},
                                                 {"AT+CIMI", NUMBER("460000000000018"), 1},
                                                 {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, changed, NULL);
    assert_string_equal(desk_hear(&desk, "down"),
                        "down the modem tells another IMSI than before: was the SIM changed?");
    assert_int_equal(desk_count(&desk, "sent"), 0);
    desk_close(&desk, 1);
    desk_open(&desk, garbled, NULL);
    desk_hear(&desk, "ready");
    desk_await_asked(&desk, "AT+CIMI", 5);
    desk_say(&desk, "send 1 8613800000001 0 0 41");
    desk_hear(&desk, "sent 1 7");
    desk_close(&desk, 0);
}

#define CDS "\r\n+CDS: 25\r\n0006050D91683108000000F1621132805000236211328050002300\r\n"

/* What comes while the modem is prepared waits until it is told whose SIM it is; what can't be read
 * is told to be counted. */
static void test_reports(void **state)
{
    static const struct desk_answer early[] = {
        {"AT+CSCS?", CDS "\r\n+CSCS: \"GSM\"\r\n" DESK_OK, 1}, {0}};
    static const struct desk_answer lost[] = {{"AT+CSCS?", CDS "\r\n+CSCS: \"GSM\"\r\n" DESK_OK, 1},
                                              {"AT+CSCA?", "\r\n+CMS ERROR: 330\r\n", 0},
                                              {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, early, NULL);
    desk_hear(&desk, "ready");
    assert_non_null(strstr(desk.said[0], "health 1 "));
    assert_non_null(strstr(desk.said[1], "report 8613800000001 5 0 "));
    desk_await_asked(&desk, "AT+CMGL=4", 1);
    desk_mutter(&desk, "\r\n+CDS: 25\r\n0006\r\n");
    desk_hear(&desk, "doubt a status report can't be read");
    desk_hear(&desk, "report 0 0 255 0");
    desk_close(&desk, 0);
    desk_open(&desk, lost, hasty);
    desk_hear(&desk, "down");
    assert_non_null(strstr(desk.said[0], "health 0 "));
    assert_non_null(strstr(desk.said[1], "report 8613800000001 5 0 "));
    desk_close(&desk, 1);
}

/* A SIM that is busy for a moment; a modem that knows no PIN. */
static void test_late_sims(void **state)
{
    static const struct desk_answer busy[] = {{"AT+CPIN?", "\r\n+CME ERROR: 14\r\n", 3}, {0}};
    static const struct desk_answer unknown[] = {{"AT+CPIN?", "\r\nERROR\r\n", 0}, {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, busy, NULL);
    desk_hear(&desk, "ready");
    desk_close(&desk, 0);
    desk_open(&desk, unknown, NULL);
    desk_hear(&desk, "ready");
    desk_close(&desk, 0);
}

#define GCAP_CDMA "\r\n+GCAP: +CIS707-A, CIS-856, +MS, +ES\r\n" DESK_OK
#define GCAP_BOTH "\r\n+GCAP: +CIS707-A, +CGSM, +MS, +ES\r\n" DESK_OK
#define TELECOM   "\r\n460110000000017\r\n" DESK_OK

static void test_cdma(void **state)
{
    static const struct {
        struct desk_answer answers[4];
        bool cdma;
    } cases[] = {
        {{{"AT+GCAP", GCAP_CDMA, 0}}, true},
        {{{"AT+GCAP", GCAP_BOTH, 0}}, false},
        {{{"AT+GCAP", GCAP_BOTH, 0}, {"AT^SYSINFO", "\r\n^SYSINFO:2,3,0,8,1\r\n" DESK_OK, 0}},
         true},
        {{{"AT+GCAP", GCAP_BOTH, 0}, {"AT^SYSINFO", "\r\n^SYSINFO:2,3,0,5,1\r\n" DESK_OK, 0}},
         false},
        {{{"AT+CIMI", TELECOM, 0}, {"AT^SYSINFO", "\r\n^SYSINFO: 2,3,0,2,1\r\n" DESK_OK, 0}}, true},
        {{{"AT+CIMI", TELECOM, 0}, {"AT^SYSINFO", "\r\n^SYSINFO:2,3,0,17,1\r\n" DESK_OK, 0}},
         false},
        {{{"AT+CIMI", TELECOM, 0},
          {"AT+QNWINFO", "\r\n+QNWINFO: \"CDMA1X\",\"46003\",\"BC0\",283\r\n" DESK_OK, 0}},
         true},
        {{{"AT+CIMI", TELECOM, 0},
          {"AT+QNWINFO", "\r\n+QNWINFO: \"FDD LTE\",\"46011\",\"LTE BAND 3\",1825\r\n" DESK_OK, 0}},
         false},
        {{{"AT+CIMI", TELECOM, 0}}, false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desk desk;

        desk_open(&desk, cases[i].answers, hasty);
        desk_hear(&desk, cases[i].cdma ? "barred" : "ready");
        if (cases[i].cdma) {
            assert_non_null(strstr(desk.line, "CDMA mode"));
            assert_non_null(strstr(desk.said[0], "health 0 0 1 "));
        }
        desk_close(&desk, cases[i].cdma);
    }
}

#define CREG(stat) "\r\n+CREG: 0," stat "\r\n" DESK_OK

/* Without a network it isn't ready, and says in the network's words why. */
static void test_no_network(void **state)
{
    static const struct {
        const char *answer, *health, *why;
    } cases[] = {
        {CREG("2"), "health 2 ", "searching"},
        {CREG("3"), "health 3 ", "refuses the SIM"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct desk_answer answers[] = {{"AT+CREG?", cases[i].answer, 0}, {0}};
        struct desk desk;

        desk_open(&desk, answers, hasty);
        desk_hear(&desk, "down");
        if (!strstr(desk.line, cases[i].why))
            fail_msg("%s", desk.line);
        assert_int_equal(desk_count(&desk, cases[i].health), 1);
        assert_int_equal(desk_count(&desk, "ready"), 0);
        desk_close(&desk, 1);
    }
}

/* Found after a while; over LTE only; roaming; a modem that can't say. */
static void test_networks(void **state)
{
    static const struct {
        struct desk_answer answers[3];
        const char *health;
    } cases[] = {
        {{{"AT+CREG?", CREG("2"), 2}}, "health 1 "},
        {{{"AT+CREG?", CREG("0"), 0}, {"AT+CEREG?", "\r\n+CEREG: 0,1\r\n" DESK_OK, 0}},
         "health 1 "},
        {{{"AT+CREG?", "\r\n+CREG: 2,5,\"1A2B\",\"00C3\"\r\n" DESK_OK, 0}}, "health 5 "},
        {{{"AT+CREG?", "\r\nERROR\r\n", 0}}, "health 4 "},
        /* The answer, and one that nobody asked for. */
        {{{"AT+CREG?", "\r\n+CREG: 0,1\r\n\r\n+CREG: 2\r\n" DESK_OK, 1}}, "health"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct desk desk;

        desk_open(&desk, cases[i].answers, NULL);
        desk_hear(&desk, "ready");
        assert_int_equal(desk_count(&desk, cases[i].health), 1);
        desk_close(&desk, 0);
    }
}

/* One question without an answer costs nothing, when the modem answers the next. */
static void test_silence(void **state)
{
    static const struct desk_answer once[] = {{"AT+CSQ", NULL, 1}, {0}};
    static const struct desk_answer twice[] = {{"AT+CSQ", NULL, 0}, {"AT", NULL, 0}, {0}};
    static const struct desk_answer never[] = {{"ATE1", NULL, 0}, {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, once, hasty);
    desk_hear(&desk, "ready");
    assert_non_null(strstr(desk.said[0], "health 1 0 0 "));
    desk_close(&desk, 0);
    /* AT is libgammu's, too: the answer to that comes. */
    desk_open(&desk, (const struct desk_answer[]){{"AT", DESK_OK, 1}, twice[0], twice[1], {0}},
              hasty);
    assert_non_null(strstr(desk_hear(&desk, "down"), "no answer"));
    desk_close(&desk, 1);
    desk_open(&desk, never, hasty);
    assert_non_null(strstr(desk_hear(&desk, "down"), "no answer"));
    desk_close(&desk, 1);
}

static void test_nonsense(void **state)
{
    static const char *const lines[] = {"pin 4711", "ready", "send 1 8613800000001 0 0 ", "beat"};

    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct desk desk;

        desk_open(&desk, NULL, NULL);
        desk_hear(&desk, "ready");
        desk_say(&desk, lines[i]);
        desk_close(&desk, 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_start),        cmocka_unit_test(test_echo_off),
        cmocka_unit_test(test_names),        cmocka_unit_test(test_pin),
        cmocka_unit_test(test_needless_pin), cmocka_unit_test(test_wrong_pin),
        cmocka_unit_test(test_no_pin),       cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_changed_sim),  cmocka_unit_test(test_reports),
        cmocka_unit_test(test_locked_sims),  cmocka_unit_test(test_late_sims),
        cmocka_unit_test(test_cdma),         cmocka_unit_test(test_no_network),
        cmocka_unit_test(test_networks),     cmocka_unit_test(test_silence),
        cmocka_unit_test(test_nonsense),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
