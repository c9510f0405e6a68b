/* pack_draw: an evidence pack on paper. See pack_data.h.
 * Runs: any (pure drawing). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/model/rehearsed.h"
#include "gateway/report/figure.h"
#include "gateway/report/pack_data.h"
#include "gateway/report/paper.h"

static const char *pack_told(const char *text)
{
    return *text ? text : lang("not handed in", "未报送");
}

/* ---- head ---- */

static void pack_windows(const struct statement *statement, struct paper *paper)
{
    for (size_t i = 0; i < statement->n_windows; i++) {
        char from[20], to[20], text[64];

        clock_format(statement->windows[i].from_ms, from);
        clock_format(statement->windows[i].to_ms, to);
        snprintf(text, sizeof text, lang("%.16s to %.16s", "%.16s 至 %.16s"), from, to);
        paper_pair(paper, i ? "" : lang("Windows", "时间窗"), text);
    }
}

static void pack_title(const struct pack *pack, struct paper *paper)
{
    const struct statement *statement = pack->statement;

    if (statement->rehearsal)
        paper_text(paper, &paper_alarm, rehearsed_banner());
    paper_text(paper, &paper_small,
               lang("Evidence pack of a legal-education activity", "法治宣传教育活动佐证材料"));
    paper_title(paper, statement->title);
    paper_gap(paper, 6);
    paper_pair(paper, lang("Unit", "单位"),
               pack->all ? lang("all units", "全部单位") : pack->members[0].unit_name);
    if (*pack->office)
        paper_pair(paper, lang("Office", "组织单位"), pack->office);
    paper_pair(paper, lang("Campaign", "任务代号"), statement->id);
    pack_windows(statement, paper);
    if (statement->erased)
        paper_text(paper, &paper_body, statement_erased_note());
    if (statement->planned)
        return;
    paper_text(paper, &paper_alarm,
               lang("The campaign is not completely entered in the books: figures will change.",
                    "任务尚未完整记入账本，数字还会变化。"));
}

/* ---- one unit ---- */

static void pack_participants(const struct pack_member *member, char text[static FIGURE_ROOM])
{
    text[0] = '\0';
    if (member->participants >= 0)
        figure_count(member->participants, text);
}

static void pack_activity(const struct pack_member *member, struct paper *paper)
{
    char participants[FIGURE_ROOM], at[20];

    pack_participants(member, participants);
    paper_heading(paper, lang("The activity", "活动情况"));
    paper_pair(paper, lang("Time", "时间"), pack_told(member->held));
    paper_pair(paper, lang("Place", "地点"), pack_told(member->place));
    paper_pair(paper, lang("Participants", "参加人数"), pack_told(participants));
    paper_pair(paper, lang("Content", "内容"), pack_told(member->content));
    if (!member->handed_in_ms)
        return;
    clock_format(member->handed_in_ms, at);
    paper_pair(paper, lang("Handed in", "报送时间"), at);
}

static void pack_standing(const struct pack *pack, const struct pack_member *member,
                          struct paper *paper)
{
    char named[20] = "", deadline[20] = "";
    MEM_FREE_LATER char *text = NULL;

    if (member->named_ms)
        clock_format(member->named_ms, named);
    if (pack->deadline_ms)
        clock_format(pack->deadline_ms, deadline);
    text = mem_printf("%s%s%.16s%s%s%.16s", contact_standing_label(member->standing),
                      *named ? lang("; in the books since ", "；记入账本时间 ") : "", named,
                      *deadline ? lang("; ", "；") : "",
                      *deadline ? lang("deadline ", "截止时间 ") : "", deadline);
    paper_pair(paper, lang("Named", "报送情况"), text);
}

static void pack_person(const struct pack *pack, const struct pack_member *member,
                        struct paper *paper)
{
    paper_heading(paper, lang("Responsible person", "责任人"));
    paper_pair(paper, lang("Name", "姓名"),
               member->named_ms ? member->person : lang("not named", "未报"));
    if (member->named_ms) {
        paper_pair(paper, lang("Position", "职务"), pack_told(member->position));
        paper_pair(paper, lang("Phone", "电话"), pack_told(member->phone));
    }
    pack_standing(pack, member, paper);
}

