/* confscan: one configuration file's tokens. See confscan.h.
 * Runs: any (pure). */
#include "gateway/config/confscan.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/config/filekind.h"

#define CONFSCAN_BOM "\xEF\xBB\xBF"

#define scan_error(scan, ...) diag_error((scan)->diag, (scan)->path, (scan)->line, __VA_ARGS__)

static char scan_peek(const struct confscan *scan, size_t ahead)
{
    return scan->length - scan->at > ahead ? scan->text[scan->at + ahead] : '\0';
}

/* Moves count bytes on into both texts; blank: as spaces into the clean one. */
static void scan_move(struct confscan *scan, size_t count, bool blank)
{
    const char *from = scan->text + scan->at;
    struct buffer *clean = scan->clean;
    size_t start = clean->length;

    buffer_add(scan->source, from, count);
    buffer_add(clean, from, count);
    for (size_t i = start; i < clean->length; i++) {
        if (clean->data[i] == '\n') {
            scan->line++;
            (*scan->out_line)++;
        } else if (blank) {
            clean->data[i] = ' ';
        }
    }
    scan->at += count;
}

static void scan_line_comment(struct confscan *scan)
{
    const char *from = scan->text + scan->at;
    const char *end = memchr(from, '\n', scan->length - scan->at);

    scan_move(scan, end ? (size_t)(end - from) : scan->length - scan->at, true);
}

static void scan_block_comment(struct confscan *scan)
{
    const char *from = scan->text + scan->at;
    const char *end = memmem(from + 2, scan->length - scan->at - 2, "*/", 2);

    if (!end)
        scan_error(scan, "%s",
                   lang("The comment that begins here with /* never ends: close it with */.",
                        "从这里开始的注释 /* 没有结束：请用 */ 结束它。"));
    scan_move(scan, end ? (size_t)(end - from) + 2 : scan->length - scan->at, true);
}

/* Checks the escape at text[at]; libconfig would keep an unknown one as it is, and drop \x00. */
static void scan_escape(struct confscan *scan, size_t at)
{
    size_t left = scan->length - at;
    const char *text = scan->text + at;

    if (left > 3 && text[1] == 'x' && isxdigit((unsigned char)text[2]) &&
        isxdigit((unsigned char)text[3]) && (text[2] != '0' || text[3] != '0'))
        return;
    if (left > 1 && text[1] && strchr("ntrf\\\"", text[1]))
        return;
    scan_error(
        scan, "%s",
        lang("In a text, \\ is followed by n, t, r, f, \\, \" or x and two hexadecimal digits "
             "(not 00). Write the character itself, or \\\\ for a backslash.",
             "文字里的 \\ 后面只能是 n、t、r、f、\\、\" 或 x 加两位十六进制数（不能是 "
             "00）。请直接写该字符，反斜杠写作 \\\\。"));
}

/* The length of the string at scan->at with both quotes, or 0 when it never ends. */
static size_t scan_string_length(const struct confscan *scan)
{
    for (size_t i = scan->at + 1; i < scan->length; i++) {
        if (scan->text[i] == '"')
            return i + 1 - scan->at;
        if (scan->text[i] == '\\')
            i++;
    }
    return 0;
}

static void scan_string(struct confscan *scan)
{
    size_t length = scan_string_length(scan), end = scan->at + length;

    if (length == 0) {
        scan_error(scan, "%s",
                   lang("The text that begins here never ends: a closing \" is missing.",
                        "从这里开始的文字没有结束：缺少结尾的引号 \"。"));
        scan_move(scan, scan->length - scan->at, true);
        return;
    }
    for (;;) {
        const char *from = scan->text + scan->at, *escape = memchr(from, '\\', end - scan->at);

        if (!escape)
            break;
        scan_move(scan, (size_t)(escape - from), false);
        scan_escape(scan, scan->at);
        scan_move(scan, 2, false);
    }
    scan_move(scan, end - scan->at, false);
}

static void scan_name(struct confscan *scan)
{
    size_t length = 1;

    while (isalnum((unsigned char)scan_peek(scan, length)) ||
           (scan_peek(scan, length) && strchr("-_*", scan_peek(scan, length))))
        length++;
    scan_move(scan, length, false);
}

