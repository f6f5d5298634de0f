package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.Device;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ModelLoader.Order;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The sessions of one model: one that all threads may share, and one for each thread that needs its own.
///
/// Runs of one session meet at its locks, its allocator's above all. For a model that is done in a few
/// microseconds that shows: two threads with a core each made a tenth more runs of a tiny one with a session
/// each.
///
/// Thread-safe.
final class ModelSessions implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(ModelSessions.class.getName());

    private final Order order;
    private final OnnxSession shared;
    private final SessionOpener opener;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final @Nullable OnnxSession[] own;

    /// Takes over `shared`.
    ModelSessions(Order order, OnnxSession shared, SessionOpener opener) {
        this.order = order;
        this.shared = shared;
        this.opener = opener;
        this.own = new OnnxSession[order.runners()];
    }

    ModelKey key() {
        return order.key();
    }

    int runners() {
        return order.runners();
    }

    Device device() {
        return order.device();
    }

    int threadsPerRun() {
        return order.threadsPerRun();
    }

    OnnxSession shared() {
        return shared;
    }

    /// The session of one thread, opened at its first call; the shared one is the first thread's. Blocks for
    /// milliseconds then.
    OnnxSession own(int index) {
        lock.lock();
        try {
            OnnxSession session = own[index];
            if (session == null) {
                session = index == 0 ? shared : open(index);
                own[index] = session;
            }
            return session;
        } finally {
            lock.unlock();
        }
    }

    private OnnxSession open(int index) {
        try {
            return opener.open(order);
        } catch (OrtException | ModelLoadException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0}: no session for runner {1}, which shares one: {2}",
                    key(),
                    index,
                    e instanceof OrtException failure ? ErrorText.oneLine(failure) : e.getMessage());
            return shared;
        }
    }

    /// Not while one runs.
    @Override
    public void close() {
        lock.lock();
        try {
            for (OnnxSession session : own) {
                if (session != null && session != shared) {
                    session.close();
                }
            }
            shared.close();
        } finally {
            lock.unlock();
        }
    }
}
