/* family: what modems of one make say. See family.h.
 * Runs: any. */
#include "tests/sim/family.h"

#include <stddef.h>
#include <string.h>

/* 3GPP TS 27.005 3.2.5: 331 is "no network service". */
enum { FAMILY_NO_SERVICE = 331 };

static const char *const family_silent[] = {NULL};

/* What TS 27.007 7.2 and 6.11 and TS 27.005 3.4.1 let any modem say. The place that +CMTI names
 * holds nothing. */
static const char *const generic_mutter[] = {"+CREG: 1", "RING", "+CMTI: \"SM\",49", "", NULL};

/* HUAWEI ME909s Series LTE Module AT Command Interface Specification: ^RSSI (signal), ^SIMST (state
 * of the card), ^SRVST (state of the service), ^MODE (system mode), ^SYSINFO, ^SMMEMFULL, ^CURC;
 * ^BOOT as the data cards of the E series say it every 20 s. HUAWEI UMTS M2M Module AT Command
 * Interface Specification 21: 500 is "unknown error". */
static const char *const huawei_power_on[] = {"^SRVST:0", "^BOOT:26417135,0,0,0,20", NULL};
static const char *const huawei_card_ready[] = {"^SIMST:1", "^SRVST:2", "^MODE:5,4", NULL};
static const struct family_answer huawei_answers[] = {
    {"^CURC=", NULL}, {"^PORTSEL=", NULL}, {NULL, NULL}};
static const char *const huawei_mutter[] = {"^RSSI:19",         "^BOOT:26417135,0,0,0,20",
                                            "+CREG: 1",         "^HCSQ:\"WCDMA\",40,31,48",
                                            "^MODE:5,4",        "RING",
                                            "^SIMST:1",         "",
                                            "+CMTI: \"SM\",49", NULL};

/* Quectel EC25&EC21 AT Commands Manual V1.3: 2.3 (RDY and the lines that follow it), +QIND with
 * "csq" and "smsfull" (AT+QINDCFG), AT+QNWINFO, AT+CPMS (ME after power-on;
 * here it is the memory of the card under another name). */
static const char *const quectel_power_on[] = {"RDY", "+CFUN: 1", NULL};
static const char *const quectel_card_ready[] = {"+QUSIM: 1", "+QIND: SMS DONE", "+QIND: PB DONE",
                                                 NULL};
static const char *const quectel_mutter[] = {
    "+QIND: \"csq\",19,99", "+CREG: 1", "RING", "+QIND: PB DONE", "+CMTI: \"ME\",49", "", NULL};

/* SIM800 Series AT Command Manual V1.09, 20 (unsolicited result codes): RDY, +CFUN: 1, +CPIN:,
 * Call Ready, SMS Ready, UNDER-VOLTAGE WARNNING (spelt so), +CSQN. */
static const char *const simcom_power_on[] = {"RDY", "+CFUN: 1", NULL};
static const char *const simcom_card_ready[] = {"Call Ready", "SMS Ready", NULL};
static const char *const simcom_mutter[] = {
    "+CSQN: 19,0", "UNDER-VOLTAGE WARNNING", "+CREG: 1", "RING",
    "SMS Ready",   "+CMTI: \"SM\",49",       "",         NULL};

/* ZTE's cards of the MF series, as the ZTE plug-in of ModemManager has them (mm-common-zte.c):
 * +ZUSIMR:2 every 2 s until AT+CPMS? is asked, +ZDONR, +ZPASR. */
static const char *const zte_power_on[] = {"+ZUSIMR:2", NULL};
static const char *const zte_card_ready[] = {
    "+ZDONR: \"CHINA MOBILE\",460,0,\"CS_PS\",\"ROAM_OFF\"", "+ZPASR: \"UMTS\"", NULL};
static const struct family_answer zte_answers[] = {
    {"+ZCDRUN=8", "Close autorun state result(0:FAIL 1:SUCCESS):1"},
    {"+ZOPRT=5", NULL},
    {NULL, NULL}};
