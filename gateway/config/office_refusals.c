/* office_refusals: what counts as a refusal, and the answer to it. See office_inside.h.
 * Runs: loop. */
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/config/office_inside.h"
#include "gateway/config/office_options.h"
#include "gateway/model/refusal.h"
#include "gateway/model/sms_text.h"

static void office_check_words(struct office_reader *reader, conf_setting group)
{
    const struct option_strings *words = &reader->office->refusal_words;

    for (size_t i = 0; i < words->n; i++) {
        conf_setting place = conffile_item(group, "words", i);
        const char *word = words->items[i];

        if (*word && !refusal_word_is_valid(word)) /* an empty one has its error already */
            conffile_error(reader->conf, place,
                           lang("words: \"%.60s\" can't be recognised: write a word of letters, "
                                "digits or Chinese characters, at most 32 bytes.",
                                "words：“%.60s”无法识别：请写由字母、数字或汉字组成的词，不超过 32 "
                                "字节（约 10 个汉字）。"),
                           word);
        else if (*word && refusal_is(word, strlen(word), NULL))
            conffile_warning(reader->conf, place,
                             lang("words: \"%.60s\" counts as a refusal anyway: it can be left "
                                  "out.",
                                  "words：“%.60s”本来就算拒收，可以不写。"),
                             word);
    }
}

/* A longer one would be counted and billed as one part and go out as several. */
static void office_check_answer(struct office_reader *reader, conf_setting group)
{
    const char *answer = reader->office->refusal_answer;
    struct sms_layout layout;
    int rc;

    if (!answer)
        return;
    rc = sms_text_layout(answer, strlen(answer), 1, &layout);
    if (rc == SMS_TEXT_TOO_LONG)
        conffile_error(reader->conf, conffile_member(group, "answer"), "%s",
                       lang("answer doesn't fit into one message: shorten it to 70 characters "
                            "(160 without Chinese).",
                            "answer 超过一条短信：请缩短到 70 字以内（纯英文 160 字符）。"));
    else if (rc)
        conffile_error(reader->conf, conffile_member(group, "answer"), "%s",
                       lang("answer contains control characters: remove them.",
                            "answer 含有控制字符：请删除。"));
}

void office_read_refusals(struct office_reader *reader, conf_setting root)
{
    struct conf_part part = {office_options_refusals, reader->office};
    conf_setting group = conffile_group(reader->conf, root, "refusals");

    if (!group)
        return;
    conffile_fill(reader->conf, group, &part, 1);
    office_check_words(reader, group);
    office_check_answer(reader, group);
}
