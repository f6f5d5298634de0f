package dev.penstock.server.feedback;

import dev.penstock.monitor.feedback.FeedbackToken;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The keys of this server: those that servers share, or its own, which are made when somebody needs them.
/// Thread-safe.
final class ServerKeys {
    private static final System.Logger LOG = System.getLogger(ServerKeys.class.getName());

    private final @Nullable Path own;
    private final ReentrantLock making = new ReentrantLock();

    private volatile @Nullable TokenKeys keys;

    /// @param own file of this server's own key; null keeps it in memory
    /// @throws UncheckedIOException if there is a file of keys that has none
    ServerKeys(FeedbackSettings settings, @Nullable Path own) {
        this.own = own;
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

    /// Looks whether the file has others now. Waits for the disk.
    ///
    /// @return who reads tokens from now on; null if that is who did
    @Nullable
    FeedbackToken refreshed() {
        TokenKeys present = keys;
        return present != null && present.refresh() ? new FeedbackToken(present.keys()) : null;
    }
}
