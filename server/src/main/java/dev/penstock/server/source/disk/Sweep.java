package dev.penstock.server.source.disk;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Which files go. Pure.
///
/// @param recorded the hashes that versions have
/// @param irreplaceable those that no source could give again
/// @param leased those that are in use
/// @param fresh those whose record may be on its way
/// @param maxBytes that all may have together
record Sweep(Set<String> recorded, Set<String> irreplaceable, Set<String> leased, Set<String> fresh, long maxBytes) {
    Sweep {
        recorded = Set.copyOf(recorded);
        irreplaceable = Set.copyOf(irreplaceable);
        leased = Set.copyOf(leased);
        fresh = Set.copyOf(fresh);
    }

    /// What no version has, then what was used longest ago until the rest is within the limit.
    List<Shelf.Entry> dropped(List<Shelf.Entry> entries) {
        List<Shelf.Entry> dropped = new ArrayList<>();
        List<Shelf.Entry> kept = new ArrayList<>();
        for (Shelf.Entry entry : entries) {
            String sha256 = entry.sha256();
            boolean wanted = recorded.contains(sha256) || leased.contains(sha256) || fresh.contains(sha256);
            (wanted ? kept : dropped).add(entry);
        }
        long bytes = kept.stream().mapToLong(Shelf.Entry::bytes).sum();
        kept.sort(Comparator.comparing(Shelf.Entry::used));
        for (Shelf.Entry entry : kept) {
            if (bytes > maxBytes && mayGo(entry.sha256())) {
                dropped.add(entry);
                bytes -= entry.bytes();
            }
        }
        return dropped;
    }

    private boolean mayGo(String sha256) {
        return recorded.contains(sha256) && !irreplaceable.contains(sha256) && !leased.contains(sha256);
    }
}
