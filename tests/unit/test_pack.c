/* test_pack: what an evidence pack says, read back out of the PDF (pdftotext). Needs a Chinese font
 * (fonts-wqy-microhei). Runs: any. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <ctype.h>
#include <stdlib.h>
#include <unistd.h>

#include "gateway/base/buffer.h"
#include "tests/unit/pack_kit.h"

/* The PDF's text, without blanks and line breaks: where a line was broken is no matter. */
static char *text_of(const struct buffer *pdf)
{
    char folder[] = "/tmp/lawcast-pack-XXXXXX";
    struct buffer text = BUFFER_NULL;
    MEM_FREE_LATER char *path = NULL, *out = NULL, *command = NULL;
    size_t to = 0;
    FILE *file;

    assert_non_null(mkdtemp(folder));
    path = mem_printf("%s/a.pdf", folder);
    out = mem_printf("%s/a.txt", folder);
    command = mem_printf("pdftotext -enc UTF-8 %s %s", path, out);
    file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(pdf->data, 1, pdf->length, file), pdf->length);
    assert_int_equal(fclose(file), 0);
    assert_int_equal(system(command), 0);
    assert_int_equal(buffer_read_file(&text, out, 1 << 20), 0);
    assert_int_equal(unlink(path) | unlink(out) | rmdir(folder), 0);
    for (size_t i = 0; i < text.length; i++)
        if (!isspace((unsigned char)text.data[i]))
            text.data[to++] = text.data[i];
    text.data[to] = '\0';
    return buffer_take(&text);
}

static char *print(const struct pack *pack, int *pages)
{
    struct buffer pdf = BUFFER_NULL;
    const char *why = NULL;
    char *text;

    assert_int_equal(pack_print(pack, &pdf, pages, &why), 0);
    assert_true(pdf.length > 1000 && memcmp(pdf.data, "%PDF-1.", 7) == 0);
    text = text_of(&pdf);
    buffer_free(&pdf);
    return text;
}

static void assert_says(const char *text, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!strstr(text, words[i]))
            fail_msg("the pack doesn't say \"%s\":\n%s", words[i], text);
}

