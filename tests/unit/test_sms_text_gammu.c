/* test_sms_text_gammu: our layout against what libgammu makes of the same texts.
 *
 * Texts without clusters must agree part by part. Where characters are drawn as one, the two
 * differ:
 *  - most clusters libgammu tears apart and we don't: a part of ours may stay emptier by the
 * longest cluster less one unit, so that we need as many parts as libgammu, or one more (texts here
 * are short enough for that);
 *  - at flags and at marks of five blocks libgammu steps back too, but by 16-bit units: up to 3 of
 * them, at flags even when that tears two apart. There it may also need one part more than we do.
 * In all cases libgammu's parts, put through the frames that a modem would get and back, must be
 * the whole text, and its 7-bit frames must keep a text exactly when our alphabet is GSM-7. (U+00B9
 * is left out: libgammu takes it for a 7-bit character.) */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>

#include <gammu.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/mem.h"
#include "gateway/base/utf8.h"
#include "gateway/model/sms_text.h"

#define TEXTS     2000 /* of each kind */
#define UNITS_MAX 1200 /* UTF-16 units of a text; fewer than libgammu's 50 parts hold */

struct text {
    char utf8[UNITS_MAX * 4];
    size_t length;
    unsigned char utf16[(UNITS_MAX + 1) * 2]; /* big-endian, ended by 0 */
    size_t units;
    size_t longest; /* units of the longest cluster */
};

struct rig {
    GSM_MultiSMSMessage *sms; /* too big for the stack */
    struct text *text;
    uint64_t seed;
};

/* splitmix64 (public domain): every run sees the same texts. */
static size_t pick(struct rig *rig, size_t n)
{
    uint64_t z = rig->seed += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return (size_t)((z ^ (z >> 31)) % n);
}

static void put_unit(struct text *text, unsigned unit)
{
    assert_true(text->units < UNITS_MAX);
    text->utf16[text->units * 2] = (unsigned char)(unit >> 8);
    text->utf16[text->units * 2 + 1] = (unsigned char)unit;
    text->units++;
    text->utf16[text->units * 2] = text->utf16[text->units * 2 + 1] = 0;
}

static void put_code(struct text *text, int32_t code)
{
    text->length += utf8_put(code, text->utf8 + text->length);
    if (code > 0xFFFF) {
        put_unit(text, 0xD800u + (unsigned)((code - 0x10000) >> 10));
        put_unit(text, 0xDC00u + (unsigned)((code - 0x10000) & 0x3FF));
    } else {
        put_unit(text, (unsigned)code);
    }
}

static void put_cluster(struct text *text, const char *cluster)
{
    size_t before = text->units, length = strlen(cluster);

    for (size_t at = 0; at < length;)
        put_code(text, utf8_next(cluster, length, &at));
    if (text->units - before > text->longest)
        text->longest = text->units - before;
}

static const char *const gsm7[] = {"a", "Z", "0", " ",  "@", "£",  "Ç",
                                   "ñ", "Ω", "à", "\n", "_", "\"", "¿"};
static const char *const gsm7_extended[] = {"€", "[", "]", "{", "}", "\\", "^", "~", "|"};
static const char *const han[] = {"宪", "法", "，", "【", "】",     "a",
                                  "1",  "ç",  "`",  "ê",  "\u4E00", "\u9FA5"};
static const char *const wide[] = {"😀",          "📢",          "\U00020000",
                                   "\U0002A6D6", "\U00010000", "\U0010FFFD"};
static const char *const torn[] = {
    "👍🏽",
    "❤\uFE0F",
    "👨\u200D👩",
    "👨\u200D👩\u200D👧\u200D👦",
    "🏴\U000E0067\U000E007F",
    "葛\U000E0100",
    "\u0F66\u0F90\u0F74",
};
static const char *const minded[] = {"🇨🇳", "e\u0301", "1\uFE0F\u20E3"};

