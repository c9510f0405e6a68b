/* office_boards: the boards, and where they can call us. See office_inside.h.
 * Runs: loop. */
#include <arpa/inet.h>
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/traits.h"
#include "gateway/config/daytimes.h"
#include "gateway/config/ident.h"
#include "gateway/config/office_inside.h"
#include "gateway/config/office_options.h"

#define OFFICE_FONT_PX 16

static const struct option_kind *office_find_kind(struct office_reader *reader, conf_setting group)
{
    const char *name = conffile_peek(group, "kind");
    struct buffer list BUFFER_FREE_LATER = BUFFER_NULL;
    const struct option_kind *kind;

    if (!name)
        return NULL;
    for (size_t i = 0; (kind = reader->kinds(i)); i++) {
        if (strcmp(kind->name, name) == 0)
            return kind;
        buffer_printf(&list, "%s%s", list.length ? ", " : "", kind->name);
    }
    conffile_error(reader->conf, conffile_member(group, "kind"),
                   lang("The kind \"%.60s\" is not known; the kinds are: %s.",
                        "没有 \"%.60s\" 这种类型；可选：%s。"),
                   name, buffer_text(&list));
    return NULL;
}

/* [user@]host[:port], host a name or [an IPv6 address]. */
static bool office_authority_is_valid(const char *text, size_t length)
{
    const char *end = text + length, *at = memrchr(text, '@', length);
    const char *host = at ? at + 1 : text;
    bool bracket = *host == '[';
    size_t port = 0, n;

    host += bracket;
    n = strspn(host, bracket ? "0123456789abcdefABCDEF:."
                             : "0123456789abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ._-");
    if (n == 0 || (bracket && host[n] != ']'))
        return false;
    host += n + bracket;
    if (host == end)
        return true;
    if (*host++ != ':')
        return false;
    for (; host < end && isdigit((unsigned char)*host) && port <= 65535; host++)
        port = port * 10 + (size_t)(*host - '0');
    return host == end && port > 0 && port <= 65535;
}

static size_t office_scheme(const char *url)
{
    static const char *const schemes[] = {"http://", "https://", "tcp://"};

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++)
        if (strncmp(url, schemes[i], strlen(schemes[i])) == 0)
            return strlen(schemes[i]);
    return 0;
}

/* A path may follow; queries and fragments are the kinds' own, and so is which scheme they speak.
 */
static bool office_url_is_valid(const char *url)
{
    size_t scheme = office_scheme(url);

    for (const char *c = url; *c; c++)
        if ((unsigned char)*c <= ' ' || (unsigned char)*c >= 0x7F || *c == '?' || *c == '#')
            return false;
    return scheme && office_authority_is_valid(url + scheme, strcspn(url + scheme, "/"));
}

static void office_check_url(struct office_reader *reader, conf_setting group, const char *name,
                             const char *url)
{
    if (url && !office_url_is_valid(url))
        conffile_error(reader->conf, conffile_member(group, name),
                       lang("%s expects an address such as \"http://192.0.2.10\" or "
                            "\"http://192.0.2.10:8080/path\", without spaces, \"?\" and \"#\".",
                            "%s 应为地址，例如 \"http://192.0.2.10\" 或 "
                            "\"http://192.0.2.10:8080/path\"，不含空格、中文、\"?\" 和 \"#\"。"),
                       name);
}

/* "http, https" has "http", and not "htt". */
static bool office_has_scheme(const char *schemes, const char *url)
{
    size_t length = strcspn(url, ":"), n;

    for (; *schemes; schemes += n + strspn(schemes + n, ", ")) {
        n = strcspn(schemes, ",");
        if (n == length && strncmp(schemes, url, n) == 0)
            return true;
    }
    return false;
}

/* Nothing but the kind knows how its boards are spoken to. */
static void office_check_scheme(struct office_reader *reader, conf_setting group,
                                const struct board *board)
{
    const struct traits *traits = board->kind ? board->kind->traits : NULL;
    const char *schemes = traits && traits->schemes ? traits->schemes : "http, https";

    if (!traits || !board->url || !office_url_is_valid(board->url) ||
        office_has_scheme(schemes, board->url))
        return;
    conffile_error(reader->conf, conffile_member(group, "url"),
                   lang("url: boards of kind %s are reached by %s, not by \"%.*s\": write "
                        "\"%.*s://...\".",
                        "url：%s 类型的显示屏使用 %s 协议，不能用“%.*s”：请写 \"%.*s://...\"。"),
                   board->kind->name, schemes, (int)strcspn(board->url, ":"), board->url,
                   (int)strcspn(schemes, ","), schemes);
}

/* What the kind itself says about its options, at the one that it names first. */
static void office_check_kind(struct office_reader *reader, conf_setting group,
                              const struct option_kind *kind, const void *filled)
{
    MEM_FREE_LATER char *option = NULL;
    conf_setting place;
    char why[512] = "";

    if (!kind->check || !kind->check(filled, why, sizeof why))
        return;
    option = mem_dup_n(why, strspn(why, "abcdefghijklmnopqrstuvwxyz0123456789_"));
    place = conffile_member(group, option);
    conffile_error(reader->conf, place ? place : group, "%s", why);
}

