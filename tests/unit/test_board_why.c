/* test_board_why: why a board fails, in the language of who reads it.
 * Runs: any. From the root of the project: it reads the sentences in the adapters' sources. */
#include <ctype.h>
#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ares.h>
#include <cmocka.h>
#include <curl/curl.h>
#include <uv.h>

#include "gateway/base/buffer.h"
#include "adapters/adapter.h"
#include "adapters/display/board_why.h"
#include "adapters/display/dialect.h"
#include "adapters/display/kinds/onbon_k_wire.h"
#include "adapters/display/kinds/onbon_y_wire.h"

static const struct {
    const char *english, *chinese;
} why_cases[] = {
    {"released to its owner", "已交还屏主"},
    {"login: Couldn't connect to server", "登录：连不上：请检查电源、网线和 url"},
    {"status: connection refused", "状态：连接被拒绝：请检查端口"},
    {"list of devices: the board refuses our password or key (status 403)",
     "设备列表：显示屏不接受我们的密码或密钥（状态码 403）"},
    /* the step is told once, and not at all when it says nothing */
    {"area: area: error 3, busy", "动态区：错误 3：忙"},
    {"begin: login: error 22, wrong password (pwd error)", "登录：错误 22：密码不对（pwd error）"},
    {"begin: no reply in time", "未及时应答"},
    {"bulletin: bulletin: error 300, not documented (no reason given)",
     "公告：错误 300：文档未说明（未说明原因）"},
    {"bulletin: bulletin: error 14, unknown parameter (a very long wor",
     "公告：错误 14：未知参数（a very long wor"},
    {"area: the text takes 812 bytes, the card has room for 512",
     "动态区：文字需要 812 字节，控制卡只能容纳 512 字节"},
    {"status: status: the answer can't be read: its checksum is wrong",
     "状态：应答无法读取：校验和不对"},
    {"program: the controller answers: kFileSizeError", "节目：控制卡应答：kFileSizeError"},
    {"program: the controller answers: 节目太大", "节目：控制卡应答：节目太大"},
    {"emergency page: the platform fails (status 502)", "紧急插播页：平台出错（状态码 502）"},
    {"player: AppKey or AppSecret is wrong, or our clock is (status 401)",
     "播放器：AppKey 或 AppSecret 有误，或本机时钟不准（状态码 401）"},
    {"request: the platform says no: /code is 17", "请求：平台表示否：/code：17"},
    {"request: the platform says no: /data/id is not there", "请求：平台表示否：/data/id：没有"},
    {"request: the platform answers 204, verify_status is 200",
     "请求：平台应答 204，而 verify_status 为 200"},
    {"request: GBK does not have the character \"ༀ\"", "请求：GBK 中没有“ༀ”字"},
    {"contents: refused: HTTP status 500", "屏上内容：被拒绝：HTTP 状态码 500"},
    {"broken off while the board was asked", "询问显示屏时中断"},
    {"can't be started: too many open files", "无法启动：打开的文件过多"},
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
        assert_string_equal(board_why_label(why_cases[i].english), why_cases[i].chinese);
}

/* In English, and when nobody knows it, it is the sentence itself. */
static void what_needs_no_words_stays(void **state)
{
    static const char *const unknown[] = {
        "",       "*",       "kFileSizeError", "begin: ",     "a new step: a new complaint",
        "login:", "error 5", "屏主说今天不用", "no reply in", "not permitted to anybody"};

    (void)state;
    speak("en_GB.UTF-8");
    for (size_t i = 0; i < sizeof why_cases / sizeof *why_cases; i++)
        assert_ptr_equal(board_why_label(why_cases[i].english), why_cases[i].english);
    speak("zh_CN.UTF-8");
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++)
        assert_ptr_equal(board_why_label(unknown[i]), unknown[i]);
}

/* ---- nothing of ours stays English ---- */

/* Words of three small letters and more that stay as they are. */
static bool is_name(const char *word, size_t length)
{
    static const char *const names[] = {
        "url",      "tcp",      "http", "https", "device", "remotefunction", "base",
        "realtime", "x_status", "file", "data",  "Secret", "status"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == length && strncmp(names[i], word, length) == 0)
            return true;
    return false;
}

static bool has_english(const char *text)
{
    static const char small[] = "abcdefghijklmnopqrstuvwxyz";

    while (*(text += strcspn(text, small))) {
        size_t length = strspn(text, small);
        bool begins = true; /* AppKey, ca_file */

        if (text[-1] == '_' || isupper((unsigned char)text[-1]))
            begins = false;
        if (begins && length >= 3 && !is_name(text, length))
            return true;
        text += length;
    }
    return false;
}

static void assert_known(const char *english)
{
    char padded[600];

    snprintf(padded, sizeof padded, " %s", board_why_label(english));
    if (has_english(padded) || strcmp(padded + 1, english) == 0)
        fail_msg("board_why.c has no Chinese for \"%s\": %s", english, padded);
}

