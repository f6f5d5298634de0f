package dev.penstock.server.store;

import static java.util.Objects.requireNonNull;

import dev.penstock.server.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a server read last of a record that is on another machine, in a file of its own: so it knows what to
/// serve where it starts and that machine is gone. The file is there whole, or as it was before. One thread;
/// blocks.
public final class LastRead {
    /// Keeps nothing: of a record that is on this machine.
    public static final LastRead NONE = new LastRead(null, "");

    private final @Nullable Path file;
    private final String of;

    /// Null before anything was kept.
    private @Nullable Content kept;

    /// What is in the file.
    ///
    /// @param of which record it was read from
    record Content(String of, List<ModelRecord> models, List<RouteRecord> routes) {
        Content {
            // From a file, where anything may be.
            requireNonNull(of, "of");
            models = List.copyOf(models);
            routes = List.copyOf(routes);
        }
    }

    private LastRead(@Nullable Path file, String of) {
        this.file = file;
        this.of = of;
    }

    /// @param of which record is meant: what was read from another one is not read back
    public static LastRead in(Path file, String of) {
        return new LastRead(file, of);
    }

    /// Keeps the models and routes that were read, if they differ from what was kept before.
    ///
    /// @throws StoreException with `UNAVAILABLE` if the file cannot be written
    public void keep(Recorded read) {
        Content next = new Content(of, read.models(), read.routes());
        if (file == null || next.equals(kept)) {
            return;
        }
        try {
            DurableFile.replace(file, RecordJson.of(next));
            kept = next;
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be written: %s".formatted(file, e), e);
        }
    }

    /// @return the models and routes, with revision 0; nothing if nothing was read from that record
    ///     before
    /// @throws StoreException with `UNREADABLE` if the file cannot be understood
    public Optional<Recorded> read() {
        if (file == null || !Files.exists(file)) {
            return Optional.empty();
        }
        try {
            // JSON's null is read as one.
            Content content = Optional.ofNullable(RecordJson.lastRead(Files.readString(file)))
                    .orElseThrow(() -> new StoreException(
                            Reason.UNREADABLE, file + " cannot be read: it is null (expected: an object)"));
            return content.of().equals(of)
                    ? Optional.of(new Recorded(0, content.models(), content.routes(), 0))
                    : Optional.empty();
        } catch (IOException e) {
            throw new StoreException(Reason.UNREADABLE, "%s cannot be read: %s".formatted(file, e), e);
        }
    }
}
