package dev.penstock.server.registry;

import dev.penstock.core.ServingException;
import dev.penstock.server.source.ModelFiles.Needs;
import dev.penstock.server.store.ModelRecord;
import dev.penstock.server.store.ModelStore;
import dev.penstock.server.store.Recorded;
import dev.penstock.server.store.StoredFile;
import dev.penstock.server.store.VersionRecord;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Which files the record needs, as it is when it is asked for. Thread-safe; blocks.
final class FileNeeds implements Supplier<Optional<Needs>> {
    private final RecordKeeper keeper;
    private final KnownRecords known;

    FileNeeds(RecordKeeper keeper, KnownRecords known) {
        this.keeper = keeper;
        this.known = known;
    }

    @Override
    public Optional<Needs> get() {
        try {
            Recorded recorded = keeper.read(ModelStore::recorded);
            return recorded.revision() == 0 ? withoutHistory() : Optional.of(of(recorded.models()));
        } catch (ServingException e) {
            // Nobody knows now, so nothing may go.
            return Optional.empty();
        }
    }

    /// It may be a new one in the place of one that is lost, and still to be restored: what this server knows
    /// of that one is needed, and what it found, perhaps.
    private Optional<Needs> withoutHistory() {
        return known.seen().revision() == 0 ? Optional.of(Needs.NOTHING_RECORDED) : Optional.empty();
    }

    static Needs of(List<ModelRecord> recorded) {
        Set<String> hashes = new HashSet<>();
        Set<String> irreplaceable = new HashSet<>();
        for (ModelRecord model : recorded) {
            for (VersionRecord version : model.versions().values()) {
                boolean replaceable = FileDelivery.canBeFetched(version);
                for (StoredFile file : version.files()) {
                    hashes.add(file.sha256());
                    if (!replaceable) {
                        irreplaceable.add(file.sha256());
                    }
                }
            }
        }
        return new Needs(hashes, irreplaceable);
    }
}
