package dev.penstock.server.registry;

import com.google.errorprone.annotations.MustBeClosed;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ModelLoadException;
import dev.penstock.server.memory.Footprint;
import dev.penstock.server.memory.Holding;
import dev.penstock.server.memory.MemoryLedger;
import dev.penstock.server.memory.PastFootprints;
import dev.penstock.server.memory.Room;
import java.util.List;
import java.util.function.Predicate;

/// Gives versions their room in memory, and remembers what they took. Confined to the loader thread.
final class VersionMemory {
    /// Each try begins with those who were idle a moment ago.
    private static final int MOST_TRIES = 8;

    private final MemoryLedger ledger;
    private final Predicate<List<Holding>> evict;
    private final MemoryCounts counts;
    private final PastFootprints<Content> past = new PastFootprints<>();

    /// What was loaded: a version's bytes do not change while its files look the same.
    private record Content(ModelKey key, List<FileStamp> files) {
        Content {
            files = List.copyOf(files);
        }
    }

    /// @param evict frees the memory of all of them at once, or says that they are not idle any more
    VersionMemory(MemoryLedger ledger, Predicate<List<Holding>> evict, MemoryCounts counts) {
        this.ledger = ledger;
        this.evict = evict;
        this.counts = counts;
    }

    /// What a version will take.
    Footprint expected(ModelFolder folder, ModelSettings settings, long number) {
        Content content = content(folder, number);
        long bytes = content.files().stream().mapToLong(FileStamp::byteSize).sum();
        double factor = settings.gates().size().memoryFactor();
        return past.expected(content, Footprint.ofFiles(bytes, factor));
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
        String reason = switch (makeRoom(expected.bytes())) {
            case Room.Fits _ -> "";
            case Room.Later(String why) -> why;
            case Room.Never(String why) -> why;
        };
        if (!reason.isEmpty()) {
            counts.refused();
            throw ModelLoadException.notNow(reason);
        }
        return ledger.take(new ModelKey(folder.name(), number), expected);
    }

    /// Whether a version would fit if all left that could; nobody does yet.
    Room room(ModelFolder folder, ModelSettings settings, long number) {
        return ledger.room(expected(folder, settings, number).bytes());
    }

    /// Has leave whoever must.
    ///
    /// @return that it fits now, or why not
    private Room makeRoom(long bytes) {
        Room room = ledger.room(bytes);
        for (int tries = 1; room instanceof Room.Fits(List<Holding> leave) && !leave.isEmpty(); tries++) {
            if (tries > MOST_TRIES) {
                return new Room.Later("those that are in memory on demand are in use again and again");
            }
            boolean _ = evict.test(leave);
            room = ledger.room(bytes);
        }
        return room;
    }

    /// It was loaded.
    ///
    /// @param grownBytes what the process grew by; -1 if that is not known
    void measured(MemoryLedger.Share share, ModelFolder folder, long grownBytes) {
        share.measured(grownBytes);
        past.learn(content(folder, share.key().version()), grownBytes);
    }
}
