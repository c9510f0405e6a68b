/* test_agent_send: whatever a modem says or leaves unsaid around a message, its outcome is true,
 * and a modem that can't go on says so. Runs: any. */
#include "tests/unit/agent_desk.h"

static const char *const hasty[] = {"--timeout-ms", "2000", NULL};

#define SEND    "send 1 8613800000001 0 0 41"
#define PROMPT  "\r\n> "
#define SENT    "\r\n+CMGS: 7\r\n" DESK_OK
#define STRANGE "\r\n+QIND: SMS DONE\r\n\r\n^NONE: 1,2\r\n\r\n\r\n\r\nRING\r\n\r\n+CREG: 1\r\n"

/* Noise and lines that nobody asked for change nothing. */
static void test_unasked(void **state)
{
    static const struct {
        const char *before, *prompt, *answer;
        const char *result;
    } cases[] = {
        {"", PROMPT, SENT, "sent 1 7"},
        {STRANGE, PROMPT, SENT, "sent 1 7"},
        {"\xff\xfe noise ", PROMPT, SENT, "sent 1 7"},
        {"", STRANGE PROMPT, SENT, "sent 1 7"},
        {"", PROMPT, STRANGE SENT, "sent 1 7"},
        {"", PROMPT, "\r\n+CMGS: 7\r\n" STRANGE "\r\nOK\r\n", "sent 1 7"},
        {"", PROMPT, "\xff\x80\r\n\xff+CMGS: 7\r\n\xfe\x80\r\nOK\r\n\xff\xff", "sent 1 7"},
        {"", PROMPT, "\xfe\xfe\xfe", NULL},
        {"", PROMPT, "\r\n+CMGS: 0\r\n" DESK_OK, "sent 1 0"},
        {"", PROMPT, "\r\n+C\xff\x80MXX: 7\r\n" DESK_OK "\r\n+CMGS: 9\r\n", "sent 1 9"},
        {"", DESK_OK PROMPT, SENT, "sent 1 7"},
        {"", PROMPT, "\r\n+CMTI: \"SM\",1\r\n\r\n+CMGS: 7\r\n\r\n+CMT: ,1\r\n00\r\n\r\nOK\r\n",
         "sent 1 7"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct desk_answer answers[] = {
            {"AT+CMGS=", cases[i].prompt, 0}, {"\x1a", cases[i].answer, 0}, {0}};
        struct desk desk;

        desk_open(&desk, answers, hasty);
        desk_hear(&desk, "ready");
        desk_await_asked(&desk, "AT+CMGL=4", 1);
        desk_mutter(&desk, cases[i].before);
        desk_say(&desk, SEND);
        desk_hear(&desk, cases[i].result ? "sent" : "unknown 1 0 - no answer");
        if (cases[i].result)
            assert_string_equal(desk.line, cases[i].result);
        desk_close(&desk, !cases[i].result);
    }
}

/* Answers that don't say enough, or too much. */
static void test_doubtful_answers(void **state)
{
    static const struct {
        const char *answer, *result;
        bool lost;
    } cases[] = {
        {"\r\n+CM", "unknown 1 0 - no answer", true},
        {"\r\n+CMGS: 7\r\n", "unknown 1 0 - no answer", true},
        {NULL, "unknown 1 0 - no answer", true},
        {DESK_OK, "unknown 1 0 - the modem says OK, and not", true},
        {"\r\n+C\xff\x80MXX: 7\r\n" DESK_OK, "unknown 1 0 - the modem says OK, and not", true},
        {"\r\n+CMGS: 7\r\n\r\n+CMS ERROR: 38\r\n", "unknown 1 0 - the modem says", true},
        {"\r\n+CMGS: 7\r\n\r\n+CMGS: 7\r\n\r\nOK\r\n", "sent 1 7", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct desk_answer answers[] = {{"\x1a", cases[i].answer, 0}, {0}};
        struct desk desk;

        desk_open(&desk, answers, hasty);
        desk_hear(&desk, "ready");
        desk_say(&desk, SEND);
        desk_hear(&desk, cases[i].result);
        assert_int_equal(desk_count(&desk, "down"), cases[i].lost);
        assert_int_equal(desk_count(&desk, "doubt"), !cases[i].lost);
        desk_close(&desk, cases[i].lost);
    }
}

/* A second answer comes later: it is told, and isn't the next message's. */
static void test_second_answer(void **state)
{
    static const struct desk_answer answers[] = {
        {"\x1a", SENT, 1}, {"\x1a", "\r\n+CMGS: 8\r\n" DESK_OK, 1}, {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, hasty);
    desk_hear(&desk, "ready");
    desk_await_asked(&desk, "AT+CMGL=4", 1);
    desk_say(&desk, SEND);
    desk_hear(&desk, "sent 1 7");
    desk_mutter(&desk, SENT);
    desk_hear(&desk, "doubt a message was taken");
    desk_say(&desk, "send 2 8613800000001 0 0 41");
    desk_hear(&desk, "sent 2 8");
    desk_close(&desk, 0);
}

/* The window that a message has left closes for all its parts at the same time: the second one,
 * which is handed over later, has less of it. */
static void test_validity_of_parts(void **state)
{
    static const char *const slow[] = {"--timeout-ms", "2000", "--gap-ms", "2000", NULL};
    BUFFER_FREE_LATER struct buffer line = BUFFER_NULL;
    struct desk desk;

    (void)state;
    buffer_add_text(&line, "send 1 8613800000001 0 601 "); /* just above 10 minutes */
    for (int i = 0; i < 200; i++)
        buffer_add_text(&line, "41");
    desk_open(&desk, NULL, slow);
    desk_hear(&desk, "ready");
    desk_say(&desk, buffer_text(&line));
    desk_hear(&desk, "sent 1 7,7");
    /* Number, protocol, alphabet; then TP-VP: 10 minutes, 5 minutes. */
    assert_non_null(strstr(buffer_text(&desk.texts), "0D91683108000000F1000001"));
    assert_non_null(strstr(strchr(buffer_text(&desk.texts), '\n'), "0D91683108000000F1000000"));
    desk_close(&desk, 0);
}

/* Errors before the text: nothing was sent; those of the modem or its SIM end the agent. */
static void test_refused_prompts(void **state)
{
    static const struct {
        const char *answer, *result, *last;
    } cases[] = {
        {"\r\n+CMS ERROR: 8\r\n", "returned 1 8 ", "barred error 8"},
        {"\r\n+CMS ERROR: 310\r\n", "returned 1 310 ", "down error 310"},
        {"\r\n+CMS ERROR: 42\r\n", "deferred 1 42 ", NULL},
        {"\r\nERROR\r\n", "deferred 1 -1 ", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct desk_answer answers[] = {{"AT+CMGS=", cases[i].answer, 1}, {0}};
        struct desk desk;

        desk_open(&desk, answers, hasty);
        desk_hear(&desk, "ready");
        desk_say(&desk, SEND);
        desk_hear(&desk, cases[i].result);
        if (cases[i].last) {
            assert_int_equal(desk_count(&desk, cases[i].last), 1);
            desk_say(&desk, "send 2 8613800000001 0 0 41");
            desk_hear(&desk, "returned 2 ");
        } else {
            desk_say(&desk, "send 2 8613800000001 0 0 41");
            desk_hear(&desk, "sent 2 7");
        }
        desk_close(&desk, cases[i].last != NULL);
    }
}

/* A modem that falls silent before the text has nothing of it. */
static void test_silent_prompts(void **state)
{
    static const struct desk_answer silent[] = {
        {"AT+CMGF=0", NULL, 0}, {"AT+CMGS=", NULL, 0}, {"AT+CMGS=", DESK_OK, 0}};

    (void)state;
    for (size_t i = 0; i < sizeof silent / sizeof *silent; i++) {
        const struct desk_answer answers[] = {silent[i], {0}};
        struct desk desk;

        desk_open(&desk, answers, hasty);
        desk_hear(&desk, "ready");
        desk_say(&desk, SEND);
        desk_hear(&desk, "returned 1 0 no answer from the modem in time");
        assert_int_equal(desk_count(&desk, "down"), 1);
        assert_false(desk_was_asked(&desk, "text"));
        desk_close(&desk, 1);
    }
}

/* Whatever stands for the reference, the agent's words make sense. */
static void test_references(void **state)
{
    static const char *const references[] = {"-5", "-1",  "256",  "300", "100000000000000000000",
                                             "",   "abc", "0x10", "7 8"};

    (void)state;
    for (size_t i = 0; i < sizeof references / sizeof *references; i++) {
        char answer[80];
        const struct desk_answer answers[] = {{"\x1a", answer, 0}, {0}};
        struct desk desk;

        snprintf(answer, sizeof answer, "\r\n+CMGS: %s\r\n" DESK_OK, references[i]);
        desk_open(&desk, answers, hasty);
        desk_hear(&desk, "ready");
        desk_say(&desk, SEND);
        desk_hear(&desk, "sent 1 ");
        assert_string_equal(desk.line, "sent 1 -1");
        desk_close(&desk, 0);
    }
}

/* An OK that was somebody else's, and behind it what became of the message; numbers that none has.
 */
static void test_late_refusals(void **state)
{
    static const struct {
        const char *answer, *result;
    } cases[] = {
        {DESK_OK "\r\n+CMS ERROR: 38\r\n", "deferred 1 38 "},
        {DESK_OK "\r\nERROR\r\n", "deferred 1 -1 "},
        {DESK_OK SENT, "sent 1 7"},
        {"\r\n+CMS ERROR: 99999999\r\n", "deferred 1 -1 "},
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct desk_answer answers[] = {{"\x1a", cases[i].answer, 0}, {0}};
        struct desk desk;

        desk_open(&desk, answers, hasty);
        desk_hear(&desk, "ready");
        desk_say(&desk, SEND);
        desk_hear(&desk, cases[i].result);
        assert_int_equal(desk_count(&desk, "down"), 0);
        desk_close(&desk, 0);
    }
}

/* After the text the error may be the message's own doing: the loop decides. */
static void test_refused_text(void **state)
{
    static const struct desk_answer answers[] = {{"\x1a", "\r\n+CMS ERROR: 8\r\n", 1}, {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, hasty);
    desk_hear(&desk, "ready");
    desk_say(&desk, SEND);
    desk_hear(&desk, "deferred 1 8 ");
    desk_say(&desk, "send 2 8613800000001 0 0 41");
    desk_hear(&desk, "sent 2 7");
    assert_int_equal(desk_count(&desk, "barred"), 0);
    desk_close(&desk, 0);
}

/* 300 letters are two parts. */
static void desk_say_long(struct desk *desk, int id)
{
    dprintf(desk->in, "send %d 8613800000001 0 0 ", id);
    for (int i = 0; i < 300; i++)
        dprintf(desk->in, "41");
    dprintf(desk->in, "\n");
}

/* The first refusal ends a long message, and it says how far it came. */
static void test_parts(void **state)
{
    static const struct desk_answer answers[] = {
        {"\x1a", SENT, 1}, {"\x1a", "\r\n+CMS ERROR: 38\r\n", 1}, {0}};
    struct desk desk;

    (void)state;
    desk_open(&desk, answers, hasty);
    desk_hear(&desk, "ready");
    desk_say_long(&desk, 1);
    desk_hear(&desk, "unknown 1 38 7 1 of 2 parts were taken");
    desk_say_long(&desk, 2);
    desk_hear(&desk, "sent 2 7,7");
    desk_close(&desk, 0);
}

static void test_gap(void **state)
{
    static const char *const options[] = {"--gap-ms", "300", NULL};
    struct desk desk;
    int64_t first;

    (void)state;
    desk_open(&desk, NULL, options);
    desk_hear(&desk, "ready");
    desk_say_long(&desk, 1);
    desk_await_asked(&desk, "text\n", 1);
    first = clock_mono_ms();
    desk_mutter(&desk, "\r\n+CMTI: \"SM\",1\r\n"); /* ends no rest */
    desk_hear(&desk, "sent 1 7,7");
    assert_true(clock_mono_ms() - first >= 299);
    desk_close(&desk, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unasked),
        cmocka_unit_test(test_doubtful_answers),
        cmocka_unit_test(test_validity_of_parts),
        cmocka_unit_test(test_second_answer),
        cmocka_unit_test(test_refused_prompts),
        cmocka_unit_test(test_silent_prompts),
        cmocka_unit_test(test_refused_text),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_late_refusals),
        cmocka_unit_test(test_parts),
        cmocka_unit_test(test_gap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
