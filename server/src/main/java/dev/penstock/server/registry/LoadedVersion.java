package dev.penstock.server.registry;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.Signature;
import dev.penstock.core.VersionHandle;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A loaded model that stays loaded while the registry or anyone with a lease holds it. Thread-safe.
final class LoadedVersion implements VersionHandle {
    private static final System.Logger LOG = System.getLogger(LoadedVersion.class.getName());

    private final LoadedModel model;
    private final Signature signature;
    private final Executor closer;
    private final Runnable afterwards;

    /// One hold for the registry and one per open lease. Zero is final: the model is being closed.
    private final AtomicInteger holds = new AtomicInteger(1);

    private final AtomicBoolean retired = new AtomicBoolean();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();

    /// @param signature what callers must send
    /// @param closer closes the model when the last hold is given back; serving threads have no time for it
    LoadedVersion(LoadedModel model, Signature signature, Executor closer) {
        this(model, signature, closer, () -> {});
    }

    /// @param afterwards runs once the model is closed, before that is told
    LoadedVersion(LoadedModel model, Signature signature, Executor closer, Runnable afterwards) {
        this.model = model;
        this.signature = signature;
        this.closer = closer;
        this.afterwards = afterwards;
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
        if (holds.decrementAndGet() == 0) {
            closer.execute(this::closeModel);
        }
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
