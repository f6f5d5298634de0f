package dev.penstock.server.registry;

import com.google.errorprone.annotations.CheckReturnValue;
import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import dev.penstock.server.memory.Holding.Hold;
import dev.penstock.server.memory.MemoryLedger;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A loaded model that stays loaded while the registry or anyone with a lease holds it. Thread-safe.
final class LoadedVersion implements VersionHandle, MemoryLedger.Use {
    private static final System.Logger LOG = System.getLogger(LoadedVersion.class.getName());

    /// Instead of the number of holds, while it is claimed.
    private static final int CLAIMED = -1;

    private final LoadedModel model;
    private final Signature signature;
    private final Executor closer;
    private final Runnable afterwards;

    /// Null unless it is loaded on demand.
    private final @Nullable VersionUse use;

    /// One hold for the registry and one per open lease. Zero is final: the model is being closed.
    private final AtomicInteger holds = new AtomicInteger(1);

    private final AtomicBoolean retired = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /// @param signature what callers must send
    /// @param closer closes the model when the last hold is given back; serving threads have no time for it
    LoadedVersion(LoadedModel model, Signature signature, Executor closer) {
        this(model, signature, closer, () -> {}, null);
    }

    /// @param afterwards runs once the model is closed, before that is told
    /// @param use told of its use; null if nobody asks
    LoadedVersion(
            LoadedModel model, Signature signature, Executor closer, Runnable afterwards, @Nullable VersionUse use) {
        this.model = model;
        this.signature = signature;
        this.closer = closer;
        this.afterwards = afterwards;
        this.use = use;
    }

    @Override
    public ModelKey key() {
        return model.key();
    }

    @Override
    public Signature signature() {
        return signature;
    }

    /// How it is run, in words. Any thread may ask, and may be late.
    List<String> remarks() {
        return model.remarks();
    }

    @Override
    @MustBeClosed
    public VersionHandle.@Nullable Lease tryLease() {
        int held = holds.get();
        while (held > 0) {
            int witness = holds.compareAndExchange(held, held + 1);
            if (witness == held) {
                if (use != null) {
                    use.used();
                }
                return new OpenLease(this);
            }
            held = witness;
        }
        return null;
    }

    /// Gives the registry's own hold back: the model is closed when the last lease is. Again it does nothing.
    void retire() {
        if (retired.compareAndSet(false, true)) {
            release();
        }
    }

    /// Done when the model's memory is free; completed on the closer's thread.
    CompletableFuture<Void> closed() {
        return closed;
    }

    private void release() {
        int left = holds.decrementAndGet();
        if (left == 0) {
            closer.execute(this::closeModel);
        } else if (left == 1 && use != null) {
            use.idle();
        }
    }

    /// Whether it was loaded because somebody asked for it.
    boolean isOnDemand() {
        return use != null;
    }

    /// It serves.
    ///
    /// @param pinned whether it stays, if it is on demand, whoever needs its room; may change
    void serves(boolean pinned) {
        if (use != null) {
            use.serves(pinned);
        }
    }

    @Override
    public Hold hold() {
        if (retired.get()) {
            return Hold.LEAVING;
        }
        if (use == null) {
            return Hold.RESIDENT;
        }
        return switch (use.stay()) {
            case PINNED -> Hold.RESIDENT;
            case HELD -> Hold.BUSY;
            case EVICTABLE -> holds.get() == 1 ? Hold.IDLE : Hold.BUSY;
        };
    }

    @Override
    public long lastUsedNanos() {
        return use == null ? 0 : use.lastUsedNanos();
    }

    @Override
    public int leases() {
        int registrys = retired.get() ? 0 : 1;
        return Math.max(0, holds.get() - registrys);
    }

    /// On the closer's thread, where also [#retire] must be called: keeps leases from being given, if none is
    /// held. [#letBack] or [#closeClaimed] must follow.
    ///
    /// @return false if it is in use, or on its way out
    @CheckReturnValue
    boolean tryClaim() {
        return !retired.get() && holds.compareAndSet(1, CLAIMED);
    }

    /// It stays after all.
    void letBack() {
        holds.set(1);
    }

    /// Frees its memory before this returns.
    void closeClaimed() {
        retired.set(true);
        holds.set(0);
        closeModel();
    }

    private void closeModel() {
        try {
            closeInOrder();
        } catch (RuntimeException e) {
            LOG.log(System.Logger.Level.ERROR, "closing " + key() + " failed", e);
        } finally {
            closed.complete(null);
        }
    }

    private void closeInOrder() {
        try {
            model.close();
        } finally {
            afterwards.run();
        }
    }

    private static final class OpenLease implements VersionHandle.Lease {
        private final LoadedVersion version;

        /// Closing twice must not give back somebody else's hold: a model closed in use ends the process.
        private final AtomicBoolean open = new AtomicBoolean(true);

        OpenLease(LoadedVersion version) {
            this.version = version;
        }

        @Override
        public LoadedModel model() {
            if (!open.get()) {
                throw new IllegalStateException("lease of " + version.key() + " is closed");
            }
            return version.model;
        }

        @Override
        public void close() {
            if (open.compareAndSet(true, false)) {
                version.release();
            }
        }
    }
}
