/* books_steer: see books_steer.h.
 * Runs: any (blocks). */
#include "gateway/ledger/books_steer.h"

#include <string.h>

#include "gateway/ledger/books_inside.h"

static void books_read_word(const struct db *db, struct books_word *word)
{
    *word = (struct books_word){
        .steer = {.scope = steer_scope_find(db_text(db, BOOKS_STEERED, 1)),
                  .verb = steer_verb_find(db_text(db, BOOKS_STEERED, 2)),
                  .value = db_int(db, BOOKS_STEERED, 5)},
        .by = db_text(db, BOOKS_STEERED, 6),
        .at_ms = db_int(db, BOOKS_STEERED, 0),
    };
    books_copy(word->steer.campaign, sizeof word->steer.campaign, db_text(db, BOOKS_STEERED, 3));
    books_copy(word->steer.name, sizeof word->steer.name, db_text(db, BOOKS_STEERED, 4));
}

int books_words(struct books *books, const char *campaign,
                int (*each)(void *ctx, const struct books_word *word), void *ctx)
{
    struct db *db = books->db;
    int rc;

    db_bind_text(db, BOOKS_STEERED, 1, campaign);
    while ((rc = db_row(db, BOOKS_STEERED)) > 0) {
        struct books_word word;
        int answer;

        books_read_word(db, &word);
        answer = each(ctx, &word);
        if (answer) {
            db_end(db, BOOKS_STEERED);
            return answer;
        }
    }
    return rc;
}

struct books_thing {
    enum steer_scope scope;
    const char *campaign, *name;
    struct books_stand *out;
};

static int books_take_word(void *ctx, const struct books_word *word)
{
    const struct books_thing *thing = ctx;
    const struct steer *steer = &word->steer;

    if (steer->scope != thing->scope || strcmp(steer->campaign, thing->campaign) != 0 ||
        strcmp(steer->name, thing->name) != 0 || !steer_is_possible(steer->scope, steer->verb) ||
        steer_apply(&thing->out->standing, steer))
        return 0;
    books_copy(thing->out->by, sizeof thing->out->by, word->by);
    thing->out->at_ms = word->at_ms;
    return 0;
}

int books_standing(struct books *books, enum steer_scope scope, const char *campaign,
                   const char *name, struct books_stand *out)
{
    struct books_thing thing = {scope, campaign, name, out};

    *out = (struct books_stand){0};
    return books_words(books, campaign, books_take_word, &thing);
}
