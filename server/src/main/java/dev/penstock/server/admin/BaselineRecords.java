package dev.penstock.server.admin;

import dev.penstock.server.store.BaselineChange;
import dev.penstock.server.store.StoredBaselines;
import java.util.function.Function;

/// The durable record of what is usual of models, as this server reaches it. Thread-safe. All but [#onChange]
/// block.
public interface BaselineRecords {
    /// Has it run after the record was read, which is so once it can be reached, and after whoever changed
    /// anything in it; perhaps without a change of baselines. On the thread that learned of it, which it must
    /// not hold up.
    void onChange(Runnable listener);

    /// @throws dev.penstock.core.ServingException if the record cannot be read now
    <T> T read(Function<StoredBaselines, T> reading);

    /// Changes a model's baselines, see [StoredBaselines#change].
    ///
    /// @param action and `detail`: what was asked for, for the audit log
    /// @throws dev.penstock.server.store.StoreException with `STALE` if somebody else was faster
    /// @throws dev.penstock.core.ServingException if the record cannot be written otherwise
    long change(String model, long revision, BaselineChange change, String who, String action, String detail);
}