static const char *const zte_mutter[] = {"+ZUSIMR:2",
                                         "+ZDONR: \"CHINA MOBILE\",460,0,\"CS_PS\",\"ROAM_OFF\"",
                                         "+ZPASR: \"UMTS\"",
                                         "+CREG: 1",
                                         "RING",
                                         "",
                                         "+CMTI: \"SM\",49",
                                         NULL};

/* AT Commands Interface Guide for X41 (Wavecom): +WIND (1: the card is in, 3: basic commands can be
 * used, 4: all commands, 7: emergency calls only, 8: network lost); 16.3: CMS 512 "MM establishment
 * failure", 513 "lower layer failure", 514 "CP error", 515 "please wait". */
static const char *const wavecom_power_on[] = {"+WIND: 3", NULL};
static const char *const wavecom_card_ready[] = {"+WIND: 1", "+WIND: 7", "+WIND: 4", NULL};
static const char *const wavecom_mutter[] = {"+WIND: 7", "+WIND: 4",         "+CREG: 1", "RING",
                                             "",         "+CMTI: \"SM\",49", NULL};

static const struct family families[] = {
    {.name = "generic",
     .maker = "LAWCAST",
     .model = "SIM",
     .revision = "1",
     .info = "SIM BANK",
     .memories = "SM",
     .power_on = family_silent,
     .card_ready = family_silent,
     .mutter = generic_mutter,
     .cms_no_service = FAMILY_NO_SERVICE},
    {.name = "huawei",
     .maker = "huawei",
     .model = "E1550",
     .revision = "11.608.12.10.31",
     .info = "Manufacturer: huawei\r\nModel: E1550\r\nRevision: 11.608.12.10.31",
     .memories = "SM",
     .full = "^SMMEMFULL: \"SM\"",
     .power_on = huawei_power_on,
     .card_ready = huawei_card_ready,
     .answers = huawei_answers,
     .mutter = huawei_mutter,
     .sysinfo_tail = ",,4",
     .cms_no_service = 500},
    {.name = "quectel",
     .maker = "Quectel",
     .model = "EC25",
     .revision = "EC25EFAR02A09M4G",
     .info = "Quectel\r\nEC25\r\nRevision: EC25EFAR02A09M4G",
     .memories = "ME,SM",
     .full = "+QIND: \"smsfull\",\"ME\"",
     .power_on = quectel_power_on,
     .card_ready = quectel_card_ready,
     .mutter = quectel_mutter,
     .cms_no_service = FAMILY_NO_SERVICE,
     .says_pin = true,
     .knows_qnwinfo = true},
    {.name = "simcom",
     .maker = "SIMCOM_Ltd",
     .model = "SIMCOM_SIM800C",
     .revision = "Revision:1418B05SIM800C24",
     .info = "SIM800 R14.18",
     .memories = "SM",
     .power_on = simcom_power_on,
     .card_ready = simcom_card_ready,
     .mutter = simcom_mutter,
     .cms_no_service = FAMILY_NO_SERVICE,
     .says_pin = true},
    {.name = "zte",
     .maker = "ZTE INCORPORATED",
     .model = "MF190",
     .revision = "BD_MF190V1.0.0B04",
     .info = "Manufacturer: ZTE INCORPORATED\r\nModel: MF190\r\nRevision: BD_MF190V1.0.0B04",
     .memories = "SM",
     .power_on = zte_power_on,
     .card_ready = zte_card_ready,
     .answers = zte_answers,
     .mutter = zte_mutter,
     .sysinfo_tail = "",
     .cms_no_service = FAMILY_NO_SERVICE},
    {.name = "wavecom",
     .maker = "WAVECOM MODEM",
     .model = "MULTIBAND  900E  1800",
     .revision = "641b09gg.Q2403A 1320676 061804 14:38",
     .info = "WAVECOM MODEM\r\n MULTIBAND  900E  1800",
     .memories = "SM",
     .power_on = wavecom_power_on,
     .card_ready = wavecom_card_ready,
     .mutter = wavecom_mutter,
     .cms_no_service = 512},
};

const char *family_name(unsigned index)
{
    return index < sizeof families / sizeof *families ? families[index].name : NULL;
}

const struct family *family_find(const char *name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (strcmp(families[i].name, name) == 0)
            return &families[i];
    return NULL;
}
