/* verify_keys: who has signed the log, and is it who the auditor knows? See verify.h.
 * Runs: any. */
#include <stdlib.h>
#include <string.h>

#include "gateway/base/json.h"
#include "gateway/base/lang.h"
#include "gateway/base/note.h"
#include "gateway/base/mem.h"
#include "gateway/audit/verify_inside.h"

/* ---- keys, one after the other ---- */

/* The next key is told with a signature by the one before, or said to come after a lost one. */
static bool verify_is_handed_on(const struct verify_ring *ring, const char *public,
                                const char *note)
{
    const struct verify_ring_key *before = &ring->keys[ring->n - 1];
    size_t length = strlen(note), body = note_body(note, length);

    return before->readable && body == strlen(public) + 1 && memcmp(note, public, body - 1) == 0 &&
           note_verify(note, length, &before->public, NULL) == NOTE_GOOD;
}

static void verify_add_key(struct verify_ring *ring, const struct replay_fact *fact,
                           struct verify_result *result)
{
    struct jv *object = jv_parse(fact->text, strlen(fact->text), NULL);
    const char *public = jv_text(jv_at(object, "/public"));
    const char *note = jv_text(jv_at(object, "/note"));
    struct verify_ring_key *key = &ring->keys[ring->n];
    BUFFER_FREE_LATER struct buffer lost = BUFFER_NULL;

    if (jv_at(object, "/lost"))
        jv_scalar(jv_at(object, "/lost"), &lost);
    key->line = fact->line;
    key->readable = public && sign_public_parse(public, &key->public) == 0;
    if (!key->readable)
        findings_add(&result->findings, FINDING_KEY, fact->line,
                     lang("Record %lld tells of a public key that is none.",
                          "第 %lld 条记录所说的公钥无法识别。"),
                     (long long)fact->line);
    else if (ring->n && strcmp(buffer_text(&lost), "true") == 0) {
        key->lost = true;
        result->lost_keys++;
    } else if (ring->n && !verify_is_handed_on(ring, public, note ? note : ""))
        findings_add(&result->findings, FINDING_KEY, fact->line,
                     lang("Record %lld tells of another key, which the one before has not signed.",
                          "第 %lld 条记录更换了密钥，但没有原密钥的签名。"),
                     (long long)fact->line);
    ring->n++;
    jv_free(object);
}

void verify_ring_read(struct verify_ring *ring, const struct replay_figures *figures,
                      struct verify_result *result)
{
    const struct replay_facts *told = &figures->facts[FACT_KEY];

    ring->keys = mem_array(told->n + 1, struct verify_ring_key);
    for (size_t i = 0; i < told->n; i++)
        verify_add_key(ring, &told->items[i], result);
    result->keys = (int64_t)ring->n;
    if (!ring->n && figures->records)
        findings_add(&result->findings, FINDING_KEY, 0, "%s",
                     lang("No record tells by which key the log is signed.",
                          "没有记录说明账本由哪个密钥签名。"));
}

const struct sign_public *verify_key_at(const struct verify_ring *ring, int64_t size)
{
    const struct sign_public *found = NULL;

    for (size_t i = 0; i < ring->n && ring->keys[i].line <= size; i++)
        found = ring->keys[i].readable ? &ring->keys[i].public : NULL;
    return found;
}

/* ---- the keys that the auditor knows ---- */

static bool verify_same_key(const struct sign_public *a, const struct sign_public *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0 && strcmp(a->name, b->name) == 0;
}

static bool verify_is_known(const struct verify_options *options, const struct sign_public *key)
{
    for (size_t i = 0; i < options->n_keys; i++)
        if (options->keys[i].type == SIGN_LOG && verify_same_key(&options->keys[i], key))
            return true;
    return false;
}

/* Being named in a record is nothing: anybody can write that. */
static bool verify_has_signed(const struct verify_checkpoints *checkpoints,
                              const struct verify_options *options)
{
    for (size_t i = 0; i < checkpoints->n; i++)
        if (checkpoints->items[i].by && verify_is_known(options, checkpoints->items[i].by))
            return true;
    return false;
}

/* Who has no key of the log can claim that it was lost. */
static void verify_handovers(const struct verify_ring *ring, const struct verify_options *options,
                             struct findings *findings)
{
    const struct verify_ring_key *claim = NULL;
    bool known = false;

    for (size_t i = 0; i < ring->n; i++) {
        const struct verify_ring_key *key = &ring->keys[i];

        if (key->readable && verify_is_known(options, &key->public)) {
            known = true;
            claim = NULL;
        } else if (known && key->lost && !claim) {
            claim = key;
        }
    }
    if (claim)
        findings_add(findings, FINDING_KEY, claim->line,
                     lang("Record %lld claims that the key which you know was lost, and names "
                          "another. Ask the office: if that is true, it tells you its new key, "
                          "for --key as well; if not, what follows is forged.",
                          "第 %lld 条记录称您所知的密钥已丢失，并另立新密钥。请向该单位核实："
                          "如属实，请一并用 --key 指定其告知的新公钥；如不属实，其后均系伪造。"),
                     (long long)claim->line);
}

