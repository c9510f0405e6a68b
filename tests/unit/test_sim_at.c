/* test_sim_at: what the simulator's modems answer, by family, lock and mode.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/base/mem.h"
#include "tests/sim/at.h"
#include "tests/unit/sim_phone.h"

static struct card_message message_of(unsigned seed)
{
    struct card_message message = {.number = "10086", .pdu = {.length = 10, .tpdu = 9}};

    message.pdu.bytes[9] = (uint8_t)seed;
    return message;
}

static void deliver(struct phone *phone, unsigned seed, const char *said)
{
    struct card_message message = message_of(seed);
    size_t place;

    buffer_clear(at_output(phone->at));
    assert_int_equal(at_deliver(phone->at, &message, &place), 0);
    assert_string_equal(phone_heard(phone), said);
}

static void test_generic(void **state)
{
    static const struct exchange list[] = {
        {"AT", OK},
        {"at", OK},
        {"ATI", SAYS("SIM BANK")},
        {"AT+CGMI", SAYS("LAWCAST")},
        {"AT+CGSN", SAYS("860000000000017")},
        {"AT+CIMI", SAYS("460010000000017")},
        {"AT+CNUM", OK},
        {"AT+GCAP", SAYS("+GCAP: +CGSM")},
        {"AT+CPIN?", SAYS("+CPIN: READY")},
        {"AT+CSQ", SAYS("+CSQ: 20,99")},
        {"AT+CREG?", SAYS("+CREG: 0,1")},
        {"AT+CREG=2", OK},
        {"AT+CREG?", SAYS("+CREG: 2,1,\"1A2B\",\"00C3\"")},
        {"AT+CREG=3", "\r\nERROR\r\n"},
        {"AT+CEREG?", SAYS("+CEREG: 0,1")},
        {"AT+COPS?", SAYS("+COPS: 0,0,\"CHN-UNICOM\"")},
        {"AT+COPS=3,2", OK},
        {"AT+COPS?", SAYS("+COPS: 0,2,\"46001\"")},
        {"AT+COPS=3,0", OK},
        {"AT+COPS?", SAYS("+COPS: 0,0,\"CHN-UNICOM\"")},
        {"AT+COPS=0", OK},
        {"AT+COPS=9", "\r\nERROR\r\n"},
        {"AT+COPS=3", "\r\nERROR\r\n"},
        {"AT^SYSINFO", "\r\nERROR\r\n"},
        {"AT+QNWINFO", "\r\nERROR\r\n"},
        {"AT+CPIN=\"1234\"", "\r\nERROR\r\n"},
        {"AT+CMEE=1", OK},
        {"AT+CPIN=\"1234\"", "\r\n+CME ERROR: 3\r\n"},
        {"AT+CREG=x", "\r\n+CME ERROR: 50\r\n"},
        {"AT+CMEE=2", OK},
        {"AT+CREG=x", "\r\n+CME ERROR: incorrect parameters\r\n"},
        {"AT+CPMS?", SAYS("+CPMS: \"SM\",0,50,\"SM\",0,50,\"SM\",0,50")},
        {"AT+CPMS=?", SAYS("+CPMS: (\"SM\"),(\"SM\"),(\"SM\")")},
        {"AT+CPMS=\"SM\",\"sm\",\"SM\"", SAYS("+CPMS: 0,50,0,50,0,50")},
        {"AT+CPMS=\"SM\",\"SM\",\"SM\",\"SM\"", "\r\n+CME ERROR: incorrect parameters\r\n"},
        {"AT+CPMS=\"SM\",", "\r\n+CME ERROR: incorrect parameters\r\n"},
        {"AT+CPMS=\"S", "\r\n+CME ERROR: incorrect parameters\r\n"},
        {"AT+CPMS=\"ME\"", "\r\n+CME ERROR: incorrect parameters\r\n"},
        {"AT+CMGL=4", OK},
        {"AT+CMGR=1", "\r\n+CMS ERROR: 321\r\n"},
        {"AT+CMGR=51", "\r\n+CMS ERROR: 321\r\n"},
        {"AT+CMGD=1", "\r\n+CMS ERROR: 321\r\n"},
        {"AT+CMGD=1,4", OK},
        {"AT+CSCA=\"+8613800230500\"", OK},
        {"AT+CSCA?", SAYS("+CSCA: \"+8613800230500\",145")},
        {NULL, NULL},
    };
    struct phone phone;

    (void)state;
    phone_open(&phone, "generic", "");
    phone_converse(&phone, list);
    phone_close(&phone);
}

static const struct {
    const char *family, *maker, *sysinfo, *qnwinfo, *memory, *boot;
} families[] = {
    {"huawei", "huawei", SAYS("^SYSINFO:2,3,0,5,1,,4"), "\r\nERROR\r\n", "SM",
     "\r\n^SRVST:0\r\n\r\n^BOOT:26417135,0,0,0,20\r\n\r\n^SIMST:1\r\n\r\n^SRVST:2\r\n\r\n"
     "^MODE:5,4\r\n"},
    {"quectel", "Quectel", "\r\nERROR\r\n",
     SAYS("+QNWINFO: \"FDD LTE\",\"46001\",\"LTE BAND 3\",1300"), "ME",
     "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\n+QUSIM: 1\r\n\r\n+QIND: SMS DONE\r\n\r\n"
     "+QIND: PB DONE\r\n"},
    {"simcom", "SIMCOM_Ltd", "\r\nERROR\r\n", "\r\nERROR\r\n", "SM",
     "\r\nRDY\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n\r\nCall Ready\r\n\r\nSMS Ready\r\n"},
    {"zte", "ZTE INCORPORATED", SAYS("^SYSINFO:2,3,0,5,1"), "\r\nERROR\r\n", "SM",
     "\r\n+ZUSIMR:2\r\n\r\n+ZDONR: \"CHINA MOBILE\",460,0,\"CS_PS\",\"ROAM_OFF\"\r\n\r\n"
     "+ZPASR: \"UMTS\"\r\n"},
    {"wavecom", "WAVECOM MODEM", "\r\nERROR\r\n", "\r\nERROR\r\n", "SM",
     "\r\n+WIND: 3\r\n\r\n+WIND: 1\r\n\r\n+WIND: 7\r\n\r\n+WIND: 4\r\n"},
};

static void test_families(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof families / sizeof *families; i++) {
        MEM_FREE_LATER char *maker = mem_printf("\r\n%s\r\n" OK, families[i].maker);
        MEM_FREE_LATER char *storage =
            mem_printf("\r\n+CPMS: \"%s\",0,50,\"%s\",0,50,\"%s\",0,50\r\n" OK, families[i].memory,
                       families[i].memory, families[i].memory);
        struct phone phone;

        phone_open(&phone, families[i].family, "");
        at_boot(phone.at);
        assert_string_equal(phone_heard(&phone), families[i].boot);
        phone_expect(&phone, "AT+CGMI", maker);
        phone_expect(&phone, "AT^SYSINFO", families[i].sysinfo);
        phone_expect(&phone, "AT+QNWINFO", families[i].qnwinfo);
        phone_expect(&phone, "AT+CPMS?", storage);
        phone_close(&phone);
    }
    for (unsigned i = 0; family_name(i); i++)
        assert_non_null(family_find(family_name(i)));
    assert_null(family_find("nokia"));
}

/* AT+CPMS names three memories; +CMTI names the third. */
static void test_memories(void **state)
{
    static const struct exchange list[] = {
        {"AT+CPMS=?", SAYS("+CPMS: (\"ME\",\"SM\"),(\"ME\",\"SM\"),(\"ME\",\"SM\")")},
        {"AT+CPMS=\"SM\"", SAYS("+CPMS: 0,50,0,50,0,50")},
        {"AT+CPMS?", SAYS("+CPMS: \"SM\",0,50,\"ME\",0,50,\"ME\",0,50")},
        {"AT+CNMI=2,1,0,1,0", OK},
        {NULL, NULL},
    };
    struct phone phone;

    (void)state;
    phone_open(&phone, "quectel", "");
    phone_converse(&phone, list);
    deliver(&phone, 1, "\r\n+CMTI: \"ME\",1\r\n");
    phone_expect(&phone, "AT+CPMS=\"ME\",\"ME\",\"SM\"", SAYS("+CPMS: 1,50,1,50,1,50"));
    deliver(&phone, 2, "\r\n+CMTI: \"SM\",2\r\n");
    phone_close(&phone);
}

