/* cluster: which files of a case belong together, and what ties which. Files (by SHA-256) that have
 * an entity in common are in one cluster, unless the entity is common:
 *
 *     it stands in common.def, or
 *     it is a certificate, key or serial, and every file that has it has a signer who stands there, or
 *     more than COMMON_LEAST files have it, and these are more than its kind's share of all files
 *     (model/entities.def).
 *
 * An entity of an artifact counts for the input that it belongs to. */
#ifndef COAX_LINK_CLUSTER_H
#define COAX_LINK_CLUSTER_H

#include "base/status.h"
#include "model/model.h"

enum { COMMON_LEAST = 20 };

typedef struct Cluster Cluster;

typedef struct {
    uint64_t input;
    const char *sha256, *name; /* of the input */
    EntityKind kind;
    const char *value;
} ClusterLink;

typedef struct {
    uint64_t input; /* the first that came */
    const char *sha256, *name;
    size_t others; /* inputs of the same digest */
    uint32_t group;
} ClusterFile;

typedef struct {
    EntityKind kind;
    const char *value;
    const uint32_t *files; /* indices, rising */
    size_t count;
    const char *common; /* why it ties nobody, or NULL */
} ClusterTie;

/* NULL where memory is short. */
Cluster *cluster_open(void);
void cluster_close(Cluster *c);

/* Copies. ST_BUDGET where there is no room for it. */
Status cluster_add(Cluster *c, const ClusterLink *l);

/* After the last link. Groups are numbered from 1, the largest first; a file that nothing ties has
 * group 0. */
Status cluster_solve(Cluster *c);

size_t cluster_files(const Cluster *c);
const ClusterFile *cluster_file(const Cluster *c, size_t i); /* in the order in which they came */
uint32_t cluster_groups(const Cluster *c);

/* What two files or more have: the ties, and what is common; by kind, then by number of files. */
size_t cluster_ties(const Cluster *c);
const ClusterTie *cluster_tie(const Cluster *c, size_t i);

#endif