static void pack_photos(const struct pack *pack, struct paper *paper)
{
    pack_draw_pictures(paper, lang("Photos of the activity", "活动照片"), pack->photos,
                       pack->n_photos);
    if (!pack->n_photos)
        paper_text(paper, &paper_body,
                   lang("No photos were handed in (1 to 3 are asked for).",
                        "未报送照片（要求 1 至 3 张）。"));
}

/* ---- all units ---- */

static void pack_member_row(const struct pack_member *member, struct paper *paper,
                            const struct paper_table *table)
{
    char participants[FIGURE_ROOM], photos[FIGURE_ROOM];

    pack_participants(member, participants);
    figure_count((int64_t)member->photos, photos);
    paper_table_row(paper, table,
                    (const char *[]){member->unit_name, member->person, member->position,
                                     contact_standing_label(member->standing),
                                     pack_told(member->held), pack_told(member->place),
                                     participants, photos},
                    false);
}

static void pack_members(const struct pack *pack, struct paper *paper)
{
    const struct paper_column columns[] = {
        {lang("Unit", "单位"), 1.8, false},     {lang("Responsible", "责任人"), 1.1, false},
        {lang("Position", "职务"), 1.1, false}, {lang("Named", "报送"), 1.1, false},
        {lang("Time", "活动时间"), 1.5, false}, {lang("Place", "地点"), 1.5, false},
        {lang("People", "人数"), 0.8, true},    {lang("Photos", "照片"), 0.7, true},
    };
    const struct paper_table table = {columns, sizeof columns / sizeof *columns};
    char deadline[20], text[120];

    paper_heading(paper, lang("Units: responsible persons and activities", "各单位责任人与活动"));
    paper_table_begin(paper, &table);
    for (size_t i = 0; i < pack->n_members; i++)
        pack_member_row(&pack->members[i], paper, &table);
    if (!pack->deadline_ms)
        return;
    clock_format(pack->deadline_ms, deadline);
    snprintf(text, sizeof text,
             lang("Responsible persons had to be named by %.16s.", "责任人报送截止时间：%.16s。"),
             deadline);
    paper_text(paper, &paper_small, text);
}

/* ---- the proof ---- */

static void pack_explain(struct paper *paper, double indent)
{
    paper_indented(
        paper, &paper_body, indent,
        lang(
            "Every change of every message and slogan is a record in the books, and the checkpoint "
            "above is signed over all records up to its size: none of them can be altered, left "
            "out or added later without its root changing. To check: on the office's computer "
            "\"lawcast audit verify\" recomputes the records, the checkpoints and every figure of "
            "this pack. Without trusting the office: ask for \"lawcast audit export\" and check "
            "that bundle on your own computer, with the public key that you were given at another "
            "time; its checkpoint has to be the one printed here, or a later one that continues "
            "it (\"lawcast audit compare\"). Pictures and photos are named by their SHA-256 in "
            "the records.",
            "每条短信、每条标语的每次状态变化都在账本中留有一条记录；上面的检查点对此前全部记录签名"
            "，"
            "事后改动、删除或添加任何一条，根值都会不同。核对方法：在办公电脑上运行 lawcast audit "
            "verify，重算全部记录、检查点和本材料的每个数字。不依赖本单位的核对：索取 lawcast "
            "audit "
            "export "
            "导出的文件包，在自己的电脑上用事先另行取得的公钥核对；其检查点应与此处印出的相同，"
            "或是其后续（lawcast audit compare）。图片和照片以其 SHA-256 记入账本。"));
}

static void pack_checkpoint_lines(const struct pack *pack, struct paper *paper)
{
    static const struct paper_style style = {.size = 8, .color = PAPER_INK, .cells = true};
    char size[FIGURE_ROOM], at[20], newer[FIGURE_ROOM], text[120];

    figure_count(pack->signed_size, size);
    clock_format(pack->signed_ms, at);
    paper_pair(paper, lang("Records", "记录数"), size);
    paper_pair(paper, lang("Last record", "末条记录时间"), at);
    snprintf(text, sizeof text, "%" PRId64 " %s %.10s", pack->signed_size, pack->root, at);
    paper_pair(paper, lang("Short form", "简式"), text);
    if (pack->records > pack->signed_size) {
        figure_count(pack->records - pack->signed_size, newer);
        snprintf(text, sizeof text,
                 lang("%s records are newer than it.", "另有 %s 条记录晚于该检查点。"), newer);
        paper_text(paper, &paper_alarm, text);
    }
    paper_gap(paper, 4);
    paper_text(paper, &style, pack->note);
    paper_gap(paper, 4);
}