static void verify_log_keys(const struct verify_checkpoints *checkpoints,
                            const struct verify_ring *ring, const struct verify_options *options,
                            struct findings *findings)
{
    const struct sign_public *first = NULL;
    char text[SIGN_TEXT_MOST];

    for (size_t i = options->n_keys; i-- > 0;)
        if (options->keys[i].type == SIGN_LOG)
            first = &options->keys[i];
    if (!first)
        return;
    if (verify_has_signed(checkpoints, options)) {
        verify_handovers(ring, options, findings);
        return;
    }
    sign_public_text(first, text);
    findings_add(findings, FINDING_KEY, 0,
                 lang("No checkpoint of the log is signed by a key that you know (%s).",
                      "账本中没有任何检查点由您所知的密钥签名（%s）。"),
                 text);
}

/* ---- other offices ---- */

/* An office signs some checkpoints, but what bears its name must be its own. */
static void verify_witness(const struct verify_checkpoints *checkpoints,
                           const struct sign_public *key, struct findings *findings)
{
    size_t good = 0, forged = 0;

    for (size_t i = 0; i < checkpoints->n; i++) {
        const struct verify_checkpoint *item = &checkpoints->items[i];
        enum note_verdict verdict = note_verify(item->note, strlen(item->note), key, NULL);

        good += verdict == NOTE_GOOD;
        if (verdict == NOTE_FORGED && !forged++)
            findings_add(findings, FINDING_CHECKPOINT, item->size,
                         lang("The line of %s under the checkpoint at %lld records is forged or "
                              "was altered.",
                              "%s 在第 %lld 条记录处检查点上的会签系伪造或被改动。"),
                         key->name, (long long)item->size);
    }
    if (!good && !forged)
        findings_add(findings, FINDING_KEY, 0,
                     lang("%s has co-signed no checkpoint of this log with that key.",
                          "%s 没有用该密钥会签过本账本的任何检查点。"),
                     key->name);
}

static bool verify_is_checked(const struct note_signer *signer,
                              const struct verify_options *options)
{
    for (size_t i = 0; i < options->n_keys; i++)
        if (options->keys[i].type == SIGN_WITNESS &&
            strcmp(signer->name, options->keys[i].name) == 0 &&
            memcmp(signer->id, options->keys[i].id, sizeof signer->id) == 0)
            return true;
    return false;
}

/* Lines of the log's own checkpoints that nobody has looked at. */
static int64_t verify_unchecked(const struct verify_checkpoint *item,
                                const struct verify_options *options)
{
    struct note_signer signers[NOTE_SIGNATURES];
    size_t n = item->by && !item->file ? note_signers(item->note, strlen(item->note), signers) : 0;
    int64_t unchecked = 0;

    for (size_t i = 0; i < n; i++)
        unchecked += !verify_is_checked(&signers[i], options) &&
                     (strcmp(signers[i].name, item->by->name) != 0 ||
                      memcmp(signers[i].id, item->by->id, sizeof signers[i].id) != 0);
    return unchecked;
}

void verify_trusted(const struct verify_checkpoints *checkpoints, const struct verify_ring *ring,
                    const struct verify_options *options, struct verify_result *result)
{
    verify_log_keys(checkpoints, ring, options, &result->findings);
    for (size_t i = 0; i < options->n_keys; i++)
        if (options->keys[i].type == SIGN_WITNESS)
            verify_witness(checkpoints, &options->keys[i], &result->findings);
    for (size_t i = 0; i < checkpoints->n; i++)
        result->unchecked_lines += verify_unchecked(&checkpoints->items[i], options);
}

/* ---- the list of keys beside the records ---- */

struct verify_key_walk {
    const struct replay_facts *told;
    size_t at;
    bool wrong;
};

static int verify_take_key(void *ctx, const struct books_key *key)
{
    struct verify_key_walk *walk = ctx;
    struct jv *object = NULL;
    const char *public;

    if (walk->at < walk->told->n)
        object = jv_parse(walk->told->items[walk->at].text,
                          strlen(walk->told->items[walk->at].text), NULL);
    public = jv_text(jv_at(object, "/public"));
    walk->wrong = walk->wrong || !public || strcmp(public, key->public) != 0 ||
                  (key->line && key->line != walk->told->items[walk->at].line);
    walk->at++;
    jv_free(object);
    return 0;
}

int verify_keys(const struct source *source, const struct replay_figures *figures,
                struct verify_result *result)
{
    struct verify_key_walk walk = {.told = &figures->facts[FACT_KEY]};
    int rc = source->keys(source->from, verify_take_key, &walk);

    if (rc == 0 && (walk.wrong || walk.at != walk.told->n))
        findings_add(
            &result->findings, FINDING_KEY, 0, "%s",
            lang("The list of public keys isn't what the records tell.", "公钥列表与记录不符。"));
    return rc;
}
