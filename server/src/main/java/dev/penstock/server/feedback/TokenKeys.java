package dev.penstock.server.feedback;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.feedback.TokenKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The keys that sign tokens, and are believed: of a file, which is read again when it changes, or of this
/// process. Thread-safe.
final class TokenKeys {
    private static final System.Logger LOG = System.getLogger(TokenKeys.class.getName());

    /// Kept for the next ones who sign.
    private static final int MOST_SIGNERS = 64;

    private final @Nullable Path file;
    private volatile List<TokenKey> keys;
    private final ReentrantLock lock = new ReentrantLock();

    /// Of the present keys: each is for one thread at a time.
    @GuardedBy("lock")
    private final ArrayDeque<Signer> signers = new ArrayDeque<>();

    @GuardedBy("lock")
    private @Nullable FileTime read;

    /// Of the keys.
    @GuardedBy("lock")
    private int generation;

    private record Signer(FeedbackToken tokens, int generation) {}

    /// @param shared file of keys, which must be there; null for a key of this process
    /// @param own where that key is kept, and made; null keeps it in memory
    /// @throws UncheckedIOException if a file has no keys
    TokenKeys(@Nullable Path shared, @Nullable Path own) {
        this.file = shared;
        try {
            read = shared == null ? null : Files.getLastModifiedTime(shared);
            keys = shared != null
                    ? KeyFile.read(shared)
                    : own != null ? KeyFile.readOrMake(own) : List.of(KeyFile.random());
        } catch (IOException e) {
            throw new UncheckedIOException("feedback.key-file: " + e.getMessage(), e);
        }
    }

    /// The same object until others are read.
    List<TokenKey> keys() {
        return keys;
    }

    /// Takes what the file has now, if it changed. What cannot be read changes nothing.
    ///
    /// @return whether there are other keys now
    boolean refresh() {
        Path shared = file;
        if (shared == null) {
            return false;
        }
        lock.lock();
        try {
            FileTime now = Files.getLastModifiedTime(shared);
            if (!now.equals(read)) {
                read = now;
                keys = KeyFile.read(shared);
                signers.clear();
                generation++;
                LOG.log(System.Logger.Level.INFO, "read the token keys of {0} again", shared);
                return true;
            }
            return false;
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "the old token keys stay: " + e.getMessage());
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// A token of the first key. Any thread.
    String sign(Prediction prediction) {
        Signer signer = take();
        String token = signer.tokens().sign(prediction);
        give(signer);
        return token;
    }

    private Signer take() {
        lock.lock();
        try {
            Signer signer = signers.poll();
            return signer == null ? new Signer(new FeedbackToken(keys), generation) : signer;
        } finally {
            lock.unlock();
        }
    }

    private void give(Signer signer) {
        lock.lock();
        try {
            if (signer.generation() == generation && signers.size() < MOST_SIGNERS) {
                signers.push(signer);
            }
        } finally {
            lock.unlock();
        }
    }
}
