/* contact_lines: who is responsible in each unit of a campaign. See contact_lines.h.
 * Runs: any. */
#include "gateway/report/contact_lines.h"

#include <stdlib.h>

#include "gateway/base/clock.h"
#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/ledger/books_units.h"
#include "gateway/report/figure.h"
#include "gateway/report/sheet.h"
#include "gateway/report/table.h"

struct contact_walk {
    struct contact_lines *out;
    int64_t entered_ms;
};

static int contact_add(void *ctx, const struct books_contact *contact)
{
    const struct contact_walk *walk = ctx;
    struct contact_lines *out = walk->out;

    out->lines = mem_grow(out->lines, out->n + 1, sizeof *out->lines);
    out->lines[out->n++] = (struct contact_line){
        .unit = mem_dup(contact->unit),
        .unit_name = mem_dup(contact->unit_name),
        .person = mem_dup(contact->name),
        .position = mem_dup(contact->position),
        .named_ms = contact->named_ms,
        .standing = contact_stand(contact->named_ms, out->deadline_ms, walk->entered_ms)};
    return 0;
}

static int contact_add_activity(void *ctx, const struct books_activity *activity)
{
    struct contact_line *line = ctx;

    line->held = mem_dup(activity->held);
    line->place = mem_dup(activity->place);
    line->content = mem_dup(activity->content);
    line->participants = activity->participants;
    line->handed_in_ms = activity->at_ms;
    return 0;
}

static int contact_read_activity(struct books *books, int64_t campaign, struct contact_line *line)
{
    int rc = books_activity(books, campaign, line->unit, contact_add_activity, line);

    if (line->held)
        return rc;
    line->held = mem_dup("");
    line->place = mem_dup("");
    line->content = mem_dup("");
    line->participants = -1;
    return rc;
}

int contact_lines_read(struct books *books, int64_t campaign, struct contact_lines *out)
{
    struct contact_walk walk = {.out = out};
    int rc;

    *out = (struct contact_lines){0};
    rc = books_deadline(books, campaign, &out->deadline_ms, &walk.entered_ms);
    if (rc == 0)
        rc = books_contacts(books, campaign, contact_add, &walk);
    for (size_t i = 0; i < out->n && rc == 0; i++)
        rc = contact_read_activity(books, campaign, &out->lines[i]);
    return rc < 0 ? rc : 0;
}

void contact_lines_release(struct contact_lines *lines)
{
    for (size_t i = 0; i < lines->n; i++) {
        free(lines->lines[i].unit);
        free(lines->lines[i].unit_name);
        free(lines->lines[i].person);
        free(lines->lines[i].position);
        free(lines->lines[i].held);
        free(lines->lines[i].place);
        free(lines->lines[i].content);
    }
    free(lines->lines);
    *lines = (struct contact_lines){0};
}

bool contact_lines_matter(const struct contact_lines *lines)
{
    bool named = false;

    for (size_t i = 0; i < lines->n; i++)
        named = named || lines->lines[i].named_ms || lines->lines[i].handed_in_ms;
    return lines->n && (named || lines->deadline_ms);
}

void contact_lines_print(const struct contact_lines *lines, FILE *out)
{
    const struct table_column columns[] = {
        {lang("Unit", "单位"), false, false},
        {lang("Responsible", "责任人"), false, false},
        {lang("Position", "职务"), false, true},
        {lang("Named", "报送"), false, false},
        {lang("In the books since", "记入账本"), false, true},
    };
    struct table *table;
    char at[20];

    if (!contact_lines_matter(lines))
        return;
    fputc('\n', out);
    table = table_new(columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < lines->n; i++) {
        const struct contact_line *line = &lines->lines[i];

        at[0] = '\0';
        if (line->named_ms)
            clock_format(line->named_ms, at);
        at[at[0] ? 16 : 0] = '\0';
        table_row(table, (const char *[]){line->unit_name, line->person, line->position,
                                          contact_standing_label(line->standing), at});
    }
    table_print(table, out);
    table_free(table);
    if (!lines->deadline_ms)
        return;
    clock_format(lines->deadline_ms, at);
    fprintf(
        out,
        lang("Responsible persons had to be named by %.16s.\n", "责任人报送截止时间：%.16s。\n"),
        at);
}

enum { CONTACT_CELLS = 12 };

static void contact_csv_line(const struct contact_line *line, const char *deadline, FILE *out)
{
    char named[20] = "", handed_in[20] = "", participants[FIGURE_ROOM] = "";

    if (line->named_ms)
        clock_format(line->named_ms, named);
    if (line->handed_in_ms)
        clock_format(line->handed_in_ms, handed_in);
    if (line->participants >= 0)
        snprintf(participants, sizeof participants, "%lld", (long long)line->participants);
    sheet_row(out,
              (const char *[CONTACT_CELLS]){line->unit, line->unit_name, line->person,
                                            line->position, contact_standing_label(line->standing),
                                            named, deadline, line->held, line->place, participants,
                                            line->content, handed_in},
              CONTACT_CELLS);
}

void contact_lines_csv(const struct contact_lines *lines, FILE *out)
{
    char deadline[20] = "";

    if (!contact_lines_matter(lines))
        return;
    if (lines->deadline_ms)
        clock_format(lines->deadline_ms, deadline);
    sheet_row(out, NULL, 0);
    sheet_row(out,
              (const char *[CONTACT_CELLS]){
                  lang("Unit id", "单位代号"), lang("Unit", "单位"), lang("Responsible", "责任人"),
                  lang("Position", "职务"), lang("Named", "报送"),
                  lang("In the books since", "记入账本"), lang("Deadline", "截止时间"),
                  lang("Time of the activity", "活动时间"), lang("Place", "地点"),
                  lang("Participants", "参加人数"), lang("Content", "内容"),
                  lang("Handed in", "报送时间")},
              CONTACT_CELLS);
    for (size_t i = 0; i < lines->n; i++)
        contact_csv_line(&lines->lines[i], deadline, out);
}

static struct jv *contact_time(int64_t wall_ms)
{
    char text[FIGURE_ROOM];

    if (!wall_ms)
        return jv_null();
    figure_iso(wall_ms, text);
    return jv_string(text);
}

void contact_lines_put(const struct contact_lines *lines, struct jv *document)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < lines->n; i++) {
        const struct contact_line *line = &lines->lines[i];
        struct jv *object = jv_object();

        jv_put(object, "unit", jv_string(line->unit));
        jv_put(object, "person", jv_string(line->person));
        jv_put(object, "position", jv_string(line->position));
        jv_put(object, "named", jv_string(contact_standing_name(line->standing)));
        jv_put(object, "named_at", contact_time(line->named_ms));
        jv_push(list, object);
    }
    jv_put(document, "contacts_by", contact_time(lines->deadline_ms));
    jv_put(document, "contacts", list);
}

void contact_lines_put_activities(const struct contact_lines *lines, struct jv *document)
{
    struct jv *list = jv_array();

    for (size_t i = 0; i < lines->n; i++) {
        const struct contact_line *line = &lines->lines[i];
        struct jv *object;

        if (!line->handed_in_ms)
            continue;
        object = jv_object();
        jv_put(object, "unit", jv_string(line->unit));
        jv_put(object, "time", jv_string(line->held));
        jv_put(object, "place", jv_string(line->place));
        jv_put(object, "participants",
               line->participants >= 0 ? jv_int(line->participants) : jv_null());
        jv_put(object, "content", jv_string(line->content));
        jv_put(object, "handed_in_at", contact_time(line->handed_in_ms));
        jv_push(list, object);
    }
    jv_put(document, "activities", list);
}
