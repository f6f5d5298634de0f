package dev.penstock.server.admin;

import dev.penstock.server.store.CountStore;
import java.util.function.Consumer;
import java.util.function.Function;

/// The record of what servers count, as this server reaches it. Thread-safe; blocks.
public interface CountRecords {
    /// @throws dev.penstock.core.ServingException if the record cannot be read now
    <T> T read(Function<CountStore, T> reading);

    /// @throws dev.penstock.core.ServingException if the record cannot be written now
    void write(Consumer<CountStore> writing);
}
