/* spec: what is to be simulated. See spec.h.
 * Runs: any. */
#include "tests/sim/spec_room.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "tests/sim/board.h"

enum { SPEC_FILE_MAX = 4 * 1024 * 1024, SPEC_ID_MAX = 32 };

#define SPEC_AT(member) offsetof(struct sim_spec, member)

static const struct spec_key spec_keys[] = {
    {"modems", SPEC_INT, SPEC_AT(modems), 4096},
    {"dir", SPEC_STRING, SPEC_AT(dir), 0},
    {"log", SPEC_STRING, SPEC_AT(log), 0},
    {"air_ms", SPEC_INT, SPEC_AT(air_ms), 3600000},
    {"report_ms", SPEC_INT, SPEC_AT(report_ms), 86400000},
    {"seed", SPEC_INT, SPEC_AT(seed), INT64_MAX},
    {"clock_ms", SPEC_INT, SPEC_AT(clock_ms), INT64_C(253402300799999)},
    {"frozen", SPEC_BOOL, SPEC_AT(frozen), 0},
    {"grid_ms", SPEC_INT, SPEC_AT(grid_ms), 60000},
    {"family", SPEC_STRING, SPEC_AT(family), 0},
    {"faults", SPEC_FAULTS, 0, 0},
    {"modem_specs", SPEC_MODEMS, 0, 0},
    {"boards", SPEC_BOARDS, 0, 0},
    {NULL, SPEC_INT, 0, 0},
};

static const struct spec_key spec_fault_keys[] = {
    {"undelivered_permille", SPEC_INT, SPEC_AT(odds.undelivered), 1000},
    {"rejected_permille", SPEC_INT, SPEC_AT(odds.rejected), 1000},
    {"busy_permille", SPEC_INT, SPEC_AT(odds.busy), 1000},
    {"silent_reports_permille", SPEC_INT, SPEC_AT(odds.silent), 1000},
    {"report_twice_permille", SPEC_INT, SPEC_AT(odds.twice), 1000},
    {"reference_zero", SPEC_BOOL, SPEC_AT(reference_zero), 0},
    {"echo_delay_us", SPEC_INT, SPEC_AT(echo_delay_us), 10000000},
    {NULL, SPEC_INT, 0, 0},
};

#define SPEC_BOARD_AT(member) offsetof(struct board_spec, member)

static const struct spec_key spec_board_keys[] = {
    {"id", SPEC_STRING, SPEC_BOARD_AT(id), 0},
    {"kind", SPEC_STRING, SPEC_BOARD_AT(kind), 0},
    {"width", SPEC_INT, SPEC_BOARD_AT(width), 16384},
    {"height", SPEC_INT, SPEC_BOARD_AT(height), 16384},
    {"options", SPEC_TEXTS, SPEC_BOARD_AT(options), 0},
    {"publish", SPEC_RULE, SPEC_BOARD_AT(rules[BOARD_PUBLISH]), 0},
    {"withdraw", SPEC_RULE, SPEC_BOARD_AT(rules[BOARD_WITHDRAW]), 0},
    {"verify", SPEC_RULE, SPEC_BOARD_AT(rules[BOARD_VERIFY]), 0},
    {NULL, SPEC_INT, 0, 0},
};

static const struct spec_key spec_rule_keys[] = {
    {"method", SPEC_STRING, offsetof(struct board_rule, method), 0},
    {"status", SPEC_INT, offsetof(struct board_rule, status), 599},
    {"body", SPEC_STRING, offsetof(struct board_rule, body), 0},
    {NULL, SPEC_INT, 0, 0},
};

static void spec_set_text(char **field, const char *text)
{
    free(*field);
    *field = mem_dup(text);
}

void spec_complain(const struct spec_reader *reader, const char *key, const char *wanted)
{
    diag_error(reader->diag, reader->file, 0,
               lang("\"%s\" must be %s; correct it.", "“%s” 的值必须是 %s，请改正。"), key, wanted);
}