static void every_step_is_known(void **state)
{
    size_t n = 0;

    (void)state;
    speak("zh_CN.UTF-8");
    for (size_t i = 0; adapter_at(i); i++) {
        const struct dialect *dialect = adapter_at(i)->dialect;

        for (int k = 0; dialect && k < dialect->n_steps; k++, n++) {
            char english[120];

            snprintf(english, sizeof english, "%s: no reply in time", dialect->steps[k]);
            assert_known(english);
        }
    }
    assert_in_range(n, 50, 500);
}

static void every_error_of_a_card_is_known(void **state)
{
    char english[200];

    (void)state;
    speak("zh_CN.UTF-8");
    for (int code = 0; code < 300; code++) {
        if (onbon_error_name(code)) {
            snprintf(english, sizeof english, "login: login: error %d, %s (7)", code,
                     onbon_error_name(code));
            assert_known(english);
        }
        if (onbon_k_error_name(code)) {
            snprintf(english, sizeof english, "area: error %d, %s", code, onbon_k_error_name(code));
            assert_known(english);
        }
    }
}

/* What a request over HTTP or TCP ends with when the network or the other side is at fault. */
static void every_fault_of_the_network_is_known(void **state)
{
    static const CURLcode of_curl[] = {
        CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT,      CURLE_COULDNT_RESOLVE_HOST,
        CURLE_COULDNT_CONNECT,      CURLE_WEIRD_SERVER_REPLY, CURLE_HTTP2,
        CURLE_PARTIAL_FILE,         CURLE_WRITE_ERROR,        CURLE_OUT_OF_MEMORY,
        CURLE_OPERATION_TIMEDOUT,   CURLE_SSL_CONNECT_ERROR,  CURLE_GOT_NOTHING,
        CURLE_SEND_ERROR,           CURLE_RECV_ERROR,         CURLE_SSL_CIPHER,
        CURLE_BAD_CONTENT_ENCODING, CURLE_SSL_CACERT_BADFILE, CURLE_PEER_FAILED_VERIFICATION,
        CURLE_HTTP2_STREAM,         CURLE_SSL_ISSUER_ERROR,
    };
    static const int of_uv[] = {
        UV_ECONNREFUSED, UV_ECONNRESET,    UV_ETIMEDOUT,    UV_ECONNABORTED, UV_EPIPE,
        UV_ENOTCONN,     UV_EHOSTUNREACH,  UV_EHOSTDOWN,    UV_ENETUNREACH,  UV_ENETDOWN,
        UV_ENONET,       UV_EADDRNOTAVAIL, UV_EAFNOSUPPORT, UV_EAI_NONAME,   UV_EAI_NODATA,
        UV_EAI_AGAIN,    UV_EAI_FAIL,      UV_EAI_MEMORY,   UV_ENAMETOOLONG, UV_EINVAL,
        UV_ECHARSET,     UV_EACCES,        UV_EPERM,        UV_ECANCELED,    UV_EAI_CANCELED,
        UV_EMFILE,       UV_ENFILE,        UV_ENOBUFS,      UV_EIO,          UV_EPROTO,
        UV_ENOMEM,       UV_UNKNOWN,
    };

    static const int of_ares[] = {
        ARES_EFORMERR, ARES_ESERVFAIL,  ARES_ENOTIMP,  ARES_EREFUSED, ARES_EBADQUERY,
        ARES_EBADNAME, ARES_EBADFAMILY, ARES_EBADRESP, ARES_ENOMEM,   ARES_ECANCELLED,
    };

    (void)state;
    speak("zh_CN.UTF-8");
    for (size_t i = 0; i < sizeof of_ares / sizeof *of_ares; i++)
        assert_known(ares_strerror(of_ares[i]));
    for (size_t i = 0; i < sizeof of_curl / sizeof *of_curl; i++)
        assert_known(curl_easy_strerror(of_curl[i]));
    for (size_t i = 0; i < sizeof of_uv / sizeof *of_uv; i++)
        assert_known(uv_strerror(of_uv[i]));
}

/* ---- the sources ---- */

/* "%d s" as it is told: "7 s". */
static void put_example(const char *format, struct buffer *out)
{
    for (; *format; format++) {
        if (*format != '%') {
            buffer_add_char(out, *format);
            continue;
        }
        format += 1 + strspn(format + 1, "0123456789.lz");
        buffer_add_text(out, *format == 's' ? "X" : *format == '%' ? "%" : "7");
    }
}

/* The literals of one string, and what follows it. */
static const char *take_string(const char *at, struct buffer *out)
{
    while (*at == '"') {
        for (at++; *at && *at != '"'; at++) {
            at += *at == '\\';
            buffer_add_char(out, *at);
        }
        at += *at == '"';
        at += strspn(at, " \t\n");
    }
    return at;
}

