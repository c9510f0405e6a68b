/* replay_inside: what the files of replay share; nobody else includes it.
 * Runs: any. */
#ifndef LAWCAST_AUDIT_REPLAY_INSIDE_H
#define LAWCAST_AUDIT_REPLAY_INSIDE_H

#include "gateway/base/buffer.h"
#include "gateway/base/json.h"
#include "gateway/audit/replay.h"

/* What a stranger's log may hold stays within these, so that no sum of it leaves 64 bits. */
#define REPLAY_LAST_MS  INT64_C(253402300799999)        /* the end of the year 9999 */
#define REPLAY_MOST     (INT64_C(1) << 40)              /* a quota */
#define REPLAY_SHOWN_MS (INT64_C(7) * 24 * 3600 * 1000) /* one interval */

struct replay {
    struct replay_figures figures;
    struct findings *findings;
    struct buffer room; /* of the record that is being read */
    int32_t last_group;
    int32_t *group_slots; /* open addressing: place in groups, plus one; 0: free */
    size_t n_group_slots; /* a power of 2, more than twice the groups; or 0 */
    int64_t editing;      /* the campaign whose edit is being told; 0: none */
};

/* Is there such a unit, board, ...? Of upgraded books that is asked at the end only. */
bool replay_knows(const struct replay *replay, enum record_fact fact, int64_t key);
/* One fact: its members, its references, and where it is kept. */
void replay_take_fact(struct replay *replay, int64_t id, int64_t at_ms, enum record_fact fact,
                      const char *text);
void replay_free_facts(struct replay *replay);
/* The same of what people say, approve and edit: before it is kept. */
void replay_take_word(struct replay *replay, int64_t id, enum record_fact kind,
                      const struct jv *fact);

/* A new slogan: its place in showings. */
int32_t replay_add_showing(struct replay *replay, const struct record_entry *entry);
/* A proof of one, and the sum that its record tells (RECORD_NONE: none). */
void replay_take_proof(struct replay *replay, int64_t id, struct replay_showing *showing,
                       const struct record_change *change);
void replay_free_showings(struct replay *replay);

#endif
