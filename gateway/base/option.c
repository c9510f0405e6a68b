/* option: an option of a configuration group as data. See option.h.
 * Runs: any (pure). */
#include "gateway/base/option.h"

#include <stdlib.h>
#include <string.h>

static void option_release_strings(struct option_strings *strings)
{
    for (size_t i = 0; i < strings->n; i++)
        free(strings->items[i]);
    free(strings->items);
    *strings = (struct option_strings){0};
}

void option_release(const struct option_def *options, void *filled)
{
    for (; options->name; options++) {
        void *field = (char *)filled + options->offset;

        if (options->type == OPTION_STRING) {
            char **text = field;

            if (options->secret && *text)
                explicit_bzero(*text, strlen(*text));
            free(*text);
            *text = NULL;
        } else if (options->type == OPTION_STRINGS) {
            option_release_strings(field);
        }
    }
}
