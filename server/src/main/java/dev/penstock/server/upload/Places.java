package dev.penstock.server.upload;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import java.util.concurrent.Semaphore;

/// So many of a kind at a time, and no queue for more. Thread-safe.
public final class Places {
    /// Each upload holds a file open and a few hundred kilobytes of what arrived.
    public static final int MAX_UPLOADS = 8;

    /// What this server fetches has places of its own, so that slow sources keep nobody from uploading.
    public static final int MAX_DOWNLOADS = 8;

    private final int most;
    private final Semaphore free;

    /// @param most how many at a time
    public Places(int most) {
        this.most = most;
        this.free = new Semaphore(most);
    }

    /// Takes one, which is to be given back once.
    ///
    /// @throws ServingException if all are taken
    public void take() {
        if (!free.tryAcquire()) {
            throw new ServingException(
                    ErrorCode.OVERLOADED,
                    "%d requests of this kind are in progress (expected: no more at a time)".formatted(most));
        }
    }

    public void give() {
        free.release();
    }
}
