package dev.penstock.router.cache;

import dev.penstock.core.ModelKey;

/// What a version's cache did since the version was first loaded, and what it holds now.
///
/// @param hits requests answered from it
/// @param joined requests answered by the run of an identical one that was under way
/// @param misses requests that had the model run
/// @param evicted answers dropped for lack of room
/// @param expired answers dropped for their age
/// @param entries answers held, about
/// @param bytes what they take, keys and bookkeeping included
public record CacheUsage(
        ModelKey key, long hits, long joined, long misses, long evicted, long expired, long entries, long bytes) {}
