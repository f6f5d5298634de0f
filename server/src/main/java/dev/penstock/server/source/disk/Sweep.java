package dev.penstock.server.source.disk;

import dev.penstock.server.source.ModelFiles;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/// Which files go. Pure.
///
/// @param brought what was not here before this process brought it
/// @param leased those that are in use
/// @param fresh those whose record may be on its way
record Sweep(ModelFiles.Needs needs, Set<String> brought, Set<String> leased, Set<String> fresh) {
    Sweep {
        brought = Set.copyOf(brought);
        leased = Set.copyOf(leased);
        fresh = Set.copyOf(fresh);
    }

    /// What no version has, then what was used longest ago until the rest is within the limit.
    ///
    /// @param onlyIfItSuffices whether nothing that a version has is to go if the limit cannot be kept
    List<Shelf.Entry> dropped(List<Shelf.Entry> entries, long maxBytes, boolean onlyIfItSuffices) {
        List<Shelf.Entry> dropped = new ArrayList<>();
        List<Shelf.Entry> kept = new ArrayList<>();
        for (Shelf.Entry entry : entries) {
            String sha256 = entry.sha256();
            boolean wanted = needs.recorded().contains(sha256) || isBusy(sha256) || isOthers(sha256);
            (wanted ? kept : dropped).add(entry);
        }
        if (onlyIfItSuffices && staying(kept) > maxBytes) {
            return dropped;
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

    private long staying(List<Shelf.Entry> entries) {
        return entries.stream()
                .filter(entry -> !mayGo(entry.sha256()))
                .mapToLong(Shelf.Entry::bytes)
                .sum();
    }

    private boolean isBusy(String sha256) {
        return leased.contains(sha256) || fresh.contains(sha256);
    }

    /// Whether nobody here knows whose it is.
    private boolean isOthers(String sha256) {
        return needs.foundStays() && !brought.contains(sha256);
    }

    private boolean mayGo(String sha256) {
        return !isBusy(sha256) && !isOthers(sha256) && !needs.irreplaceable().contains(sha256);
    }
}