#define SAYS(text, ...)                                                                            \
    assert_says((text), (const char *const[]){__VA_ARGS__},                                        \
                sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static void test_unit(void **state)
{
    struct pack_kit kit;
    int pages;
    MEM_FREE_LATER char *text = print(pack_kit_make(&kit, 0), &pages);

    (void)state;
    assert_int_equal(pages, 2);
    SAYS(text, "弘扬宪法精神共建文明城市", "市法宣办", "某市法治宣传教育领导小组办公室",
         "2026-10-3108:30", "人民广场", "120", "设置宣传台", "王某某", "科长", "138****0001",
         "namedintime", "50,000", "48,500", "97.0%", "Nophotoswerehandedin", "price-market",
         "2:29:00", "2of3places,8of8slogans:short", "0ac5186a91863e8e", "8recordsarenewer",
         "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=", "lawcastauditverify", "Preparedby",
         "page1of2", "page2of2", "2026-10-31", "Undeliv.", "Rejected", "notdelivered3000.6%",
         "rejectedbythenetwork1000.2%");
    assert_null(strstr(text, "weather-plaza")); /* somebody else's */
    assert_null(strstr(text, "金安区"));
}

static void test_nothing_handed_in(void **state)
{
    struct pack_kit kit;
    int pages;
    struct pack *pack = pack_kit_make(&kit, 1);
    MEM_FREE_LATER char *text = NULL;

    (void)state;
    pack->note = (char *)(uintptr_t) "";
    pack->root[0] = '\0';
    kit.statement.planned = false;
    text = print(pack, &pages);
    SAYS(text, "Timenothandedin", "Placenothandedin", "Participantsnothandedin",
         "Contentnothandedin", "Namenotnamed", "Nophotoswerehandedin", "Theunithadnoboard",
         "nocheckpointyet", "notcompletelyentered");
}

/* On the first page in red, and at the head of each. */
static void test_rehearsal(void **state)
{
    struct pack_kit kit;
    int pages, said = 0;
    struct pack *pack = pack_kit_make(&kit, 0);
    MEM_FREE_LATER char *text = NULL;

    (void)state;
    kit.statement.rehearsal = true;
    text = print(pack, &pages);
    for (const char *at = text; (at = strstr(at, "REHEARSAL:nothingwassent.")); at++)
        said++;
    assert_int_equal(said, pages + 1);
}

static void test_all(void **state)
{
    struct pack_kit kit;
    int pages;
    MEM_FREE_LATER char *text = print(pack_kit_make(&kit, -1), &pages);

    (void)state;
    SAYS(text, "allunits", "金安区法宣办", "notnamed", "nothandedin", "weather-plaza",
         "price-market", "Total", "70,000", "Responsiblepersonshadtobenamedby", "jinan",
         "weather-plaza");
}

static void test_chinese(void **state)
{
    struct pack_kit kit;
    int pages;
    MEM_FREE_LATER char *text = NULL;

    (void)state;
    setenv("LC_ALL", "zh_CN.UTF-8", 1);
    text = print(pack_kit_make(&kit, 0), &pages);
    setenv("LC_ALL", "C", 1);
    SAYS(text, "法治宣传教育活动佐证材料", "活动情况", "责任人", "按时报送", "任务数", "已送达",
         "未报送照片", "播放时长", "检查点", "经办人", "第1页，共");
}

/* Content as long as is taken, and many boards: nothing is lost at the ends of pages. */
static void test_long(void **state)
{
    enum { BOARDS = 150 };
    struct pack_kit kit;
    struct pack *pack = pack_kit_make(&kit, 0);
    struct statement_board *boards = mem_array(BOARDS, struct statement_board);
    MEM_FREE_LATER char *content = mem_array(3 * 1300 + 1, char), *text = NULL;
    int pages;

    (void)state;
    for (size_t i = 0; i < 1300; i++)
        memcpy(content + 3 * i, i == 1299 ? "终" : "宪", 3);
    pack->members[0].content = content;
    for (size_t i = 0; i < BOARDS; i++) {
        boards[i] = kit.boards[1];
        snprintf(boards[i].id, sizeof boards[i].id, "board-%zu", i);
    }
    kit.statement.boards = boards;
    kit.statement.n_boards = BOARDS;
    text = print(pack, &pages);
    assert_in_range(pages, 6, 12);
    SAYS(text, "终", "board-0", "board-74", "board-149", "Preparedby");
    free(boards);
}

static void add_picture(struct pack_picture *to, enum pack_picture_state state, const char *caption)
{
    struct board board = {.id = (char *)(uintptr_t) "b",
                          .width = 128,
                          .height = 32,
                          .font_px = 32,
                          .color = (char *)(uintptr_t) "#ff0000"};
    char why[200];
    struct picture *picture = picture_draw(&board, "宪法", why, sizeof why);

    assert_non_null(picture);
    *to = (struct pack_picture){.state = state, .caption = mem_dup(caption)};
    buffer_add(&to->bytes, picture->bytes, picture->length);
    assert_int_equal(image_look(to->bytes.data, to->bytes.length, &to->image), 0);
    picture_free(picture);
}

static void test_pictures(void **state)
{
    struct pack_kit kit;
    struct pack *pack = pack_kit_make(&kit, 0);
    MEM_FREE_LATER char *text = NULL;
    int pages;

    (void)state;
    add_picture(&pack->photos[0], PACK_PICTURE_FINE, "stand.png");
    add_picture(&pack->photos[1], PACK_PICTURE_ALTERED, "crowd.png");
    add_picture(&pack->photos[2], PACK_PICTURE_GONE, "door.png");
    pack->photos[0].bytes.length = 60; /* its size is told, the rest is missing */
    pack->n_photos = 3;
    text = print(pack, &pages);
    SAYS(text, "stand.png", "can'tbeshownhere", "crowd.png", "Thefilewasaltered", "door.png",
         "Thefileismissing");
    for (int i = 0; i < 3; i++) {
        free(pack->photos[i].caption);
        buffer_free(&pack->photos[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_unit),      cmocka_unit_test(test_nothing_handed_in),
        cmocka_unit_test(test_rehearsal), cmocka_unit_test(test_all),
        cmocka_unit_test(test_chinese),   cmocka_unit_test(test_long),
        cmocka_unit_test(test_pictures),
    };

    setenv("LC_ALL", "C", 1);
    setenv("TZ", "Asia/Shanghai", 1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
