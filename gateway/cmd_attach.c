/* cmd_attach: lawcast attach: what a unit hands in after the day: time, place, people, photos.
 * Runs: any. Writes through the running gateway; without one, into the books itself. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/attach_books.h"
#include "gateway/attach_road.h"
#include "gateway/attach_time.h"
#include "gateway/command.h"
#include "gateway/control/attach_line.h"
#include "gateway/model/window.h"
#include "gateway/report/canvas.h"
#include "gateway/report/image.h"

#define ATTACH_FILE_MOST (10 << 20) /* bytes of a photo */

struct attach_job {
    const char *config, *campaign, *unit;
    const char *held, *place, *content, *people;
    int64_t participants; /* -1: not told */
    char *const *files;
    size_t n;
    struct buffer bytes[LEDGER_PHOTOS];
    struct ledger_photo photos[LEDGER_PHOTOS];
};

__attribute__((format(printf, 1, 2))) static int attach_refuse(const char *format, ...)
{
    va_list args;

    fputs(lang("lawcast attach: ", "lawcast attach："), stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    return COMMAND_REFUSED;
}

/* ---- photos ---- */

/* The name without folders, as it can be kept. */
static const char *attach_name(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    if (!utf8_is_valid(name, strlen(name)) || strlen(name) > ATTACH_WORDS_MOST)
        return "photo";
    for (const char *c = name; *c; c++)
        if ((unsigned char)*c < ' ' || *c == 0x7F)
            return "photo";
    return name;
}

static int attach_read(const char *path, struct buffer *bytes, struct ledger_photo *photo)
{
    MEM_FREE_LATER char *shown = diag_name(path);
    struct image image;
    int rc = buffer_read_file(bytes, path, ATTACH_FILE_MOST);

    if (rc == -EFBIG)
        return attach_refuse(
            lang("%s is larger than 10 MB: make it smaller.", "%s 超过 10 MB：请压缩后再报送。"),
            shown);
    if (rc == -EINVAL)
        return attach_refuse(lang("%s is no ordinary file.", "%s 不是普通文件。"), shown);
    if (rc)
        return attach_refuse(lang("%s can't be read: %s.", "无法读取 %s：%s。"), shown,
                             lang_error(rc));
    if (image_look(bytes->data, bytes->length, &image))
        return attach_refuse(lang("%s is no JPEG or PNG picture that can be shown: save it as an "
                                  "ordinary JPEG.",
                                  "%s 不是可用的 JPEG 或 PNG 图片：请另存为普通 JPEG。"),
                             shown);
    if (canvas_check_picture(bytes->data, bytes->length, &image))
        return attach_refuse(lang("%s is cut off or damaged: copy it from the camera again.",
                                  "%s 不完整或已损坏：请从相机重新复制。"),
                             shown);
    *photo = (struct ledger_photo){.name = attach_name(path),
                                   .data = bytes->data,
                                   .length = bytes->length,
                                   .type = image_suffix(image.kind)};
    return COMMAND_FINE;
}

static int attach_read_all(struct attach_job *job)
{
    int result = COMMAND_FINE;

    if (job->n > LEDGER_PHOTOS)
        return attach_refuse(lang("A unit hands in at most %d photos; these are %zu.",
                                  "每个单位最多报送 %d 张照片，这里有 %zu 张。"),
                             LEDGER_PHOTOS, job->n);
    for (size_t i = 0; i < job->n && result == COMMAND_FINE; i++)
        result = attach_read(job->files[i], &job->bytes[i], &job->photos[i]);
    return result;
}

/* ---- words ---- */

/* NULL: not told. lines: line breaks are welcome. */
static int attach_check_words(const char *name, const char *text, size_t most, bool lines)
{
    size_t length = text ? strlen(text) : 0;
    bool bad = text && !utf8_is_valid(text, length);

    for (size_t i = 0; i < length && !bad; i++)
        bad = ((unsigned char)text[i] < ' ' && !(lines && text[i] == '\n')) || text[i] == 0x7F;
    if (bad)
        return attach_refuse(lang("%s holds characters that are no text (UTF-8).",
                                  "%s 含有非文字字符（须为 UTF-8）。"),
                             name);
    if (length > most)
        return attach_refuse(
            lang("%s is too long: %zu bytes, at most %zu.", "%s 过长：%zu 字节，最多 %zu 字节。"),
            name, length, most);
    return COMMAND_FINE;
}

/* A time, and behind it what people like to add: "2026-10-31 08:30-11:00". */
static int attach_check_time(const struct attach_job *job)
{
    char begin[17];
    int64_t at_ms;

    if (!job->held)
        return COMMAND_FINE;
    snprintf(begin, sizeof begin, "%s", job->held);
    if (window_parse_time(begin, &at_ms) == 0)
        return COMMAND_FINE;
    return attach_refuse("%s", lang("--time begins with a time such as \"2026-10-31 08:30\".",
                                    "--time 须以时间开头，例如 \"2026-10-31 08:30\"。"));
}

static int attach_check_people(struct attach_job *job)
{
    char *end = NULL;

    job->participants = -1;
    if (!job->people)
        return COMMAND_FINE;
    errno = 0;
    job->participants = strtoll(job->people, &end, 10);
    if (*job->people >= '0' && *job->people <= '9' && !*end && !errno &&
        job->participants <= ATTACH_PEOPLE_MOST)
        return COMMAND_FINE;
    return attach_refuse(lang("--participants is a number of people, not \"%s\".",
                              "--participants 须为人数，不能是 %s。"),
                         job->people);
}

static int attach_check(struct attach_job *job)
{
    int result = attach_check_words("--time", job->held, ATTACH_WORDS_MOST, false);

    if (result == COMMAND_FINE)
        result = attach_check_words("--place", job->place, ATTACH_WORDS_MOST, false);
    if (result == COMMAND_FINE)
        result = attach_check_words("--content", job->content, ATTACH_CONTENT_MOST, true);
    if (result == COMMAND_FINE)
        result = attach_check_time(job);
    return result == COMMAND_FINE ? attach_check_people(job) : result;
}

/* ---- the books ---- */

static int attach_take_last(void *ctx, const struct books_campaign *campaign)
{
    char **last = ctx;

    free(*last);
    *last = mem_dup(campaign->id);
    return 0;
}

/* Without --campaign it is the last one that the books know. To be freed. */
static int attach_choose(const struct attach_job *job, const char *ledger, char **campaign)
{
    struct books *books = NULL;
    int result = COMMAND_FINE;

    *campaign = job->campaign ? mem_dup(job->campaign) : NULL;
    if (*campaign)
        return access(ledger, F_OK) ? command_open_books(NULL, ledger, &books) : COMMAND_FINE;
    result = command_open_books(NULL, ledger, &books);
    if (result != COMMAND_FINE)
        return result;
    if (books_campaigns(books, attach_take_last, campaign) < 0)
        result = COMMAND_MACHINE;
    books_close(books);
    if (result == COMMAND_FINE && !*campaign)
        result = attach_refuse("%s", lang("The books have no campaign yet.", "账本中还没有任务。"));
    return result;
}

static int attach_tell(const char *ledger, const struct ledger_op *op, size_t lost)
{
    const char *campaign = op->attach.campaign, *unit = op->attach.unit;

    if (op->result == LEDGER_NONE)
        return attach_books_explain(ledger, op);
    if (op->result == LEDGER_FULL)
        return attach_refuse(lang("%s would have more than %d photos for %s. Nothing was taken; "
                                  "photos that were handed in stay.",
                                  "%s 的照片将超过 %d 张（任务 %s）。没有收取任何内容；已报送的照片"
                                  "不能撤换。"),
                             unit, LEDGER_PHOTOS, campaign);
    printf(lang("%s, campaign %s: %zu new photos%s. It is in the books.\n",
                "%s，任务 %s：新照片 %zu 张%s，已记入账本。\n"),
           unit, campaign, op->attach.added,
           op->attach.activity ? lang(", and the activity", "，活动情况") : "");
    if (lost)
        printf(lang("Photos that were handed in before, and whose files were missing or altered: "
                    "%zu. They are in their place again.\n",
                    "此前已报送、但文件缺失或被改动的照片：%zu 张，已重新写入。\n"),
               lost);
    return COMMAND_FINE;
}

static int attach_file(struct attach_job *job, const char *ledger)
{
    MEM_FREE_LATER char *campaign = NULL;
    int result = attach_choose(job, ledger, &campaign);
    size_t lost = 0;
    struct ledger_op op = {
        .kind = LEDGER_ATTACH,
        .attach = {.campaign = campaign,
                   .unit = job->unit,
                   .activity = job->held || job->place || job->content || job->participants >= 0,
                   .held = job->held,
                   .place = job->place,
                   .content = job->content,
                   .participants = job->participants,
                   .photos = job->photos,
                   .n_photos = job->n}};

    if (result == COMMAND_FINE) {
        lost = attach_books_lost(ledger, &op);
        result = attach_road_send(ledger, &op);
    }
    if (result == COMMAND_FINE)
        result = attach_tell(ledger, &op, lost);
    if (result == COMMAND_FINE && job->held)
        attach_time_warn(ledger, campaign, job->held);
    return result;
}

static int attach_do(struct attach_job *job)
{
    struct diag diag = DIAG_NULL;
    struct office *office = NULL;
    int result = command_read_office(job->config, &diag, &office);

    command_tell_errors(&diag);
    diag_free(&diag);
    if (result == COMMAND_FINE)
        result = attach_check(job);
    if (result == COMMAND_FINE)
        result = attach_read_all(job);
    if (result == COMMAND_FINE)
        result = attach_file(job, office->ledger_path);
    for (size_t i = 0; i < LEDGER_PHOTOS; i++)
        buffer_free(&job->bytes[i]);
    command_free_office(office);
    return result;
}

/* ---- the command ---- */

static const char **attach_option(struct attach_job *job, int option)
{
    switch (option) {
    case 'c':
        return &job->config;
    case 'i':
        return &job->campaign;
    case 't':
        return &job->held;
    case 'p':
        return &job->place;
    case 'n':
        return &job->people;
    case 'x':
        return &job->content;
    default:
        return NULL;
    }
}

static int attach_run(int argc, char **argv)
{
    static const struct option options[] = {{"config", required_argument, NULL, 'c'},
                                            {"campaign", required_argument, NULL, 'i'},
                                            {"time", required_argument, NULL, 't'},
                                            {"place", required_argument, NULL, 'p'},
                                            {"participants", required_argument, NULL, 'n'},
                                            {"content", required_argument, NULL, 'x'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct attach_job job = {0};
    int option;

    while ((option = command_next_option(argc, argv, ":c:h", options)) != -1) {
        const char **field = attach_option(&job, option);

        if (!field)
            return command_bad_option(&command_attach, option, argv);
        *field = optarg;
    }
    if (optind == argc)
        return command_misused(&command_attach, "%s",
                               lang("Name the unit that hands it in.", "请写明报送单位的代号。"));
    job.unit = argv[optind];
    job.files = argv + optind + 1;
    job.n = (size_t)(argc - optind - 1);
    if (!job.n && !job.held && !job.place && !job.content && !job.people)
        return command_misused(&command_attach, "%s",
                               lang("Name photos, or what the activity was.",
                                    "请写明照片文件，或活动的时间、地点、人数、内容。"));
    return attach_do(&job);
}

const struct command command_attach = {
    .name = "attach",
    .help_en = "Hand in time, place, participants, content and photos of an activity.",
    .help_zh = "报送活动的时间、地点、参加人数、内容和照片。",
    .usage = "[-c FILE] UNIT [FILE...] [--campaign ID] [--time T] [--place P]\n"
             "                      [--participants N] [--content TEXT]",
    .long_en =
        "UNIT is the unit's id in the configuration, FILE a photo (JPEG or PNG, at most\n"
        "10 MB; at most 3 for a unit and campaign). Photos are kept beside the books under\n"
        "their SHA-256, which is in the records: they can't be exchanged afterwards. Time,\n"
        "place and so on may be handed in again: the last ones count, the others stay in\n"
        "the records. \"lawcast report --pdf\" puts all of it into the unit's evidence pack.\n"
        "Works while a gateway runs.\n\n"
        "      --campaign ID       else the last one in the books\n"
        "      --time TIME         when it was, \"2026-10-31 08:30-11:00\"\n"
        "      --place TEXT        where\n"
        "      --participants N    how many people\n"
        "      --content TEXT      what was done\n"
        "  -c, --config FILE       configuration; else conf/lawcast.cfg, then\n"
        "                          /etc/lawcast/lawcast.cfg\n"
        "  -h, --help              this text\n\n"
        "Examples:\n"
        "  lawcast attach jinan stand.jpg crowd.jpg --time '2026-10-31 08:30-11:00' \\\n"
        "      --place 人民广场 --participants 120 --content '发放宪法读本，解答法律咨询'\n"
        "  lawcast attach jinan door.jpg\n\n"
        "Exit codes: 0 it is in the books; 1 refused, nothing was taken; 2 wrong usage;\n"
        "4 the books, or the folder of photos beside them, can't be written.\n",
    .long_zh = "UNIT 为配置文件中的单位代号，FILE 为照片（JPEG 或 PNG，每张不超过 10 MB，每个\n"
               "单位每次任务最多 3 张）。照片以其 SHA-256 为名保存在账本旁，该值记入记录，事后\n"
               "无法调换。时间、地点等可再次报送，以最后一次为准，此前的仍留在记录中。\n"
               "lawcast report --pdf 将其编入该单位的佐证材料。网关运行时也可报送。\n\n"
               "      --campaign 代号     任务；默认为账本中最后一个\n"
               "      --time 时间         活动时间，例如 \"2026-10-31 08:30-11:00\"\n"
               "      --place 文字        地点\n"
               "      --participants 数   参加人数\n"
               "      --content 文字      活动内容\n"
               "  -c, --config 文件       配置文件；默认 conf/lawcast.cfg，\n"
               "                          其次 /etc/lawcast/lawcast.cfg\n"
               "  -h, --help              本说明\n\n"
               "示例：\n"
               "  lawcast attach jinan stand.jpg crowd.jpg --time '2026-10-31 08:30-11:00' \\\n"
               "      --place 人民广场 --participants 120 --content '发放宪法读本，解答法律咨询'\n"
               "  lawcast attach jinan door.jpg\n\n"
               "退出码：0 已记入账本；1 被拒绝，未收取任何内容；2 用法错误；4 账本或其旁的\n"
               "照片目录无法写入。\n",
    .run = attach_run,
};
