package dev.penstock.server.registry;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.NanoClock;
import dev.penstock.server.memory.Footprint;
import dev.penstock.server.memory.Holding;
import dev.penstock.server.memory.MemoryLedger;
import dev.penstock.server.memory.PastFootprints;
import dev.penstock.server.memory.Room;
import dev.penstock.server.memory.Shortage;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// Gives versions their room in memory, and remembers what they took. Confined to the loader thread.
final class VersionMemory {
    /// Each try begins with those who were idle a moment ago.
    private static final int MOST_TRIES = 8;

    private final MemoryLedger ledger;
    private final Predicate<List<Holding>> evict;
    private final NanoClock clock;
    private final PastFootprints<Content> past = new PastFootprints<>();

    /// What was loaded: a version's bytes do not change while its files look the same.
    private record Content(ModelKey key, List<FileStamp> files) {
        Content {
            files = List.copyOf(files);
        }
    }

    /// @param evict frees the memory of all of them at once, or says that they are not idle any more
    VersionMemory(MemoryLedger ledger, Predicate<List<Holding>> evict, NanoClock clock) {
        this.ledger = ledger;
        this.evict = evict;
        this.clock = clock;
    }

    /// What a version will take.
    Footprint expected(ModelFolder folder, ModelSettings settings, long number) {
        Content content = content(folder, number);
        long bytes = content.files().stream().mapToLong(FileStamp::byteSize).sum();
        double factor = settings.gates().size().memoryFactor();
        return past.expected(content, Footprint.ofFiles(bytes, factor), clock.nanoTime());
    }

    private static Content content(ModelFolder folder, long number) {
        VersionFolder version = folder.version(number);
        return new Content(new ModelKey(folder.name(), number), version == null ? List.of() : version.files());
    }

    /// Takes room for a version that is to be loaded; who must leave is gone when this returns.
    ///
    /// @throws ModelLoadException if there is none now: nobody left
    @MustBeClosed
    MemoryLedger.Share take(ModelFolder folder, ModelSettings settings, long number) {
        Footprint expected = expected(folder, settings, number);
        String reason = makeRoom(() -> ledger.room(expected.bytes()));
        if (!reason.isEmpty()) {
            throw ModelLoadException.notNow(reason);
        }
        return ledger.take(new ModelKey(folder.name(), number), expected);
    }

    /// Whether a version would fit if all left that could; nobody does yet.
    Room room(ModelFolder folder, ModelSettings settings, long number) {
        return room(folder, settings, number, holdings());
    }

    /// The same as of a moment ago.
    ///
    /// @param then of [#holdings]
    Room room(ModelFolder folder, ModelSettings settings, long number, List<Holding> then) {
        return ledger.room(expected(folder, settings, number).bytes(), then);
    }

    /// What is held now.
    List<Holding> holdings() {
        return ledger.holdings();
    }

    /// Has leave whoever must.
    ///
    /// @param asked whether it would fit if those left, as of now
    /// @return why it does not fit, or ""
    private String makeRoom(Supplier<Room> asked) {
        Room room = asked.get();
        for (int tries = 1; room instanceof Room.Fits(List<Holding> leave) && !leave.isEmpty(); tries++) {
            if (tries > MOST_TRIES) {
                return "those that are in memory on demand are in use again and again";
            }
            boolean _ = evict.test(leave);
            room = asked.get();
        }
        return switch (room) {
            case Room.Fits _ -> "";
            case Room.Later(Shortage shortage) -> shortage.reason();
            case Room.Never(Shortage shortage) -> shortage.reason();
        };
    }

    /// It was loaded. If it takes more than it was let in for, others leave for it.
    ///
    /// @param grownBytes what the process grew by; -1 if that is not known
    /// @return why it cannot stay, or ""
    String measured(MemoryLedger.Share share, ModelFolder folder, long grownBytes) {
        share.measured(grownBytes);
        Content content = content(folder, share.key().version());
        String reason = makeRoom(() -> ledger.room(share));
        if (reason.isEmpty()) {
            past.learn(content, grownBytes);
            return "";
        }
        past.tooMuch(content, grownBytes, clock.nanoTime());
        return "it was loaded, and takes more than it was let in for: " + reason;
    }
}