static void spec_read_int(struct spec_reader *reader, const struct jv *value,
                          const struct spec_key *key, int64_t *field)
{
    int64_t number = jv_number(value, -1);
    char wanted[64];

    if (number >= 0 && number <= key->most) {
        *field = number;
        return;
    }
    snprintf(wanted, sizeof wanted, "0..%lld", (long long)key->most);
    spec_complain(reader, key->name, wanted);
}

static void spec_read_bool(struct spec_reader *reader, const struct jv *value,
                           const struct spec_key *key, bool *field)
{
    BUFFER_FREE_LATER struct buffer word = BUFFER_NULL;

    jv_scalar(value, &word);
    *field = strcmp(buffer_text(&word), "true") == 0;
    if (jv_text(value) || (!*field && strcmp(buffer_text(&word), "false") != 0))
        spec_complain(reader, key->name, "true | false");
}

/* An object of strings, kept as a copy. */
static void spec_read_texts(struct spec_reader *reader, const struct jv *value,
                            const struct spec_key *key, struct jv **field)
{
    const struct jv *text;
    const char *name;

    jv_free(*field);
    *field = jv_object();
    for (size_t i = 0; (text = jv_entry(value, i, &name)); i++) {
        if (!jv_text(text)) {
            spec_complain(reader, key->name, "{ \"...\": \"...\" }");
            return;
        }
        jv_put(*field, name, jv_string(jv_text(text)));
    }
}

const char *board_option(const struct board_spec *spec, const char *name, const char *other)
{
    const char *text = spec->options ? jv_text(jv_member(spec->options, name)) : NULL;

    return text ? text : other;
}

