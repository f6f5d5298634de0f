package dev.penstock.server.feedback;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.feedback.TokenKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The keys that sign tokens, and are believed: of a file, which is read again and again, or of this process.
/// Thread-safe; who signs waits for nobody, however slow the disk is.
final class TokenKeys {
    private static final System.Logger LOG = System.getLogger(TokenKeys.class.getName());

    private final @Nullable Path file;
    private volatile Ring ring;

    /// Of whoever reads the file.
    private final ReentrantLock reading = new ReentrantLock();

    /// What the keys were read of: times of files are too coarse to tell whether one was written meanwhile.
    @GuardedBy("reading")
    private String text = "";

    /// Why it could not be read the last time, so that it is told once.
    @GuardedBy("reading")
    private String trouble = "";

    /// Keys, and some who sign with them, each for one thread at a time.
    private static final class Ring {
        /// A power of two.
        private static final int SIGNERS = 64;

        private final List<TokenKey> keys;
        private final AtomicReferenceArray<@Nullable FeedbackToken> signers = new AtomicReferenceArray<>(SIGNERS);

        Ring(List<TokenKey> keys) {
            this.keys = List.copyOf(keys);
        }

        /// The one that this thread used last, if nobody else has it.
        String sign(Prediction prediction) {
            int place = (int) (Thread.currentThread().threadId() & (SIGNERS - 1));
            FeedbackToken kept = signers.getAndSet(place, null);
            FeedbackToken signer = kept == null ? new FeedbackToken(keys) : kept;
            String token = signer.sign(prediction);
            signers.set(place, signer);
            return token;
        }
    }

    /// @param shared file of keys, which must be there; null for a key of this process
    /// @param own where that key is kept, and made; null keeps it in memory
    /// @throws UncheckedIOException if a file has no keys
    TokenKeys(@Nullable Path shared, @Nullable Path own) {
        this.file = shared;
        try {
            if (shared != null) {
                text = KeyFile.text(shared);
                ring = new Ring(KeyFile.parse(shared, text));
            } else {
                ring = new Ring(own != null ? KeyFile.readOrMake(own) : List.of(KeyFile.random()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("feedback.key-file: " + e.getMessage(), e);
        }
    }

    /// The same object until others are read.
    List<TokenKey> keys() {
        return ring.keys;
    }

    /// Takes what the file has now, if that is something else. What cannot be read changes nothing, and is
    /// tried again the next time. Waits for the disk.
    ///
    /// @return whether there are other keys now
    boolean refresh() {
        Path shared = file;
        if (shared == null) {
            return false;
        }
        reading.lock();
        try {
            String now = KeyFile.text(shared);
            boolean others = !now.equals(text);
            if (others) {
                ring = new Ring(KeyFile.parse(shared, now));
                text = now;
                LOG.log(System.Logger.Level.INFO, "read the token keys of {0} again", shared);
            }
            trouble = "";
            return others;
        } catch (IOException e) {
            String why = e.toString();
            if (!why.equals(trouble)) {
                LOG.log(System.Logger.Level.WARNING, "the old token keys stay: " + why);
                trouble = why;
            }
            return false;
        } finally {
            reading.unlock();
        }
    }

    /// A token of the first key. Any thread.
    String sign(Prediction prediction) {
        return ring.sign(prediction);
    }
}
