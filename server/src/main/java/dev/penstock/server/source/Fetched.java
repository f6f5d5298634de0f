package dev.penstock.server.source;

import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.StoredFile;
import java.util.List;

/// What was fetched, all of it in the [ModelFiles].
///
/// @param files sorted by path
/// @param source the URI it really came from: of an alias in a registry, the version it stood for
/// @param lineage what the source knows of it
public record Fetched(List<StoredFile> files, String source, Lineage lineage) {
    public Fetched {
        files = List.copyOf(files);
    }
}
