/* statement_groups: units with all that are below them. See statement.h.
 * Runs: any (pure).
 *
 * Books may be bent: whatever they say of who is above whom, this ends, and a unit that is below
 * itself or below nobody is named and belongs to no group. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/base/lang.h"
#include "gateway/base/mem.h"
#include "gateway/report/statement_inside.h"

#define GROUP_NONE SIZE_MAX

struct group_branch {
    size_t above;                 /* place in the tree; GROUP_NONE: nobody */
    size_t unit;                  /* place in statement.units; GROUP_NONE: no messages */
    struct statement_group group; /* of it and all below */
};

struct group_tree {
    struct statement *statement;
    const struct statement_source *source;
    struct group_branch *branches; /* as many as source->n_tree */
};

static size_t group_find_number(const struct group_tree *tree, int64_t number)
{
    for (size_t i = 0; i < tree->source->n_tree; i++)
        if (tree->source->tree[i].number == number)
            return i;
    return GROUP_NONE;
}

static size_t group_find_unit(const struct group_tree *tree, const char *id)
{
    for (size_t i = 0; i < tree->statement->n_units; i++)
        if (strcmp(tree->statement->units[i].id, id) == 0)
            return i;
    return GROUP_NONE;
}

static void group_stray(const struct group_tree *tree, size_t at)
{
    snprintf(tree->statement->stray, sizeof tree->statement->stray, "%s",
             tree->source->tree[at].id);
}

static void group_begin(struct group_tree *tree)
{
    tree->branches = mem_array(tree->source->n_tree + 1, struct group_branch);
    for (size_t i = 0; i < tree->source->n_tree; i++) {
        const struct books_branch *from = &tree->source->tree[i];
        struct group_branch *branch = &tree->branches[i];

        branch->above = from->parent ? group_find_number(tree, from->parent) : GROUP_NONE;
        branch->unit = group_find_unit(tree, from->id);
        if (from->parent && branch->above == GROUP_NONE)
            group_stray(tree, i);
    }
}

/* Does the way up end? */
static bool group_is_rooted(const struct group_tree *tree, size_t at)
{
    size_t steps = tree->source->n_tree;

    for (; at != GROUP_NONE && steps; steps--)
        at = tree->branches[at].above;
    return at == GROUP_NONE;
}

static void group_add(struct group_tree *tree, size_t at, size_t unit)
{
    struct statement_group *group = &tree->branches[at].group;

    group->units = mem_grow(group->units, group->n_units + 1, sizeof *group->units);
    group->units[group->n_units++] = unit;
    statement_add_unit(&group->sum, &tree->statement->units[unit]);
    group->below += tree->branches[at].unit != unit;
}

/* Each unit into the sums of all that are above it, and its own. */
static void group_sum(struct group_tree *tree)
{
    for (size_t i = 0; i < tree->source->n_tree; i++) {
        if (!group_is_rooted(tree, i)) {
            group_stray(tree, i);
            continue;
        }
        if (tree->branches[i].unit == GROUP_NONE)
            continue;
        for (size_t at = i; at != GROUP_NONE; at = tree->branches[at].above)
            group_add(tree, at, tree->branches[i].unit);
    }
}

/* The group goes from the tree into the statement. */
static void group_take(struct group_tree *tree, size_t at)
{
    struct statement *statement = tree->statement;
    const struct books_branch *from = &tree->source->tree[at];
    struct statement_group *group = &statement->groups[statement->n_groups++];

    *group = tree->branches[at].group;
    tree->branches[at].group.units = NULL;
    snprintf(group->sum.id, sizeof group->sum.id, "%s", from->id);
    statement_put(group->sum.name, sizeof group->sum.name, from->name);
}

/* Places of those below at (GROUP_NONE: of those below nobody) onto the stack, the first on top. */
static size_t group_push(const struct group_tree *tree, size_t at, size_t *stack, size_t n)
{
    for (size_t i = tree->source->n_tree; i-- > 0;)
        if (tree->branches[i].above == at)
            stack[n++] = i;
    return n;
}

/* Each behind the one above it, with all of its own behind it. */
static void group_take_all(struct group_tree *tree)
{
    MEM_FREE_LATER size_t *stack = mem_array(tree->source->n_tree + 1, size_t);
    size_t n = group_push(tree, GROUP_NONE, stack, 0);

    tree->statement->groups = mem_array(tree->source->n_tree + 1, struct statement_group);
    while (n) {
        size_t at = stack[--n];

        n = group_push(tree, at, stack, n);
        if (tree->branches[at].group.below)
            group_take(tree, at);
    }
}

void statement_build_groups(struct statement *statement, const struct statement_source *source)
{
    struct group_tree tree = {.statement = statement, .source = source};

    group_begin(&tree);
    group_sum(&tree);
    group_take_all(&tree);
    for (size_t i = 0; i < source->n_tree; i++)
        free(tree.branches[i].group.units);
    free(tree.branches);
}

void statement_release_groups(struct statement *statement)
{
    for (size_t i = 0; i < statement->n_groups; i++)
        free(statement->groups[i].units);
    free(statement->groups);
}

void statement_group_label(const struct statement_group *group, struct buffer *label)
{
    const char *name = group->sum.name[0] ? group->sum.name : group->sum.id;

    buffer_clear(label);
    buffer_printf(label, lang("%s and %zu below it", "%s及下属 %zu 个单位"), name, group->below);
}
