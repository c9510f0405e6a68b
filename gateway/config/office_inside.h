/* office_inside: what the files that read conf/lawcast.cfg share.
 * Runs: loop. Private to the files office_*.c. */
#ifndef LAWCAST_CONFIG_OFFICE_INSIDE_H
#define LAWCAST_CONFIG_OFFICE_INSIDE_H

#include "gateway/config/conffile.h"
#include "gateway/config/idmap.h"
#include "gateway/config/office_options.h"
#include "gateway/model/office.h"

/* A unit that names the one above it, which may stand further down. */
struct office_parent {
    conf_setting place;
    size_t unit;
};

/* What one reading needs. Values of ids, devices and imsis are indexes into places. */
struct office_reader {
    const struct conffile *conf;
    option_kinds *kinds;
    struct office *office;
    struct idmap *units;   /* id -> index into office->units */
    struct idmap *groups;  /* id -> index into office->groups */
    struct idmap *ids;     /* of banks and boards: they share one name space */
    struct idmap *devices; /* paths */
    struct idmap *imsis;
    struct idmap *tokens; /* of units -> index into office->units */
    conf_setting *places;
    size_t n_places, places_room;
    struct office_parent *parents;
    size_t n_parents;
};

/* Enters text into a map; an error at place names the earlier place when it is there already. */
void office_enter(struct office_reader *reader, struct idmap *map, const char *text,
                  conf_setting place);

/* A path in the file becomes one that can be opened; NULL stays NULL. */
void office_resolve(struct office_reader *reader, char **path);

/* Each reads its part of the file into reader->office; limits before modems. */
void office_read_limits(struct office_reader *reader, conf_setting root);
void office_read_modems(struct office_reader *reader, conf_setting root);
void office_read_refusals(struct office_reader *reader, conf_setting root);
void office_read_boards(struct office_reader *reader, conf_setting root);
void office_read_listen(struct office_reader *reader, conf_setting root);
void office_read_approval(struct office_reader *reader, conf_setting root);
void office_read_alarm(struct office_reader *reader, conf_setting root);
/* Quiet times and holidays; the time zone is set. */
void office_read_times(struct office_reader *reader, conf_setting group,
                       const struct office_general *read);
/* The unit that was read last names its parent (NULL: none); when all units are known, who that is.
 */
void office_enter_parent(struct office_reader *reader, conf_setting group, const char *parent);
void office_find_parents(struct office_reader *reader, conf_setting root);

#endif
