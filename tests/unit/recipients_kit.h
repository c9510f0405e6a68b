/* recipients_kit: a campaign of one or two orders whose lists are in a stage. Include in one file
 * of a test program. Runs: any. */
#ifndef LAWCAST_TESTS_UNIT_RECIPIENTS_KIT_H
#define LAWCAST_TESTS_UNIT_RECIPIENTS_KIT_H

#include <stdio.h>
#include <stdlib.h>

#include "gateway/config/recipients.h"
#include "tests/support/stage.h"
#include "tests/unit/findings.h"

static struct unit units[] = {{.id = "a", .signature = "甲"}, {.id = "b", .signature = "乙"}};
static const struct office office = {.units = units, .n_units = 2};

/* A campaign of one order whose recipients file is in the stage. */
struct scene {
    struct stage stage;
    char path[2][128];
    struct order orders[2];
    struct campaign campaign;
    struct recipients *reader;
    struct diag diag;
};

static inline void scene_open(struct scene *scene, const char *text, const void *bytes,
                              size_t length)
{
    char *template = (char *)(uintptr_t)text;
    FILE *file;

    *scene = (struct scene){0};
    stage_open(&scene->stage);
    for (int i = 0; i < 2; i++)
        snprintf(scene->path[i], sizeof scene->path[i], "%s/%d.csv", scene->stage.dir, i);
    file = fopen(scene->path[0], "w");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
    scene->orders[0] =
        (struct order){.quota = 1000000, .recipients = scene->path[0], .text = template};
    scene->orders[1] =
        (struct order){.unit = 1, .quota = 1000000, .recipients = scene->path[1], .text = template};
    scene->campaign = (struct campaign){.orders = scene->orders, .n_orders = 1};
    scene->campaign.sms.refusal = (char *)(uintptr_t) "";
    scene->campaign.sms.max_parts = 1;
    scene->reader = recipients_open(&scene->campaign, &office);
}

static inline void scene_close(struct scene *scene)
{
    recipients_close(scene->reader);
    stage_close(&scene->stage);
    diag_free(&scene->diag);
}

static inline int scene_next(struct scene *scene, struct recipient *row)
{
    return recipients_next(scene->reader, row, &scene->diag);
}

static inline void expect_good(struct scene *scene, int64_t line, int64_t number, const char *text)
{
    struct recipient row;

    assert_int_equal(scene_next(scene, &row), 0);
    assert_false(row.refused);
    assert_int_equal(row.line, line);
    assert_int_equal(row.number, number);
    assert_string_equal(row.text, text);
    assert_int_equal(row.parts, 1);
}

static inline void expect_refused(struct scene *scene, int64_t line, enum refusal why,
                                  const char *raw)
{
    struct recipient row;

    assert_int_equal(scene_next(scene, &row), 0);
    assert_true(row.refused);
    assert_int_equal(row.why, why);
    assert_int_equal(row.line, line);
    assert_string_equal(row.raw, raw);
    assert_true(*recipients_reason(&row));
}

static inline void expect_end(struct scene *scene)
{
    struct recipient row;

    assert_int_equal(scene_next(scene, &row), 1);
    assert_int_equal(scene_next(scene, &row), 1);
    assert_int_equal(scene->diag.n, 0);
}

#define OPEN(scene, text, bytes) scene_open((scene), (text), (bytes), sizeof(bytes) - 1)

#endif