#define PACK_CODE 130.0 /* points, with its quiet zone */

/* The code, and beside it what it is good for. */
static void pack_code(const struct pack *pack, struct paper *paper)
{
    struct canvas_box box = {PAPER_LEFT, 0, PACK_CODE, PACK_CODE};
    double bottom;

    if (!pack->qr.width) {
        pack_explain(paper, 0);
        return;
    }
    paper_need(paper, PACK_CODE + 60);
    box.y = paper->y;
    bottom = box.y + PACK_CODE;
    canvas_modules(paper->canvas, &box, pack->qr.width, pack->qr.modules);
    pack_explain(paper, PACK_CODE + 8);
    paper->y = paper->y < bottom ? bottom : paper->y;
}

static void pack_proof(const struct pack *pack, struct paper *paper)
{
    paper_heading(paper, lang("Proof: the last checkpoint of the books", "凭据：账本最后的检查点"));
    if (!*pack->note) {
        paper_text(paper, &paper_alarm,
                   lang("The books have no checkpoint yet: these figures can't be proved.",
                        "账本尚无检查点，以上数字暂无凭据。"));
        return;
    }
    pack_checkpoint_lines(pack, paper);
    pack_code(pack, paper);
}

static void pack_signatures(struct paper *paper)
{
    const char *labels[] = {lang("Prepared by", "经办人"), lang("Checked by", "审核人"),
                            lang("Seal, date", "盖章、日期")};
    double width = PAPER_WIDTH / 3;

    paper_gap(paper, 16);
    paper_need(paper, 60);
    for (int i = 0; i < 3; i++) {
        struct canvas_box box = {PAPER_LEFT + i * width, paper->y, width - 12, 0};

        paper_put(paper, &paper_small, &box, labels[i]);
        box.y += 44;
        canvas_rule(paper->canvas, &box, PAPER_INK);
    }
    paper_gap(paper, 50);
}

/* ---- all of it ---- */

static void pack_sections(const struct pack *pack, struct paper *paper)
{
    pack_title(pack, paper);
    if (pack->all) {
        pack_members(pack, paper);
    } else {
        pack_activity(&pack->members[0], paper);
        pack_person(pack, &pack->members[0], paper);
    }
    pack_draw_messages(pack, paper);
    pack_draw_boards(pack, paper);
    if (!pack->all)
        pack_photos(pack, paper);
    pack_proof(pack, paper);
    pack_signatures(paper);
}

int pack_draw(const struct pack *pack, struct canvas *canvas, int pages)
{
    bool rehearsal = pack->statement->rehearsal;
    MEM_FREE_LATER char *head =
        mem_printf("%s%s%s · %s", rehearsal ? rehearsed_banner() : "", rehearsal ? " " : "",
                   pack->statement->title,
                   pack->all ? lang("all units", "全部单位") : pack->members[0].unit_name);
    MEM_FREE_LATER char *foot = NULL;
    struct paper paper;
    char at[20];

    clock_format(pack->made_ms, at);
    foot = mem_printf(lang("as of %.16s · %lld records · checkpoint %.16s",
                           "截至 %.16s · 记录 %lld 条 · 检查点 %.16s"),
                      at, (long long)pack->records, *pack->root ? pack->root : "-");
    paper_begin(&paper, canvas, head, foot, pages);
    pack_sections(pack, &paper);
    return paper.page;
}

/* Drawn once to count the pages. */
int pack_print(const struct pack *pack, struct buffer *out, int *pages, const char **why)
{
    MEM_FREE_LATER char *title =
        mem_printf("%s (%s)", pack->statement->title, pack->all ? "*" : pack->members[0].unit);
    struct canvas *canvas = canvas_new_pdf(title);
    int rc;

    *pages = pack_draw(pack, canvas, 0);
    canvas_free(canvas);
    canvas = canvas_new_pdf(title);
    pack_draw(pack, canvas, *pages);
    rc = canvas_finish(canvas, out, why);
    canvas_free(canvas);
    return rc;
}
