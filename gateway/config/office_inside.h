/* office_inside: what the files that read conf/lawcast.cfg share.
 * Runs: loop. Private to office_file, office_modems and office_refusals. */
#ifndef LAWCAST_CONFIG_OFFICE_INSIDE_H
#define LAWCAST_CONFIG_OFFICE_INSIDE_H

#include "gateway/config/conffile.h"
#include "gateway/config/idmap.h"
#include "gateway/model/office.h"

/* What one reading needs. Values of ids, devices and imsis are indexes into places. */
struct office_reader {
    const struct conffile *conf;
    const struct option_kind *kinds;
    struct office *office;
    struct idmap *units;   /* id -> index into office->units */
    struct idmap *groups;  /* id -> index into office->groups */
    struct idmap *ids;     /* of banks and boards: they share one name space */
    struct idmap *devices; /* paths */
    struct idmap *imsis;
    conf_setting *places;
    size_t n_places, places_room;
};

/* Enters text into a map; an error at place names the earlier place when it is there already. */
void office_enter(struct office_reader *reader, struct idmap *map, const char *text,
                  conf_setting place);

/* Each reads its part of the file into reader->office; limits before modems. */
void office_read_limits(struct office_reader *reader, conf_setting root);
void office_read_modems(struct office_reader *reader, conf_setting root);
void office_read_refusals(struct office_reader *reader, conf_setting root);

#endif
