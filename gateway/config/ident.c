/* ident: ids in configuration files. See ident.h.
 * Runs: loop. */
#include "gateway/config/ident.h"

#include <string.h>

#include "gateway/base/lang.h"

bool ident_check(const struct conffile *conf, conf_setting group, const char *id, size_t max)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
    size_t length = id ? strlen(id) : 0;

    if (!id)
        return false;
    if (length >= 1 && length <= max && strspn(id, allowed) == length)
        return true;
    conffile_error(conf, conffile_member(group, "id"),
                   lang("The id \"%.80s\" must be 1 to %zu letters, digits, - or _.",
                        "代号 \"%.80s\" 应为 1 到 %zu 个字母、数字、- 或 _。"),
                   id, max);
    return false;
}

void ident_unknown(const struct conffile *conf, conf_setting place, const struct idmap *map,
                   const char *id)
{
    const char *nearest = idmap_nearest(map, id);

    if (nearest)
        conffile_error(
            conf, place,
            lang("There is no \"%.80s\" in the office's configuration. Did you mean \"%s\"?",
                 "办公室配置里没有 \"%.80s\"。是不是 \"%s\"？"),
            id, nearest);
    else
        conffile_error(
            conf, place,
            lang("There is no \"%.80s\" in the office's configuration: correct the name or "
                 "add it there.",
                 "办公室配置里没有 \"%.80s\"：请改正，或在配置里添加。"),
            id);
}
