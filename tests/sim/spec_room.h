/* spec_room: how groups of keys are read, shared by spec.c and spec_modem.c.
 * Runs: any. */
#ifndef LAWCAST_TESTS_SIM_SPEC_ROOM_H
#define LAWCAST_TESTS_SIM_SPEC_ROOM_H

#include "gateway/base/json.h"
#include "tests/sim/spec.h"

enum spec_type {
    SPEC_INT,
    SPEC_BOOL,
    SPEC_STRING,
    SPEC_FAULTS,
    SPEC_MODEMS,
    SPEC_BOARDS,
    SPEC_TEXTS, /* an object of strings: struct jv * */
    SPEC_RULE
};

struct spec_key {
    const char *name;
    enum spec_type type;
    size_t offset; /* in the struct that the group fills */
    int64_t most;  /* INT: the largest value */
};

struct spec_reader {
    struct sim_spec *spec;
    struct diag *diag;
    const char *file; /* NULL: the command line */
};

/* "KEY must be WANTED". */
void spec_complain(const struct spec_reader *reader, const char *key, const char *wanted);
/* Reads an object; keys end with one without a name. */
void spec_read_group(struct spec_reader *reader, const struct jv *group,
                     const struct spec_key *keys, void *filled);

/* spec_modem */
void spec_read_modems(struct spec_reader *reader, const struct jv *list);
/* What can be said when all is read. */
void spec_check_modems(const struct spec_reader *reader);
void spec_free_modems(struct sim_spec *spec);

#endif