/* Does the integer fit the type that libconfig will read it into? digits end with a NUL. */
static bool scan_integer_fits(const char *digits, bool hex, bool wide)
{
    errno = 0;
    if (hex) {
        unsigned long long value = strtoull(digits, NULL, 16);

        return errno == 0 && value <= (wide ? INT64_MAX : INT32_MAX);
    } else {
        long long value = strtoll(digits, NULL, 10);

        return errno == 0 && (wide || (value >= INT32_MIN && value <= INT32_MAX));
    }
}

static void scan_number(struct confscan *scan)
{
    size_t sign = scan_peek(scan, 0) == '-' || scan_peek(scan, 0) == '+' ? 1 : 0, length = sign;
    bool hex = !sign && scan_peek(scan, 0) == '0' && tolower(scan_peek(scan, 1)) == 'x';
    MEM_FREE_LATER char *digits = NULL;

    if (hex)
        length = 2;
    while (hex ? isxdigit((unsigned char)scan_peek(scan, length))
               : isdigit((unsigned char)scan_peek(scan, length)))
        length++;
    if (!hex && scan_peek(scan, length) && strchr(".eE", scan_peek(scan, length))) {
        while (scan_peek(scan, length) && strchr("0123456789.eE+-", scan_peek(scan, length)))
            length++;
    } else {
        digits = mem_dup_n(scan->text + scan->at, length);
        if (!scan_integer_fits(digits, hex, scan_peek(scan, length) == 'L'))
            scan_error(scan,
                       lang("The number %.40s is too large for a whole number; the largest is "
                            "2147483647.",
                            "数字 %.40s 太大：整数最大为 2147483647。"),
                       digits);
    }
    while (scan_peek(scan, length) == 'L')
        length++;
    scan_move(scan, length, false);
}

/* The @include at scan->at: @include "name". */
static int scan_directive(struct confscan *scan)
{
    static const char word[] = "@include";
    size_t length = sizeof word - 1, quoted;
    struct buffer name BUFFER_FREE_LATER = BUFFER_NULL;

    if (scan->length - scan->at < length || memcmp(scan->text + scan->at, word, length) != 0)
        length = 0;
    while (length && (scan_peek(scan, length) == ' ' || scan_peek(scan, length) == '\t'))
        length++;
    if (!length || scan_peek(scan, length) != '"') {
        scan_error(
            scan, "%s",
            lang("After @ only include \"FILE\" is known.", "@ 后面只能写 include \"文件\"。"));
        scan_move(scan, 1, true);
        return 0;
    }
    scan->at += length;
    quoted = scan_string_length(scan);
    if (quoted == 0) {
        scan_string(scan);
        return 0;
    }
    for (size_t i = 1; i + 1 < quoted; i++) {
        if (scan_peek(scan, i) == '\\')
            i++;
        buffer_add_char(&name, scan_peek(scan, i));
    }
    for (size_t i = 0; i < quoted; i++)
        scan->line += scan_peek(scan, i) == '\n';
    scan->at += quoted;
    return scan->include(scan, buffer_text(&name));
}

/* Chinese input methods write these where the grammar wants ASCII. */
static const struct {
    const char *wide, *narrow;
} scan_punctuation[] = {
    {"；", ";"},  {"，", ","}, {"＝", "="}, {"：", ":"}, {"“", "\""}, {"”", "\""},
    {"＂", "\""}, {"（", "("}, {"）", ")"}, {"｛", "{"}, {"｝", "}"}, {"［", "["},
    {"］", "]"},  {"【", "["}, {"】", "]"}, {"＃", "#"}, {"　", " "}, {"＠", "@"},
};

static void scan_foreign(struct confscan *scan)
{
    size_t end = scan->at;
    const char *from = scan->text + scan->at, *narrow = NULL;
    int length;

    utf8_next(scan->text, scan->length, &end);
    length = (int)(end - scan->at);
    for (size_t i = 0; i < sizeof scan_punctuation / sizeof *scan_punctuation; i++)
        if (strncmp(from, scan_punctuation[i].wide, (size_t)length) == 0)
            narrow = scan_punctuation[i].narrow;
    if (narrow)
        scan_error(scan,
                   lang("\"%.*s\" is a Chinese punctuation mark: write '%s' here (half width).",
                        "“%.*s”是中文标点：这里请用半角的 %s 。"),
                   length, from, narrow);
    else
        scan_error(scan,
                   lang("\"%.*s\" stands outside of quotation marks: put texts between \" and \".",
                        "“%.*s”不在引号内：文字请写在半角引号 \" \" 之间。"),
                   length, from);
    /* One finding a line is enough: the rest of the line is most often of the same kind. */
    scan_line_comment(scan);
}

