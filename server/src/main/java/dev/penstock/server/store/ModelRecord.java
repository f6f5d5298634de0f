package dev.penstock.server.store;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// All that is recorded of one model. Immutable: a change is a new one.
///
/// @param revision grows with every change and is never used again; 0 if it is not in the store yet
/// @param policy which versions serve, as written: `latest N`, `all`, or `specific 1,2`
/// @param config its `config.pbtxt`, or ""
/// @param versions by number; none for a model that is only known for its aliases
/// @param aliases by name
public record ModelRecord(
        String name,
        long revision,
        String policy,
        String config,
        SortedMap<Long, VersionRecord> versions,
        SortedMap<String, AliasRecord> aliases) {
    public ModelRecord {
        versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
        aliases = Collections.unmodifiableSortedMap(new TreeMap<>(aliases));
    }
}