/* Every sentence that stands between from and until; figures and names alone are none. */
static size_t check_sentences(const char *from, const char *until)
{
    size_t n = 0;

    while (from < until && (from = memchr(from, '"', (size_t)(until - from)))) {
        BUFFER_FREE_LATER struct buffer format = BUFFER_NULL, example = BUFFER_NULL;

        from = take_string(from, &format);
        put_example(buffer_text(&format), &example);
        if (!strchr(buffer_text(&format), ' ') || strncmp(buffer_text(&format), "%s: ", 4) == 0)
            continue;
        assert_known(buffer_text(&example));
        n++;
    }
    return n;
}

/* Up to the bracket that closes the one before it. */
static const char *end_of_call(const char *at)
{
    for (int depth = 1; *at && depth; at++) {
        if (*at == '"')
            for (at++; *at && *at != '"'; at++)
                at += *at == '\\';
        depth += (*at == '(') - (*at == ')');
    }
    return at;
}

/* The calls that end a job with a sentence of their own. */
static size_t check_source(const char *text)
{
    static const char *const ends[] = {"_fail(", "_missing(", "_malformed("};
    size_t n = 0;

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        for (const char *at = text; (at = strstr(at, ends[i]));) {
            const char *from = at + strlen(ends[i]);

            at = end_of_call(from);
            n += check_sentences(from, at);
        }
    return n;
}

static size_t check_folder(const char *folder)
{
    DIR *dir = opendir(folder);
    struct dirent *entry;
    size_t n = 0;

    assert_non_null(dir);
    while ((entry = readdir(dir))) {
        BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
        const char *ending = strrchr(entry->d_name, '.');
        char path[400], piece[4096];
        FILE *file;
        size_t got;

        if (!ending || strcmp(ending, ".c") != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        file = fopen(path, "re");
        assert_non_null(file);
        while ((got = fread(piece, 1, sizeof piece, file)) > 0)
            buffer_add(&text, piece, got);
        fclose(file);
        n += check_source(buffer_text(&text));
    }
    closedir(dir);
    return n;
}

static void every_sentence_of_the_sources_is_known(void **state)
{
    (void)state;
    speak("zh_CN.UTF-8");
    assert_in_range(check_folder("adapters/display/kinds"), 40, 1000);
    assert_in_range(check_folder("adapters/display"), 20, 1000);
}

/* What the sources say in other ways, one of each. */
static void the_rest_is_known(void **state)
{
    static const char *const others[] = {
        "quiet time of its owner",
        "nobody knows this host name",
        "the name servers don't answer",
        "the board was not ready",
        "no picture of this slogan could be drawn",
        "broken off before the board was asked",
        "stopped before the board was asked",
        "stopped while the board was asked",
        "the reply is larger than 64 KiB",
        "the connection ended before the reply was complete",
        "the reply is too large",
        "no connection in time",
        "status: the answer can't be read: it is no frame",
        "status: the answer can't be read: it is not escaped",
        "status: the answer can't be read: its length is wrong",
        "login: not JSON",
        "login: no remotefunction",
        "login: an error without contents",
        "login: an answer to something else",
        "the reply is not in the controller's form",
        "the controller answers: no reason given",
        "the gateway has never seen the card: check its id and its realtime address",
        "the card is not connected to its gateway",
        "the card does not answer its gateway",
        "the card's answer is no list of programs",
        "the answer is no JSON object",
        "the board carries its owner's urgent text",
        "not on the card any more",
        "the platform refuses the request (status 400)",
        "our AppKey has no permission for this (status 403)",
        "the platform refuses the content (status 406)",
        "too many requests for our AppKey (status 429)",
        "the platform says that it failed",
        "the platform says no: /data is a list or an object",
        "the platform says no: /data is a list without it",
    };

    (void)state;
    speak("zh_CN.UTF-8");
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_known(others[i]);
}

/* However long, it ends with a whole character. */
static void it_has_an_end(void **state)
{
    char english[2000] = "the controller answers: ";
    const char *told;

    (void)state;
    speak("zh_CN.UTF-8");
    for (size_t i = strlen(english); i + 4 < sizeof english; i += 3)
        memcpy(english + i, "法", 4);
    told = board_why_label(english);
    assert_int_equal(strlen(told) % 3, 0);
    assert_in_range(strlen(told), 400, 511);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reader_has_it_in_chinese),
        cmocka_unit_test(what_needs_no_words_stays),
        cmocka_unit_test(every_step_is_known),
        cmocka_unit_test(every_error_of_a_card_is_known),
        cmocka_unit_test(every_fault_of_the_network_is_known),
        cmocka_unit_test(every_sentence_of_the_sources_is_known),
        cmocka_unit_test(the_rest_is_known),
        cmocka_unit_test(it_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