static void office_find_owner(struct office_reader *reader, conf_setting group,
                              struct office_display *display)
{
    int64_t found = idmap_find(reader->units, display->owner);

    if (found >= 0)
        display->board.owner = (size_t)found;
    else
        ident_unknown(reader->conf, conffile_member(group, "owner"), reader->units, display->owner);
}

static void office_check_color(struct office_reader *reader, conf_setting group, const char *color)
{
    if (color &&
        (*color != '#' || strlen(color) != 7 || strspn(color + 1, "0123456789abcdefABCDEF") != 6))
        conffile_error(reader->conf, conffile_member(group, "color"), "%s",
                       lang("color expects \"#rrggbb\", six hexadecimal digits, such as "
                            "\"#ff0000\" for red.",
                            "color 应为 \"#rrggbb\"，即 # 加六位十六进制数，例如红色 "
                            "\"#ff0000\"。"));
}

/* Without font_px: 16 pixels, which every font card has, or what there is room for. */
static void office_fit_font(struct office_reader *reader, conf_setting group, struct board *board)
{
    if (!board->font_px)
        board->font_px = board->height < OFFICE_FONT_PX ? board->height : OFFICE_FONT_PX;
    if (board->height && board->font_px > board->height)
        conffile_error(reader->conf, conffile_member(group, "font_px"),
                       lang("font_px is %" PRId64 ", but the board has only %" PRId64
                            " pixels down: a character must fit.",
                            "font_px 为 %" PRId64 "，而显示屏只有 %" PRId64
                            " 像素高：放不下一个字。"),
                       board->font_px, board->height);
}

/* What no table can say about the options that all boards have. */
static void office_finish_board(struct office_reader *reader, conf_setting group,
                                struct office_display *display)
{
    struct board *board = &display->board;

    board->line = conffile_main_line(reader->conf, group);
    if (ident_check(reader->conf, group, board->id, OFFICE_ID_MAX))
        office_enter(reader, reader->ids, conffile_peek(group, "id"), group);
    if (display->owner)
        office_find_owner(reader, group, display);
    if (!board->place)
        board->place = mem_dup(board->id ? board->id : "");
    office_check_url(reader, group, "url", board->url);
    office_check_scheme(reader, group, board);
    office_resolve(reader, &board->ca_file);
    office_check_color(reader, group, board->color);
    office_fit_font(reader, group, board);
    (void)daytimes_read(reader->conf, group, "quiet", &display->quiet, &board->quiet);
}

/* A board of unknown kind is read by the common table alone: its other options can't be judged. */
static void office_read_board(struct office_reader *reader, conf_setting group)
{
    const struct option_kind *kind = office_find_kind(reader, group);
    struct office_display display = {.board = {.kind = kind}};
    struct conf_part parts[] = {{office_options_board, &display}, {NULL, NULL}};
    size_t errors = conffile_diag(reader->conf)->errors;

    if (!kind && conffile_peek(group, "kind"))
        return;
    if (kind) {
        display.board.options = mem_alloc(1, kind->size);
        parts[1] = (struct conf_part){kind->options, display.board.options};
    }
    conffile_fill(reader->conf, group, parts, kind ? 2 : 1);
    if (kind && conffile_diag(reader->conf)->errors == errors)
        office_check_kind(reader, group, kind, display.board.options);
    office_finish_board(reader, group, &display);
    free(display.owner);
    free(display.kind);
    conffile_release(&display.quiet);
    reader->office->boards[reader->office->n_boards++] = display.board;
}

void office_read_boards(struct office_reader *reader, conf_setting root)
{
    size_t n;
    conf_setting list = conffile_list(reader->conf, root, "boards", &n);

    reader->office->boards = mem_array(n, struct board);
    for (size_t i = 0; i < n; i++)
        office_read_board(reader, conffile_element(list, i));
}

static bool office_address_is_valid(const char *address)
{
    unsigned char bytes[sizeof(struct in6_addr)];

    return inet_pton(AF_INET, address, bytes) == 1 || inet_pton(AF_INET6, address, bytes) == 1;
}

void office_read_listen(struct office_reader *reader, conf_setting root)
{
    struct listen *listen = &reader->office->listen;
    struct conf_part part = {office_options_listen, listen};
    conf_setting group = conffile_group(reader->conf, root, "listen");
    size_t length;

    if (!group)
        return;
    conffile_fill(reader->conf, group, &part, 1);
    listen->line = conffile_main_line(reader->conf, group);
    if (listen->address && !office_address_is_valid(listen->address))
        conffile_error(reader->conf, conffile_member(group, "address"), "%s",
                       lang("address expects a numeric address of this machine, such as "
                            "\"127.0.0.1\" or \"0.0.0.0\" (all).",
                            "address 应为本机的数字地址，例如 \"127.0.0.1\" 或 "
                            "\"0.0.0.0\"（全部）。"));
    office_check_url(reader, group, "url", listen->url);
    length = listen->url ? strlen(listen->url) : 0;
    if (length && listen->url[length - 1] == '/')
        listen->url[length - 1] = '\0';
}