static void test_own_commands(void **state)
{
    static const struct {
        const char *family, *command, *answer;
    } own[] = {
        {"huawei", "AT^CURC=0", OK},
        {"huawei", "AT^PORTSEL=1", OK},
        {"huawei", "AT+ZOPRT=5", "\r\nERROR\r\n"},
        {"zte", "AT+ZCDRUN=8", SAYS("Close autorun state result(0:FAIL 1:SUCCESS):1")},
        {"zte", "AT+ZOPRT=5", OK},
        {"generic", "AT^CURC=0", "\r\nERROR\r\n"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        struct phone phone;

        phone_open(&phone, own[i].family, "");
        phone_expect(&phone, own[i].command, own[i].answer);
        phone_close(&phone);
    }
}

static void test_pin(void **state)
{
    static const struct exchange locked[] = {
        {"AT+CPIN?", SAYS("+CPIN: SIM PIN")},
        {"AT+CREG?", SAYS("+CREG: 0,0")},
        {"AT+CIMI", "\r\nERROR\r\n"},
        {"AT+CMEE=1", OK},
        {"AT+CIMI", "\r\n+CME ERROR: 11\r\n"},
        {"AT+COPS?", "\r\n+CME ERROR: 11\r\n"},
        {"AT+CMGS=19", "\r\n+CMS ERROR: 311\r\n"},
        {"AT+CSCA?", "\r\n+CMS ERROR: 311\r\n"},
        {"AT^SYSINFO", SAYS("^SYSINFO:0,0,0,0,0,,4")},
        {"AT+CGSN", SAYS("860000000000017")},
        {"AT+CPIN=\"12\"", "\r\n+CME ERROR: 50\r\n"},
        {"AT+CPIN=\"1234", "\r\n+CME ERROR: 50\r\n"},
        {"AT+CPIN=\"0000\"", "\r\n+CME ERROR: 16\r\n"},
        {"AT+CPIN=1111", "\r\n+CME ERROR: 16\r\n"},
        {"AT+CPIN=\"1234\"", "\r\nOK\r\n\r\n^SIMST:1\r\n\r\n^SRVST:2\r\n\r\n^MODE:5,4\r\n"},
        {"AT+CPIN?", SAYS("+CPIN: READY")},
        {"AT+CREG?", SAYS("+CREG: 0,1")},
        {"AT+CIMI", SAYS("460010000000017")},
        {NULL, NULL},
    };
    static const struct exchange lost[] = {
        {"AT+CMEE=1", OK},
        {"AT+CPIN=0000", "\r\n+CME ERROR: 16\r\n"},
        {"AT+CPIN=0001", "\r\n+CME ERROR: 16\r\n"},
        {"AT+CPIN=0002", "\r\n+CME ERROR: 16\r\n"},
        {"AT+CPIN?", SAYS("+CPIN: SIM PUK")},
        {"AT+CPIN=1234", "\r\n+CME ERROR: 12\r\n"},
        {"AT+CPIN=\"12345678\",\"1234\"", "\r\n+CME ERROR: 16\r\n"},
        {"AT+CIMI", "\r\n+CME ERROR: 12\r\n"},
        {"AT+CMGL=4", "\r\n+CMS ERROR: 316\r\n"},
        {NULL, NULL},
    };
    struct phone phone;

    (void)state;
    phone_open(&phone, "huawei", "1234");
    at_boot(phone.at);
    assert_null(strstr(phone_heard(&phone), "SIMST"));
    phone_converse(&phone, locked);
    phone_close(&phone);
    phone_open(&phone, "generic", "1234");
    phone_converse(&phone, lost);
    /* the power doesn't help, another card does */
    card_power_on(&phone.radio.card);
    assert_int_equal(phone.radio.card.lock, CARD_PUK);
    card_change(&phone.radio.card, "460000000000002");
    assert_int_equal(phone.radio.card.lock, CARD_PUK);
    assert_true(card_power_on(&phone.radio.card));
    assert_int_equal(phone.radio.card.lock, CARD_READY);
    phone_expect(&phone, "AT+CIMI", SAYS("460000000000002"));
    phone_close(&phone);
}

static void test_cdma(void **state)
{
    static const struct exchange list[] = {
        {"AT+GCAP", SAYS("+GCAP: +CIS707-A, CIS-856, +MS, +ES")},
        {"AT^SYSINFO", SAYS("^SYSINFO:2,3,0,2,1,,4")},
        {"AT+CMGF=0", "\r\nERROR\r\n"},
        {"AT+CMGF=1", OK},
        {"AT+CMGF?", SAYS("+CMGF: 1")},
        {"AT+CMGS=19", "\r\nERROR\r\n"},
        {NULL, NULL},
    };
    struct phone phone;

    (void)state;
    phone_open(&phone, "huawei", "");
    phone.radio.cdma = true;
    phone_converse(&phone, list);
    phone_close(&phone);
    phone_open(&phone, "quectel", "");
    phone.radio.cdma = true;
    phone_expect(&phone, "AT+QNWINFO", SAYS("+QNWINFO: \"CDMA1X\",\"46001\",\"CDMA BC0\",283"));
    phone_close(&phone);
}

static void test_network(void **state)
{
    static const struct {
        const char *imsi, *name;
    } names[] = {
        {"460000000000000", "CHINA MOBILE"}, {"460080000000000", "CHINA MOBILE"},
        {"460060000000000", "CHN-UNICOM"},   {"460110000000000", "CHN-CT"},
        {"460150000000000", "CHN-CBN"},      {"262010000000000", ""},
    };
    struct phone phone;

    (void)state;
    phone_open(&phone, "generic", "");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        card_init(&phone.radio.card, names[i].imsi, "", false);
        assert_string_equal(radio_network(&phone.radio), names[i].name);
    }
    phone.radio.registration = RADIO_DENIED;
    phone_expect(&phone, "AT+COPS?", SAYS("+COPS: 0"));
    phone_expect(&phone, "AT+CREG?", SAYS("+CREG: 0,3"));
    phone_expect(&phone, "AT+CEREG=1", OK);
    phone_expect(&phone, "AT+CREG=1", OK);
    buffer_clear(at_output(phone.at));
    at_announce(phone.at);
    at_announce(phone.at);
    assert_string_equal(phone_heard(&phone), "\r\n+CREG: 3\r\n\r\n+CEREG: 3\r\n");
    phone.radio.registration = RADIO_ROAMING;
    phone_type(&phone, "AT");
    buffer_clear(at_output(phone.at));
    at_announce(phone.at); /* in the middle of a command */
    assert_string_equal(phone_heard(&phone), "");
    phone_close(&phone);
}

