/* verify_inside: what the files of verify share; nobody else includes it.
 * Runs: any. */
#ifndef LAWCAST_AUDIT_VERIFY_INSIDE_H
#define LAWCAST_AUDIT_VERIFY_INSIDE_H

#include "gateway/ledger/db.h"
#include "gateway/audit/known.h"
#include "gateway/audit/retell.h"
#include "gateway/audit/verify.h"

/* The checkpoints of a log and those that were handed out, by size. */
struct verify_checkpoint {
    int64_t size; /* that the row or the note says */
    char *note;
    const char *file;              /* that it was read from; NULL: it is the log's own */
    char digits[KNOWN_DIGITS + 1]; /* unless "": the root's first, and note is only a line */
    struct merkle_hash root;       /* of our tree at that size */
    int64_t at_ms;                 /* of the last record that it covers */
    int64_t kept_ms;               /* the same as the row has it */
    const struct sign_public *by;  /* its signature is good; NULL: it isn't */
    bool reached;                  /* root and at_ms are set */
    bool kept;                     /* a file of the books' own */
    bool doubtful;                 /* a record up to there is wrong already */
};
struct verify_checkpoints {
    struct verify_checkpoint *items;
    size_t n, room;
    bool dated; /* the log's own have a time */
};
/* Adds one that was handed out. kept: by the books' own program, so they must have it. */
void verify_checkpoints_know(struct verify_checkpoints *list, const char *file, bool kept,
                             struct findings *findings);
/* Adds the log's own, and puts all of them in order. 0 or -errno. */
int verify_checkpoints_read(struct verify_checkpoints *list, const struct source *source,
                            struct verify_result *result);
/* Signatures, roots and keys. */
void verify_checkpoints_judge(struct verify_checkpoints *checkpoints,
                              const struct replay_figures *figures,
                              const struct verify_options *options, struct verify_result *result);
void verify_checkpoints_free(struct verify_checkpoints *checkpoints);

/* The keys in their order, as the records tell of them. */
struct verify_ring {
    struct verify_ring_key {
        int64_t line;
        bool readable, lost; /* lost: the one before was */
        struct sign_public public;
    } * keys;
    size_t n;
};
void verify_ring_read(struct verify_ring *ring, const struct replay_figures *figures,
                      struct verify_result *result);
/* By which a log of this size is signed; NULL: by none. */
const struct sign_public *verify_key_at(const struct verify_ring *ring, int64_t size);
/* Whether those have signed whom the auditor knows; other offices, too. */
void verify_trusted(const struct verify_checkpoints *checkpoints, const struct verify_ring *ring,
                    const struct verify_options *options, struct verify_result *result);
/* The public keys that stand beside the records. 0 or -errno. */
int verify_keys(const struct source *source, const struct replay_figures *figures,
                struct verify_result *result);

/* The log itself: tree, checkpoints, keys, rules. The replay is played to its end. 0 or -errno. */
int verify_log(const struct source *source, const struct verify_options *options,
               struct verify_checkpoints *checkpoints, struct replay *replay,
               struct verify_result *result);

/* The tables, as another connection reads them, against what the records tell. */
struct verify_tables {
    struct db *db;
    struct books *books; /* at the same moment */
    const char *path;    /* of the books */
    struct replay *replay;
    const struct replay_figures *figures;
    struct findings *findings;
    struct record_key key; /* the books' own */
};
/* Tables, indexes and triggers as such; texts that hide something. 0 or -errno. */
int verify_schema(const struct verify_tables *tables);
/* Units, boards, refusals and whatever else has a fact. 0 or -errno. */
int verify_facts(const struct verify_tables *tables);
/* Deliveries, counts, sums, showings and their pictures. 0 or -errno. */
int verify_deliveries(const struct verify_tables *tables);
int verify_counts(const struct verify_tables *tables);
int verify_evidence(const struct verify_tables *tables);
/* The sums that the books keep, and those that the records make. */
int verify_sums(const struct verify_tables *tables, struct summary *made);
/* Every figure of every report, unless something is wrong already. 0 or -errno. */
int verify_statements(const struct verify_tables *tables, struct retell *retell);
/* The same of the reports that come with a log. 0 or -errno. */
int verify_source_reports(const struct source *source, const struct replay_figures *figures,
                          struct findings *findings);
/* One report as JSON. */
void verify_report(const struct retell *retell, const char *campaign, const struct jv *printed,
                   struct findings *findings);

#endif
