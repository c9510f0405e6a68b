/* test_why: what modems and their agents complain of, in the language of who reads it.
 * Runs: any. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "adapters/modem/cms.h"
#include "adapters/modem/why.h"

static const struct {
    const char *english, *chinese;
} why_cases[] = {
    {"the modem is gone", "设备已断开"},
    {"/dev/ttyUSB0: the modem is gone", "/dev/ttyUSB0：设备已断开"},
    {"/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0: no SIM in the modem",
     "/dev/serial/by-path/pci-0000:00:14.0-usb-0:1:1.0-port0：设备中没有 SIM 卡"},
    {"/dev/ttyUSB7 doesn't exist, and without imsi it can't be found elsewhere",
     "/dev/ttyUSB7 不存在；未填写 imsi，无法在其他位置寻找"},
    {"/dev/ttyUSB7: the device doesn't exist: is it plugged in?",
     "/dev/ttyUSB7：设备文件不存在：设备插好了吗？"},
    {"no network: not registered: the network refuses the SIM",
     "没有网络：未注册到网络：网络拒绝该 SIM 卡"},
    {"/dev/ttyUSB0: wrong PIN: the SIM refused it; it is not tried again until pin has another "
     "value",
     "/dev/ttyUSB0：PIN 码错误：SIM 卡拒绝了它；修改 pin 之前不会再试"},
    {"error 10: the SIM is barred or missing", "错误 10：SIM 卡被限制或未插好"},
    {"error 604: error without meaning", "错误 604：含义不明的错误"},
    {"this SIM is barred or out of credit (5 numbers refused): error 21: the network doesn't take "
     "this message",
     "该 SIM 卡被限制或已欠费（5 个号码被拒绝）：错误 21：网络不接收此短信"},
    {"one recipient after the other fails: 2 of 3 parts were taken, then: error 331: no network",
     "连续多个收件人发送失败：已接收 2/3 条，随后：错误 331：没有网络"},
    {"the SIM is 46000******0017 and has to be 46000******0018: change it, or set imsi",
     "SIM 卡是 46000******0017，应为 46000******0018：请换卡或修改 imsi"},
    {"the SIM is 46000******0017 and has to be 46000******0017 (with another middle): change it, "
     "or set imsi",
     "SIM 卡是 46000******0017，应为 46000******0017（中间几位不同）：请换卡或修改 imsi"},
    {"the modem's IMEI is 860000000000025 and has to be 860000000000017: change it, or set imei",
     "设备的 IMEI 是 860000000000025，应为 860000000000017：请换设备或修改 imei"},
    {"limit per hour reached until 09:41:30", "每小时限额已满，至 09:41:30"},
    {"limit per day reached until 11-01 00:00:00, of group contract-a",
     "每日限额已满，至 11-01 00:00:00（contract-a 组共用）"},
    {"the network is busy: rests until 09:41:30", "网络繁忙，休息至 09:41:30"},
    {"the agent said nothing for 45 s and was killed", "代理程序 45 秒没有动静，已强行终止"},
    {"the agent can't be started: no such file or directory",
     "无法启动代理程序：no such file or directory"},
};

/* What the agent and the adapter say besides, one of each. */
static const char *const why_others[] = {
    "the device doesn't exist",
    "no permission to open the device: is the user in group dialout?",
    "the device is not a serial line",
    "another program has the device",
    "/dev/ttyUSB0: another modem of this gateway has the device",
    "the device can't be opened: another program has it, or it is no modem",
    "the device can't be written to: is the modem unplugged?",
    "the modem was lost before",
    "the modem talks without sense and end",
    "no answer from the modem",
    "no answer from the modem in time",
    "the modem doesn't answer",
    "the modem is busy",
    "the modem has no network",
    "the modem doesn't take messages now",
    "the modem doesn't support a command that is needed",
    "the modem says OK, and not that it took the message",
    "the modem says that it took the message, and that it didn't",
    "libgammu doesn't know this kind of connection",
    "this libgammu can't be listened to",
    "this libgammu changes the character ~ and can't be told not to",
    "out of memory",
    "the text doesn't fit into a message",
    "no usable SIM in the modem",
    "the SIM asks for its PIN: set pin, or switch the question off",
    "the SIM is locked and asks for its PUK: unlock it in a telephone",
    "the modem is locked to another SIM or network",
    "the SIM asks for a code: enter it or switch it off",
    "wrong PIN: the SIM is locked now; it is not tried again until pin has another value",
    "wrong PIN: the modem answered with nothing of use; it is not tried again until pin has "
    "another value",
    "the SIM refused the configured PIN, which isn't tried again: correct pin",
    "the SIM has no message centre number: set smsc",
    "the SIM is in CDMA mode, which has other messages: use a modem or SIM with GSM, WCDMA or LTE",
    "the SIM is in CDMA mode, for which no message can be written: use a SIM or modem with GSM, "
    "WCDMA or LTE",
    "not registered",
    "not registered: the modem doesn't look for a network",
    "not registered: the modem is searching for a network",
    "not registered: the modem is out of reach of its network",
    "the modem says ERROR, without a number",
    "the modem doesn't tell its IMSI, which has to be 46000******0017",
    "the modem doesn't tell its IMSI, which was 46000******0017",
    "the modem doesn't tell its SIM's IMSI, as it did before: it is asked again",
    "the modem doesn't tell its IMEI, which has to be 860000000000017",
    "the modem tells another IMSI than before: was the SIM changed?",
    "wrong PIN: nobody tells the PIN; it is not tried again until pin has another value",
    "nobody tells the PIN",
    "the SIM refused its PIN",
    "starts",
    "paused by a person",
    "pause between messages until 09:41:30",
    "limit per hour reached until 09:41:30, of group 1",
    "limit per day reached until 11-01 00:00:00",
    "even pace until 09:41:30, of group 1",
    "even pace until 09:41:30",
    "its SIM (IMSI ...0017) is in modem bank-a/3 already: one of the two answers for the wrong "
    "port",
    "the agent was ended by signal 9",
    "the agent ended with status 1",
    "the agent didn't answer in time and was killed",
    "the agent doesn't listen and was killed",
    "the agent didn't end and was killed",
    "the agent spoke nonsense and was killed",
};

