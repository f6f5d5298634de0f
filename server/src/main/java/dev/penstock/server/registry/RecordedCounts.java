package dev.penstock.server.registry;

import dev.penstock.server.admin.CountRecords;
import dev.penstock.server.store.CountStore;
import java.util.function.Consumer;
import java.util.function.Function;

/// What servers count, in the durable record. Thread-safe.
record RecordedCounts(RecordKeeper keeper) implements CountRecords {
    @Override
    public <T> T read(Function<CountStore, T> reading) {
        return keeper.read(store -> reading.apply(store.counts()));
    }

    @Override
    public void write(Consumer<CountStore> writing) {
        boolean _ = keeper.read(store -> {
            writing.accept(store.counts());
            return true;
        });
    }
}
