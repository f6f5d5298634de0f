package dev.penstock.server.feedback;

import dev.penstock.monitor.feedback.FeedbackToken;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The keys of this server: those that servers share, or its own, which are made when somebody needs them.
/// A thread of its own reads again what servers share. Thread-safe.
final class ServerKeys implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ServerKeys.class.getName());
    private static final Duration IDLE = Duration.ofSeconds(10);

    private final @Nullable Path own;
    private final boolean shared;

    /// For one at a time.
    private final ThreadPoolExecutor reader = new ThreadPoolExecutor(
            0,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("feedback-keys").factory());

    private final ReentrantLock making = new ReentrantLock();

    private volatile @Nullable TokenKeys keys;

    /// @param own file of this server's own key; null keeps it in memory
    /// @throws UncheckedIOException if there is a file of keys that has none
    ServerKeys(FeedbackSettings settings, @Nullable Path own) {
        this.own = own;
        this.shared = settings.keyFile().isPresent();
        if (settings.keyFile().isPresent()) {
            keys = new TokenKeys(settings.keyFile().get(), null);
        }
    }

    /// Waits for the disk if nobody needed them before.
    TokenKeys keys() {
        TokenKeys present = keys;
        if (present != null) {
            return present;
        }
        making.lock();
        try {
            present = keys;
            if (present == null) {
                present = ownKeys();
                keys = present;
            }
            return present;
        } finally {
            making.unlock();
        }
    }

    private TokenKeys ownKeys() {
        try {
            return new TokenKeys(null, own);
        } catch (UncheckedIOException e) {
            LOG.log(System.Logger.Level.ERROR, "the key of tokens cannot be kept: a restart makes another", e);
            return new TokenKeys(null, null);
        }
    }

    /// Has somebody look whether the file has others now, unless somebody does. Waits for nothing.
    ///
    /// @param then told on another thread who reads tokens from now on, if that is not who did
    void refresh(Consumer<FeedbackToken> then) {
        if (!shared) {
            return;
        }
        try {
            reader.execute(() -> {
                TokenKeys present = keys;
                if (present != null && present.refresh()) {
                    then.accept(new FeedbackToken(present.keys()));
                }
            });
        } catch (RejectedExecutionException e) {
            // The disk is slow: the next look asks again.
        }
    }

    /// Keys change no more. Does not wait for who reads.
    @Override
    public void close() {
        reader.shutdown();
    }
}