static void test_store(void **state)
{
    struct phone phone;

    (void)state;
    phone_open(&phone, "generic", "");
    deliver(&phone, 1, ""); /* mt=0: kept, not said */
    phone_expect(&phone, "AT+CNMI=2,1,0,1,0", OK);
    deliver(&phone, 2, "\r\n+CMTI: \"SM\",2\r\n");
    phone_expect(&phone, "AT+CMGR=2", "\r\n+CMGR: 0,,9\r\n00000000000000000002\r\n" OK);
    phone_expect(&phone, "AT+CMGR=2", "\r\n+CMGR: 1,,9\r\n00000000000000000002\r\n" OK);
    phone_expect(&phone, "AT+CMGL=0", "\r\n+CMGL: 1,0,,9\r\n00000000000000000001\r\n" OK);
    phone_expect(&phone, "AT+CMGL=4",
                 "\r\n+CMGL: 1,1,,9\r\n00000000000000000001\r\n"
                 "\r\n+CMGL: 2,1,,9\r\n00000000000000000002\r\n" OK);
    phone_expect(&phone, "AT+CMGD=1,0", OK);
    assert_int_equal(phone.deleted, 1);
    assert_int_equal(phone.last_place, 1);
    deliver(&phone, 3, "\r\n+CMTI: \"SM\",1\r\n");
    phone_expect(&phone, "AT+CMGD=1,1", OK); /* all that were read */
    assert_int_equal(phone.last_place, 2);
    assert_int_equal(phone.radio.card.used, 1);
    phone_expect(&phone, "AT+CMGD=0,4", OK);
    assert_int_equal(phone.radio.card.used, 0);
    phone_expect(&phone, "AT+CMGD=1,5", "\r\nERROR\r\n");
    phone_expect(&phone, "AT+CNMI=2,2,0,1,0", OK);
    deliver(&phone, 4, "\r\n+CMT: ,9\r\n00000000000000000004\r\n");
    assert_int_equal(phone.radio.card.used, 0);
    phone_close(&phone);
}