static void speak(const char *locale)
{
    setenv("LC_ALL", locale, 1);
}

static void the_reader_has_it_in_chinese(void **state)
{
    (void)state;
    speak("zh_CN.UTF-8");
    for (size_t i = 0; i < sizeof why_cases / sizeof *why_cases; i++)
        assert_string_equal(why_label(why_cases[i].english), why_cases[i].chinese);
}

/* In English, and when nobody knows it, it is the sentence itself. */
static void what_needs_no_words_stays(void **state)
{
    static const char *const unknown[] = {"",
                                          "/",
                                          "/dev/ttyUSB0",
                                          "/dev/ttyUSB0: ",
                                          "/dev/ttyUSB0: a new complaint",
                                          "error",
                                          "error x: y",
                                          "每小时限额已满，至 09:41",
                                          "the modem is gone away",
                                          "of parts were taken, then: "};

    (void)state;
    speak("en_GB.UTF-8");
    for (size_t i = 0; i < sizeof why_cases / sizeof *why_cases; i++)
        assert_ptr_equal(why_label(why_cases[i].english), why_cases[i].english);
    speak("zh_CN.UTF-8");
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_ptr_equal(why_label(unknown[i]), unknown[i]);
}

/* Words of three small letters and more that stay as they are. */
static bool is_name(const char *word, size_t length)
{
    static const char *const names[] = {"dev",  "ttyUSB", "dialout", "imsi",    "imei",
                                        "smsc", "pin",    "bank",    "libgammu"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strncmp(names[i], word, length) == 0)
            return true;
    return false;
}

static bool has_english(const char *text)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz";

    while (*(text += strcspn(text, small))) {
        size_t length = strspn(text, small);

        if (length >= 3 && !is_name(text, length))
            return true;
        text += length;
    }
    return false;
}

static void every_complaint_is_known(void **state)
{
    (void)state;
    speak("zh_CN.UTF-8");
    for (size_t i = 0; i < sizeof why_others / sizeof *why_others; i++) {
        const char *told = why_label(why_others[i]);

        assert_ptr_not_equal(told, why_others[i]);
        assert_true(*told);
        assert_false(has_english(told));
    }
}

/* The error is told by its number, also where its words were cut. */
static void every_error_is_known(void **state)
{
    static const struct {
        const char *head;
        int most;
    } cases[] = {{"", 119},
                 {"/dev/ttyUSB0: ", 20},
                 {"one recipient after the other fails: ", 119},
                 {"this modem or its message centre is set up wrong: ", 100},
                 {"the operator refuses this SIM: ask there; ", 100},
                 {"this SIM is barred or out of credit (5 numbers refused): ", 100},
                 {"1 of 2 parts were taken, then: ", 15}};

    (void)state;
    speak("zh_CN.UTF-8");
    for (int code = 0; code < 600; code++) {
        struct outcome outcome;

        cms_outcome(code, 0, &outcome);
        for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
            char why[200];
            const char *told;

            snprintf(why, sizeof why, "%s%.*s", cases[i].head, cases[i].most, outcome.detail);
            told = why_label(why);
            assert_non_null(strstr(told, cms_text(code)));
            assert_false(has_english(told));
        }
    }
}

/* However long, it ends with a whole character. */
static void it_has_an_end(void **state)
{
    char english[2000] = "no network: ", device[600] = "/";
    const char *told;

    (void)state;
    speak("zh_CN.UTF-8");
    for (size_t i = strlen(english); i + 4 < sizeof english; i += 3)
        memcpy(english + i, "法", 4);
    told = why_label(english);
    assert_int_equal(strlen(told) % 3, 0);
    assert_in_range(strlen(told), 400, 511);
    memset(device + 1, 'x', sizeof device - 60);
    memcpy(device + sizeof device - 59, ": the modem is gone", 20);
    assert_in_range(strlen(why_label(device)), 400, 511);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reader_has_it_in_chinese),
        cmocka_unit_test(what_needs_no_words_stays),
        cmocka_unit_test(every_complaint_is_known),
        cmocka_unit_test(every_error_is_known),
        cmocka_unit_test(it_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