static void spec_check_board(const struct spec_reader *reader, const struct board_spec *board)
{
    static const char id_chars[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    size_t length = strlen(board->id);

    if (length == 0 || length > SPEC_ID_MAX || strspn(board->id, id_chars) != length)
        spec_complain(reader, "id", "[A-Za-z0-9_-]{1,32}");
    if (!board_kind_find(board->kind))
        spec_complain(reader, "kind",
                      "onbon-y | onbon-k | huidu | colorlight | xixun | novacloud | webhook");
    for (size_t i = 0; i + 1 < reader->spec->n_boards; i++)
        if (strcmp(reader->spec->boards[i].id, board->id) == 0)
            diag_error(reader->diag, reader->file, 0,
                       lang("There are two boards \"%s\"; give one another id.",
                            "有两块屏都叫 “%s”，请给其中一块换一个 id。"),
                       board->id);
}

static struct board_spec *spec_add_board(struct sim_spec *spec)
{
    struct board_spec *board;

    spec->boards = mem_grow(spec->boards, spec->n_boards + 1, sizeof *spec->boards);
    board = &spec->boards[spec->n_boards++];
    *board = (struct board_spec){
        .id = mem_dup(""),
        .kind = mem_dup(""),
        .width = 192,
        .height = 64,
        .rules = {[BOARD_PUBLISH] = {mem_dup("POST"), 200, mem_dup("{\"code\":0}")},
                  [BOARD_WITHDRAW] = {mem_dup("POST"), 200, mem_dup("{\"code\":0}")},
                  [BOARD_VERIFY] = {mem_dup("GET"), 200, mem_dup("{\"items\":[\"{name}\"]}")}},
    };
    return board;
}

static void spec_read_boards(struct spec_reader *reader, const struct jv *list)
{
    if (!jv_is_array(list))
        spec_complain(reader, "boards", "[ {...}, ... ]");
    for (size_t i = 0; i < jv_size(list) && jv_is_array(list); i++) {
        struct board_spec *board = spec_add_board(reader->spec);

        spec_read_group(reader, jv_element(list, i), spec_board_keys, board);
        spec_check_board(reader, board);
    }
}

static void spec_read_value(struct spec_reader *reader, const struct jv *value,
                            const struct spec_key *key, void *filled)
{
    void *field = (char *)filled + key->offset;

    switch (key->type) {
    case SPEC_INT:
        spec_read_int(reader, value, key, field);
        return;
    case SPEC_BOOL:
        spec_read_bool(reader, value, key, field);
        return;
    case SPEC_STRING:
        if (jv_text(value))
            spec_set_text(field, jv_text(value));
        else
            spec_complain(reader, key->name, "\"...\"");
        return;
    case SPEC_FAULTS:
        spec_read_group(reader, value, spec_fault_keys, reader->spec);
        return;
    case SPEC_MODEMS:
        spec_read_modems(reader, value);
        return;
    case SPEC_BOARDS:
        spec_read_boards(reader, value);
        return;
    case SPEC_TEXTS:
        spec_read_texts(reader, value, key, field);
        return;
    case SPEC_RULE:
        spec_read_group(reader, value, spec_rule_keys, field);
        return;
    }
}

void spec_read_group(struct spec_reader *reader, const struct jv *group,
                     const struct spec_key *keys, void *filled)
{
    const struct jv *value;
    const char *name;

    if (!jv_is_object(group)) {
        diag_error(reader->diag, reader->file, 0,
                   lang("An object {\"%s\": ...} is wanted; correct the file.",
                        "这里应当是对象 {“%s”: ...}，请改正文件。"),
                   keys[0].name);
        return;
    }
    for (size_t i = 0; (value = jv_entry(group, i, &name)); i++) {
        const struct spec_key *key = keys;

        while (key->name && strcmp(key->name, name) != 0)
            key++;
        if (key->name)
            spec_read_value(reader, value, key, filled);
        else
            diag_error(reader->diag, reader->file, 0,
                       lang("There is no key \"%s\"; remove it or correct its name.",
                            "没有 “%s” 这一项，请删除或改正名称。"),
                       name);
    }
}

static void spec_read_file(struct spec_reader *reader, const char *path)
{
    BUFFER_FREE_LATER struct buffer text = BUFFER_NULL;
    int rc = buffer_read_file(&text, path, SPEC_FILE_MAX);
    const char *why = NULL;
    struct jv *document;

    reader->file = path;
    if (rc < 0) {
        diag_error(reader->diag, path, 0,
                   lang("The file can't be read (%s); check its name and rights.",
                        "无法读取文件（%s），请检查文件名和权限。"),
                   strerror(-rc));
        return;
    }
    document = jv_parse(buffer_text(&text), text.length, &why);
    if (document)
        spec_read_group(reader, document, spec_keys, reader->spec);
    else
        diag_error(reader->diag, path, 0,
                   lang("The file is not JSON (%s); correct it.", "文件不是 JSON（%s），请改正。"),
                   why);
    jv_free(document);
    reader->file = NULL;
}

/* The keys that are options too; their values pass through the same checks. */
static const struct option spec_options[] = {
    {"spec", required_argument, NULL, 'f'},   {"modems", required_argument, NULL, 'k'},
    {"dir", required_argument, NULL, 'k'},    {"log", required_argument, NULL, 'k'},
    {"air-ms", required_argument, NULL, 'k'}, {"report-ms", required_argument, NULL, 'k'},
    {"seed", required_argument, NULL, 'k'},   {"clock-ms", required_argument, NULL, 'k'},
    {"family", required_argument, NULL, 'k'}, {"board", required_argument, NULL, 'b'},
    {"help", no_argument, NULL, 'h'},         {NULL, 0, NULL, 0},
};

static void spec_read_key_option(struct spec_reader *reader, const char *option, const char *text)
{
    MEM_FREE_LATER char *name = mem_dup(option);
    const struct spec_key *key = spec_keys;
    struct jv *value = NULL;

    for (char *p = name; *p; p++)
        if (*p == '-')
            *p = '_';
    while (strcmp(key->name, name) != 0)
        key++;
    if (key->type == SPEC_INT)
        value = jv_parse(text, strlen(text), NULL);
    else if (utf8_is_valid(text, strlen(text)))
        value = jv_string(text);
    spec_read_value(reader, value, key, reader->spec);
    jv_free(value);
}

static void spec_read_board_option(struct spec_reader *reader, const char *text)
{
    const char *colon = strchr(text, ':');
    struct board_spec *board;

    if (!colon) {
        spec_complain(reader, "--board", "ID:KIND");
        return;
    }
    board = spec_add_board(reader->spec);
    free(board->id);
    board->id = mem_dup_n(text, (size_t)(colon - text));
    spec_set_text(&board->kind, colon + 1);
    spec_check_board(reader, board);
}

static void spec_print_help(void)
{
    fputs(
        lang("Usage: lawcast-sim [--spec FILE] [--modems N] [--dir DIR] [--log FILE] [--air-ms A]\n"
             "                   [--report-ms R] [--seed S] [--clock-ms EPOCH_MS]\n"
             "                   [--family NAME] [--board ID:KIND]...\n"
             "Simulates modems (DIR/modem-0 ...) and boards (HTTP on 127.0.0.1). Families of\n"
             "modems: generic huawei quectel simcom zte wavecom. Then takes commands on standard\n"
             "input, one a line, and answers each with one line of JSON:\n",
             "用法：lawcast-sim [--spec 文件] [--modems 数量] [--dir 目录] [--log 文件] [--air-ms "
             "毫秒]\n"
             "                  [--report-ms 毫秒] [--seed 种子] [--clock-ms 毫秒时刻]\n"
             "                  [--family 系列] [--board 编号:类型]...\n"
             "模拟短信猫（目录/modem-0 ……）和显示屏（127.0.0.1 上的 HTTP）。短信猫系列：generic\n"
             "huawei quectel simcom zte wavecom。启动后从标准输入逐行读取命令，每条命令回答一行 "
             "JSON：\n"),
        stdout);
}

static void spec_preset(struct sim_spec *spec)
{
    *spec = (struct sim_spec){.modems = 1, .report_ms = 50, .seed = 1, .grid_ms = 1};
    spec->dir = mem_dup("sim");
    spec->family = mem_dup("generic");
}

int spec_read(int argc, char **argv, struct sim_spec *spec, struct diag *diag)
{
    struct spec_reader reader = {.spec = spec, .diag = diag};
    int option, index = 0;

    spec_preset(spec);
    while ((option = getopt_long(argc, argv, "", spec_options, &index)) != -1) {
        switch (option) {
        case 'f':
            spec_read_file(&reader, optarg);
            break;
        case 'k':
            spec_read_key_option(&reader, spec_options[index].name, optarg);
            break;
        case 'b':
            spec_read_board_option(&reader, optarg);
            break;
        case 'h':
            spec_print_help();
            return 2;
        default: /* getopt has said what is wrong */
            return 1;
        }
    }
    if (optind < argc)
        diag_error(diag, NULL, 0,
                   lang("\"%s\" is no option; see --help.", "“%s” 不是选项，请看 --help。"),
                   argv[optind]);
    spec_check_modems(&reader);
    return diag->errors ? 1 : 0;
}

void spec_free(struct sim_spec *spec)
{
    for (size_t i = 0; i < spec->n_boards; i++) {
        struct board_spec *board = &spec->boards[i];

        for (size_t verb = 0; verb < BOARD_VERBS; verb++) {
            free(board->rules[verb].method);
            free(board->rules[verb].body);
        }
        free(board->id);
        free(board->kind);
        jv_free(board->options);
    }
    free(spec->boards);
    spec_free_modems(spec);
    free(spec->family);
    free(spec->dir);
    free(spec->log);
}
