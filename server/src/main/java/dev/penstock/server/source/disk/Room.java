package dev.penstock.server.source.disk;

import dev.penstock.server.source.FetchException;
import dev.penstock.server.source.FetchException.Reason;
import dev.penstock.server.source.ModelFiles.Needs;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Holds the files to their limit: who writes takes room first, and what is not needed goes if there is too
/// little. Thread-safe.
final class Room {
    /// How much more is dropped than is wanted at the moment, so that not every piece looks for room.
    private static final long STEP_BYTES = 64L << 20;

    private static final int STEPS = 16;

    private final Shelf shelf;
    private final Leases leases;
    private final long maxBytes;
    private final AtomicLong kept = new AtomicLong();
    private final AtomicLong writing = new AtomicLong();

    /// What was not there before this process brought it, and is there since.
    private final Set<String> brought = ConcurrentHashMap.newKeySet();

    private final ReentrantLock sweeping = new ReentrantLock();
    private volatile Supplier<Optional<Needs>> needs = Optional::empty;

    Room(Shelf shelf, Leases leases, long maxBytes) {
        this.shelf = shelf;
        this.leases = leases;
        this.maxBytes = maxBytes;
    }

    /// Counts what is there. Before anything is written.
    void count() throws IOException {
        kept.set(shelf.entries().stream().mapToLong(Shelf.Entry::bytes).sum());
    }

    void needs(Supplier<Optional<Needs>> told) {
        needs = told;
    }

    /// For what is being written.
    ///
    /// @throws FetchException with `DISK` if there is none
    void take(long bytes) throws IOException {
        writing.addAndGet(bytes);
        boolean taken = false;
        try {
            if (isFull(0)) {
                drop(maxBytes - writing.get() - Math.min(STEP_BYTES, maxBytes / STEPS), true);
            }
            if (isFull(0)) {
                drop(maxBytes - writing.get(), true);
            }
            taken = !isFull(0);
        } finally {
            if (!taken) {
                writing.addAndGet(-bytes);
            }
        }
        if (!taken) {
            throw full(bytes);
        }
    }

    /// It is not being written any more.
    void giveBack(long bytes) {
        writing.addAndGet(-bytes);
    }

    /// A file was put here that was not here.
    void brought(String sha256) {
        brought.add(sha256);
    }

    /// The bytes that are kept are so many more, or fewer.
    void changed(long bytes) {
        kept.addAndGet(bytes);
    }

    /// @throws FetchException with `DISK` if so much does not fit
    void make(long bytes) throws IOException {
        if (isFull(bytes)) {
            drop(maxBytes - writing.get() - bytes, true);
        }
        if (isFull(bytes)) {
            throw full(bytes);
        }
    }

    void sweep() throws IOException {
        drop(maxBytes - writing.get(), false);
    }

    private boolean isFull(long more) {
        return kept.get() + writing.get() > maxBytes - more;
    }

    private FetchException full(long bytes) {
        return new FetchException(
                Reason.DISK,
                "there is no room for %d bytes more: files.max-bytes is %d, of which %d are taken and %d are being written (expected: so much that is neither in use, nor uploaded, nor on its way)"
                        .formatted(bytes, maxBytes, kept.get(), writing.get()));
    }

    private void went(Shelf.Entry entry) {
        brought.remove(entry.sha256());
        changed(-entry.bytes());
    }

    private void drop(long target, boolean onlyIfItSuffices) throws IOException {
        sweeping.lock();
        try {
            leases.beginSweep();
            Optional<Needs> known = needs.get();
            List<Shelf.Entry> entries = shelf.entries();
            if (known.isPresent()) {
                leases.drop(
                        (there, leased, fresh) ->
                                new Sweep(known.get(), brought, leased, fresh).dropped(there, target, onlyIfItSuffices),
                        entries,
                        this::went);
            }
        } finally {
            sweeping.unlock();
        }
    }
}
