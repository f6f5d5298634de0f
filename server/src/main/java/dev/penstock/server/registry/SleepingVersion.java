package dev.penstock.server.registry;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import dev.penstock.router.waiting.OnDemandVersion;
import dev.penstock.server.admin.ModelLookup;
import dev.penstock.server.memory.BackOff;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A version that is not in memory, and all it takes to bring it there. Thread-safe.
final class SleepingVersion implements OnDemandVersion {
    private final ModelKey key;
    private final ModelFolder folder;
    private final ModelSettings settings;
    private final @Nullable Signature signature;
    private final OnDemandVersions owner;

    private final AtomicBoolean asked = new AtomicBoolean();

    /// Written on the loader thread; null until a load failed.
    private volatile @Nullable Failure failure;

    private record Failure(int count, long untilNanos, String reason) {}

    /// @param signature what callers must send; null if that is not known, as it was never in memory
    SleepingVersion(
            long number,
            ModelFolder folder,
            ModelSettings settings,
            @Nullable Signature signature,
            OnDemandVersions owner) {
        this.key = new ModelKey(folder.name(), number);
        this.folder = folder;
        this.settings = settings;
        this.signature = signature;
        this.owner = owner;
    }

    @Override
    public ModelKey key() {
        return key;
    }

    ModelFolder folder() {
        return folder;
    }

    ModelSettings settings() {
        return settings;
    }

    /// @throws ServingException if it was never in memory: it is brought there, and who asks again is told
    @Override
    public Signature signature() {
        if (signature == null) {
            ServingException refusal = owner.refusal(this);
            if (refusal != null) {
                throw refusal;
            }
            wake();
            throw ModelLookup.notReady(key.name(), key.version());
        }
        return signature;
    }

    boolean isSignatureKnown() {
        return signature != null;
    }

    @Override
    @MustBeClosed
    @SuppressWarnings("MustBeClosedChecker") // there is none
    public @Nullable Lease tryLease() {
        return null;
    }

    @Override
    public void wake(Asker asker) {
        owner.wake(this, asker);
    }

    /// Has it brought into memory for nobody in particular, unless that was asked already. Does not wait.
    void wake() {
        if (asked.compareAndSet(false, true)) {
            wake(failure -> asked.set(false));
        }
    }

    /// It could not be loaded: it is left alone for a while.
    ///
    /// @return what is told to who asks for it until then
    ServingException failed(String reason, long nowNanos) {
        Failure before = failure;
        int count = before == null ? 1 : before.count() + 1;
        Failure now = new Failure(count, nowNanos + BackOff.afterNanos(count), reason);
        failure = now;
        return refusal(now, nowNanos);
    }

    /// There is no room for it, and nobody leaves who could: that says nothing of the version.
    ServingException noRoom(String reason) {
        return new ServingException(
                ErrorCode.OVERLOADED,
                "model '%s' version %d cannot be loaded: %s".formatted(key.name(), key.version(), reason));
    }

    /// @return why it is not to be loaded now, or null
    @Nullable
    ServingException refusal(long nowNanos) {
        Failure last = failure;
        return last == null || last.untilNanos() - nowNanos <= 0 ? null : refusal(last, nowNanos);
    }

    private ServingException refusal(Failure last, long nowNanos) {
        long seconds = TimeUnit.NANOSECONDS.toSeconds(last.untilNanos() - nowNanos + 999_999_999);
        return new ServingException(
                ErrorCode.NOT_READY,
                "model '%s' version %d cannot be loaded: %s; it is tried again in %d s"
                        .formatted(key.name(), key.version(), last.reason(), seconds));
    }
}