static int scan_token(struct confscan *scan)
{
    char c = scan_peek(scan, 0), next = scan_peek(scan, 1);

    if (c == '@')
        return scan_directive(scan);
    if (c == '#' || (c == '/' && next == '/'))
        scan_line_comment(scan);
    else if (c == '/' && next == '*')
        scan_block_comment(scan);
    else if (c == '"')
        scan_string(scan);
    else if (isalpha((unsigned char)c) || c == '*')
        scan_name(scan);
    else if (isdigit((unsigned char)c) || ((c == '-' || c == '+') && isdigit((unsigned char)next)))
        scan_number(scan);
    else if ((unsigned char)c >= 0x80)
        scan_foreign(scan);
    else
        scan_move(scan, c == ' ' ? strspn(scan->text + scan->at, " ") : 1, false);
    return 0;
}

int confscan_run(struct confscan *scan)
{
    while (scan->at < scan->length)
        if (scan_token(scan))
            return 1;
    return 0;
}

static int scan_line_of(const char *text, size_t at)
{
    int line = 1;

    for (size_t i = 0; i < at; i++)
        line += text[i] == '\n';
    return line;
}

/* 1 with an error: it is a list of recipients, as it is or still in its workbook. */
static int confscan_check_kind(struct confscan *scan)
{
    bool workbook = filekind_is_workbook(scan->text, scan->length);

    if (!workbook && !filekind_is_csv(scan->path, scan->text, scan->length))
        return 0;
    scan_error(scan, "%s",
               workbook
                   ? lang("This is an Excel workbook: a configuration or a campaign file is "
                          "wanted here.",
                          "这是 Excel 工作簿：这里应为配置文件或任务文件。")
                   : lang("This is a CSV file: a configuration or a campaign file is wanted "
                          "here. Lists of numbers are named by recipients in the campaign.",
                          "这是 CSV 文件：这里应为配置文件或任务文件。号码名单请写在任务文件的 "
                          "recipients 里。"));
    return 1;
}

int confscan_check(struct confscan *scan)
{
    size_t bad = utf8_bad_at(scan->text, scan->length);
    const char *nul = memchr(scan->text, '\0', scan->length);

    if (confscan_check_kind(scan))
        return 1;
    if (scan->length >= 2 &&
        (memcmp(scan->text, "\xFF\xFE", 2) == 0 || memcmp(scan->text, "\xFE\xFF", 2) == 0)) {
        scan_error(scan, "%s",
                   lang("The file is in UTF-16: save it as UTF-8.",
                        "文件是 UTF-16（“Unicode”）编码：请另存为 UTF-8。"));
        return 1;
    }
    if (nul || bad < scan->length) {
        scan->line = scan_line_of(
            scan->text, nul && (size_t)(nul - scan->text) < bad ? (size_t)(nul - scan->text) : bad);
        if (bad < scan->length)
            scan_error(
                scan, "%s",
                lang("The text is not UTF-8 from here on (GBK, perhaps): save the file as UTF-8.",
                     "从这里起不是 UTF-8 编码（可能是 GBK/ANSI）：请把文件另存为 UTF-8。"));
        else
            scan_error(scan, "%s",
                       lang("The file contains a NUL byte: it is not a text file.",
                            "文件里有空字节（NUL）：这不是文本文件。"));
        return 1;
    }
    if (scan->length >= 3 && memcmp(scan->text, CONFSCAN_BOM, 3) == 0) {
        diag_warning(
            scan->diag, scan->path, 1, "%s",
            lang("The file begins with a byte-order mark, which is skipped: better save it as "
                 "UTF-8 without BOM.",
                 "文件开头有字节顺序标记（BOM），已跳过：最好另存为无 BOM 的 UTF-8。"));
        scan->at = 3;
    }
    return 0;
}