static void test_full(void **state)
{
    struct card_message message = message_of(0);
    struct phone phone;
    size_t place;

    (void)state;
    phone_open(&phone, "huawei", "");
    phone_expect(&phone, "AT+CNMI=2,1,0,2,0", OK);
    for (unsigned i = 1; i < CARD_PLACES; i++)
        assert_int_equal(at_deliver(phone.at, &message, &place), 0);
    deliver(&phone, 50, "\r\n^SMMEMFULL: \"SM\"\r\n\r\n+CMTI: \"SM\",50\r\n");
    phone_ask(&phone, "AT");
    assert_int_equal(at_deliver(phone.at, &message, &place), 1);
    assert_int_equal(at_report(phone.at, &message), 1);
    assert_string_equal(phone_heard(&phone), OK);
    phone_expect(&phone, "AT+CMGD=7", OK);
    buffer_clear(at_output(phone.at));
    assert_int_equal(at_report(phone.at, &message), 0);
    assert_string_equal(phone_heard(&phone), "\r\n^SMMEMFULL: \"SM\"\r\n\r\n+CDSI: \"SM\",7\r\n");
    phone_close(&phone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_generic),      cmocka_unit_test(test_families),
        cmocka_unit_test(test_pin),          cmocka_unit_test(test_cdma),
        cmocka_unit_test(test_network),      cmocka_unit_test(test_store),
        cmocka_unit_test(test_full),         cmocka_unit_test(test_memories),
        cmocka_unit_test(test_own_commands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
