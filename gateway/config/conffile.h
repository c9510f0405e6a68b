/* conffile: a configuration file, its settings read by option tables.
 * Runs: loop. Library: libconfig (conffile.c and conffill.c only).
 *
 * Findings go to the diag given at opening, each with its file and line; readers go on after an
 * error, so that all are told at once. Settings and strings are lent until conffile_close. */
#ifndef LAWCAST_CONFIG_CONFFILE_H
#define LAWCAST_CONFIG_CONFFILE_H

#include "gateway/base/diag.h"
#include "gateway/base/option.h"
#include "gateway/config/conftext.h"

struct conffile;         /* opaque */
struct config_setting_t; /* libconfig's; only handed through */
typedef const struct config_setting_t *conf_setting;

/* A table and the struct that it fills. */
struct conf_part {
    const struct option_def *options;
    void *filled;
};

/* 0, or 1 with errors in diag: then *out is NULL. */
int conffile_open(const char *path, struct diag *diag, struct conffile **out);
void conffile_close(struct conffile *conf); /* NULL is fine */
const char *conffile_path(const struct conffile *conf);
/* What the file says, includes in place. */
const char *conffile_source(const struct conffile *conf);
struct diag *conffile_diag(const struct conffile *conf);
conf_setting conffile_root(const struct conffile *conf);

/* NULL: the file as a whole. */
struct conf_place conffile_place(const struct conffile *conf, conf_setting setting);
int conffile_main_line(const struct conffile *conf, conf_setting setting);
#define conffile_error(conf, setting, ...)                                                         \
    diag_error(conffile_diag(conf), conffile_place((conf), (setting)).file,                        \
               conffile_place((conf), (setting)).line, __VA_ARGS__)
#define conffile_warning(conf, setting, ...)                                                       \
    diag_warning(conffile_diag(conf), conffile_place((conf), (setting)).file,                      \
                 conffile_place((conf), (setting)).line, __VA_ARGS__)

/* A setting is a password: warns, once a file, when others may read the file that it stands in. */
void conffile_has_secret(const struct conffile *conf, conf_setting setting);

/* A member, or NULL; group may be NULL. */
conf_setting conffile_member(conf_setting group, const char *name);
/* The member if it is a group; NULL when it is missing, or with an error when it is anything else.
 */
conf_setting conffile_group(const struct conffile *conf, conf_setting parent, const char *name);
/* Same for a list of groups, whose number goes to *n (0 with NULL). */
conf_setting conffile_list(const struct conffile *conf, conf_setting parent, const char *name,
                           size_t *n);
/* Group i of such a list. */
conf_setting conffile_element(conf_setting list, size_t i);
/* Element i of a member that OPTION_STRINGS has read: for its place. */
conf_setting conffile_item(conf_setting group, const char *name, size_t i);
/* The text of a string member; NULL when it is missing or not a string. */
const char *conffile_peek(conf_setting group, const char *name);

/* Fills the structs of n parts from one group (NULL: an empty one): unknown names, wrong types,
 * ranges, missing options are errors. Fields in error keep their preset, or are zero. Release with
 * option_release. */
void conffile_fill(const struct conffile *conf, conf_setting group, const struct conf_part *parts,
                   size_t n);

/* Frees what an OPTION_STRINGS has read. */
void conffile_release(struct option_strings *strings);

#endif