#define PICK(rig, from) ((from)[pick((rig), sizeof(from) / sizeof *(from))])

/* What a kind of text is made of, in percent; the rest is Han. */
struct mixture {
    const char *name;
    size_t gsm7, gsm7_extended, wide, torn, minded;
    size_t limits[2]; /* lengths are drawn around the multiples of these */
};

static const struct mixture mixtures[] = {
    {"GSM-7", 100, 0, 0, 0, 0, {160, 153}},
    {"GSM-7 with escapes", 80, 20, 0, 0, 0, {160, 153}},
    {"escapes only", 0, 100, 0, 0, 0, {160, 153}},
    {"Han", 0, 0, 0, 0, 0, {70, 67}},
    {"mixed", 40, 10, 0, 0, 0, {70, 67}},
    {"mixed with surrogates", 20, 5, 25, 0, 0, {70, 67}},
    {"surrogates only", 0, 0, 100, 0, 0, {70, 67}},
    {"with clusters", 10, 0, 10, 10, 0, {70, 67}},
    {"clusters only", 0, 0, 0, 100, 0, {70, 67}},
    {"with flags and marks", 10, 0, 10, 10, 10, {70, 67}},
    {"flags and marks only", 0, 0, 0, 0, 100, {70, 67}},
};

static void make_text(struct rig *rig, const struct mixture *mix)
{
    size_t target = mix->limits[pick(rig, 2)] * (1 + pick(rig, 5)) + pick(rig, 7);
    struct text *text = rig->text;

    target -= target > 3 ? 3 : 0;
    text->length = text->units = 0;
    text->longest = 1;
    while (text->units < target) {
        size_t die = pick(rig, 100), edge = mix->gsm7;

        if (die < edge)
            put_cluster(text, PICK(rig, gsm7));
        else if (die < (edge += mix->gsm7_extended))
            put_cluster(text, PICK(rig, gsm7_extended));
        else if (die < (edge += mix->wide))
            put_cluster(text, PICK(rig, wide));
        else if (die < (edge += mix->torn))
            put_cluster(text, PICK(rig, torn));
        else if (die < edge + mix->minded)
            put_cluster(text, PICK(rig, minded));
        else
            put_cluster(text, PICK(rig, han));
    }
}

static void encode(struct rig *rig, gboolean unicode)
{
    GSM_MultiPartSMSInfo info;

    GSM_ClearMultiPartSMSInfo(&info);
    info.EntriesNum = 1;
    info.UnicodeCoding = unicode;
    info.Class = -1;
    info.Entries[0].ID = SMS_ConcatenatedTextLong;
    info.Entries[0].Buffer = rig->text->utf16;
    assert_int_equal(GSM_EncodeMultiPartSMS(NULL, &info, rig->sms), ERR_NONE);
}

/* Is the text what the frames hold, one after the other? */
static bool frames_hold_the_text(struct rig *rig)
{
    size_t at = 0;

    for (int i = 0; i < rig->sms->Number; i++) {
        unsigned char frame[1000] = {0};
        GSM_SMSMessage back;
        size_t units;
        int length = 0;

        GSM_SetDefaultSMSData(&back);
        assert_int_equal(
            GSM_EncodeSMSFrame(NULL, &rig->sms->SMS[i], frame, PHONE_SMSDeliver, &length, TRUE),
            ERR_NONE);
        assert_int_equal(GSM_DecodeSMSFrame(NULL, &back, frame, PHONE_SMSDeliver), ERR_NONE);
        units = UnicodeLength(back.Text);
        if (units > rig->text->units - at ||
            memcmp(back.Text, rig->text->utf16 + at * 2, units * 2) != 0)
            return false;
        at += units;
    }
    return at == rig->text->units;
}

/* UTF-16 units of text[from..to): what libgammu counts in both alphabets. */
static size_t count_utf16(const char *text, size_t from, size_t to)
{
    size_t units = 0;

    while (from < to)
        units += utf8_next(text, to, &from) > 0xFFFF ? 2 : 1;
    return units;
}

