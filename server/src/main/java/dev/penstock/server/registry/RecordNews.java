package dev.penstock.server.registry;

import dev.penstock.server.store.LastRead;
import dev.penstock.server.store.Recorded;
import dev.penstock.server.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Finds out which models changed since the record was read before, and keeps what was read. One thread;
/// blocks.
final class RecordNews {
    private static final System.Logger LOG = System.getLogger(RecordNews.class.getName());

    private final KnownRecords known;
    private final LastRead lastRead;
    private final Runnable again;

    private Recorded read = new Recorded(0, List.of());
    private boolean saidDamaged;

    /// @param again called where the record is to be read once more
    RecordNews(KnownRecords known, LastRead lastRead, Runnable again) {
        this.known = known;
        this.lastRead = lastRead;
        this.again = again;
    }

    /// Reads the record and learns what it says.
    ///
    /// @return the models that are not as they were known
    /// @throws StoreException with `UNAVAILABLE` also if there is a new record in the place of one that
    ///     is known
    Set<String> read(Supplier<Recorded> record) {
        try (KnownRecords.Reading _ = known.read()) {
            KnownRecords.Seen before = known.seen();
            Recorded recorded = record.get();
            if (recorded.revision() == 0 && knows(before)) {
                throw new StoreException(
                        StoreException.Reason.UNAVAILABLE,
                        "it has no history, but this server knows one (expected: that the record is restored; if it is to begin anew: stop the servers and delete record-last-read.json from their data folders)");
            }
            read = recorded;
            if (!before.isAheadOf(recorded)) {
                known.routes().learn(recorded);
                return known.learn(before, recorded);
            }
            LOG.log(
                    System.Logger.Level.WARNING,
                    "the record of models went back in time, from revision {0} to {1}: it is followed as it is now",
                    before.revision(),
                    recorded.revision());
            // What this server wrote to it meanwhile was taken for older than what it knew.
            again.run();
            known.routes().learnAnew(recorded);
            return known.learnAnew(recorded);
        }
    }

    private boolean knows(KnownRecords.Seen before) {
        return before.revision() > 0
                || recalled()
                        .map(kept -> !kept.models().isEmpty() || !kept.routes().isEmpty())
                        .orElse(false);
    }

    /// Keeps what was read, for a start without the record.
    void keep() {
        try {
            lastRead.keep(read);
        } catch (StoreException e) {
            LOG.log(System.Logger.Level.WARNING, "what was read of the record is not kept: {0}", e.getMessage());
        }
    }

    /// Learns what was kept, in place of a record that cannot be read.
    ///
    /// @return the models that are not as they were known; nothing if nothing was kept
    Optional<Set<String>> recall() {
        return recalled().map(kept -> {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} models and {1} routes are served as they were read last, until the record can be read",
                    kept.models().size(),
                    kept.routes().size());
            known.routes().recall(kept.routes());
            // Nobody says that what it does not have is gone.
            return known.learn(new KnownRecords.Seen(0, Map.of()), kept);
        });
    }

    private Optional<Recorded> recalled() {
        try {
            return lastRead.read();
        } catch (RuntimeException e) {
            // Whatever is wrong with it, it is only a copy.
            if (!saidDamaged) {
                LOG.log(System.Logger.Level.WARNING, "what was read of the record last is not used: {0}", e.toString());
            }
            saidDamaged = true;
            return Optional.empty();
        }
    }
}
