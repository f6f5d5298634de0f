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
import org.jspecify.annotations.Nullable;

/// A version that is not in memory, and all it takes to bring it there. Thread-safe.
final class SleepingVersion implements OnDemandVersion {
    private final ModelKey key;
    private final ModelFolder folder;
    private final ModelSettings settings;
    private final @Nullable Signature signature;
    private final OnDemandVersions owner;

    private final PassingAsker passing;

    /// Written on the loader thread; null until a load failed.
    private volatile @Nullable Failure failure;

    private volatile boolean stayed;

    /// Loader thread only: see [#lacksFiles] and [#order].
    private boolean lackedFiles;

    private VersionLaunch.Order order = VersionLaunch.Order.FILES_FIRST;

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
        this.passing = owner.passingAsker();
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

    @Override
    public @Nullable Signature knownSignature() {
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

    /// Has it brought into memory for nobody in particular, if there is room before it is forgotten who asked.
    /// Does not wait.
    void wake() {
        if (passing.begins()) {
            wake(passing);
        }
    }

    /// It was in the routes for a moment and is not any more: the version did not leave memory.
    void stays() {
        stayed = true;
    }

    /// Whether who finds this is to look at the routes again. Any thread.
    boolean hasStayed() {
        return stayed;
    }

    /// Its files were seen not to be here, and so whatever failed says nothing of those that are here later.
    void lacksFiles() {
        lackedFiles = true;
    }

    boolean lackedFiles() {
        return lackedFiles;
    }

    /// How it is to be opened.
    VersionLaunch.Order order() {
        return order;
    }

    /// There was no room for it when its files had been opened, though there had been before.
    void lackedRoom() {
        order = VersionLaunch.Order.ROOM_FIRST;
    }

    /// It could not be loaded: it is left alone for a while.
    ///
    /// @return what is told to who asks for it until then
    ServingException failed(String reason, long nowNanos) {
        Failure before = failure;
        int count = before == null ? 1 : before.count() + 1;
        Failure now = new Failure(count, nowNanos + BackOff.afterNanos(count), reason);
        failure = now;
        order = VersionLaunch.Order.FILES_FIRST;
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