static bool same_parts(const struct rig *rig, const struct sms_layout *layout)
{
    if ((size_t)rig->sms->Number != layout->n_parts)
        return false;
    for (size_t i = 0; i < layout->n_parts; i++) {
        const struct sms_part *part = &layout->parts[i];

        if (UnicodeLength(rig->sms->SMS[i].Text) !=
            count_utf16(rig->text->utf8, part->from, part->to))
            return false;
    }
    return true;
}

/* See the top. Every part but the last holds at least limit + 1 - longest units. */
static bool within_allowance(const struct rig *rig, const struct mixture *mix,
                             const struct sms_layout *layout)
{
    size_t theirs = (size_t)rig->sms->Number;

    for (size_t i = 0; i + 1 < layout->n_parts; i++)
        if (layout->parts[i].units + rig->text->longest < 67 + 1)
            return false;
    return layout->n_parts + (mix->minded > 0) >= theirs && layout->n_parts <= theirs + 1;
}

static void check_text(struct rig *rig, const struct mixture *mix)
{
    const struct text *text = rig->text;
    bool clusters = mix->torn + mix->minded > 0;
    struct sms_layout layout;

    assert_int_equal(sms_text_layout(text->utf8, text->length, OUTCOME_PARTS_MAX, &layout), 0);
    encode(rig, FALSE);
    if (frames_hold_the_text(rig) != (layout.alphabet == SMS_GSM7))
        fail_msg("%s: alphabet of \"%.*s\"", mix->name, (int)text->length, text->utf8);
    encode(rig, layout.alphabet == SMS_UCS2);
    if (!frames_hold_the_text(rig))
        fail_msg("%s: libgammu loses some of \"%.*s\"", mix->name, (int)text->length, text->utf8);
    for (int i = 0; i < rig->sms->Number; i++)
        assert_int_equal(rig->sms->SMS[i].Coding, layout.alphabet == SMS_UCS2
                                                      ? SMS_Coding_Unicode_No_Compression
                                                      : SMS_Coding_Default_No_Compression);
    if (!(clusters ? within_allowance(rig, mix, &layout) : same_parts(rig, &layout)))
        fail_msg("%s: %zu parts, libgammu %d, for \"%.*s\"", mix->name, layout.n_parts,
                 rig->sms->Number, (int)text->length, text->utf8);
}

static void test_generated_texts(void **state)
{
    struct rig *rig = *state;

    for (size_t m = 0; m < sizeof mixtures / sizeof *mixtures; m++)
        for (size_t i = 0; i < TEXTS; i++) {
            make_text(rig, &mixtures[m]);
            check_text(rig, &mixtures[m]);
        }
}

/* Every character of the BMP alone: our table is the one that libgammu's 7-bit frames keep. */
static void test_alphabet(void **state)
{
    struct rig *rig = *state;

    for (int32_t code = 1; code <= 0xFFFF; code++) {
        if (code == 0xD800)
            code = 0xE000;
        if (code == 0x00B9 || code == 0x001B)
            continue;
        rig->text->length = rig->text->units = 0;
        put_code(rig->text, 'x');
        put_code(rig->text, code);
        encode(rig, FALSE);
        if (frames_hold_the_text(rig) != (sms_text_septets(code) > 0))
            fail_msg("U+%04X", (unsigned)code);
    }
}

static int set_up(void **state)
{
    struct rig *rig = mem_new(struct rig);

    rig->sms = mem_new(GSM_MultiSMSMessage);
    rig->text = mem_new(struct text);
    rig->seed = 20261031;
    *state = rig;
    return 0;
}

static int tear_down(void **state)
{
    struct rig *rig = *state;

    free(rig->sms);
    free(rig->text);
    free(rig);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_generated_texts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_alphabet, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
