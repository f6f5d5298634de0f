package dev.penstock.server.store;

import dev.penstock.server.store.StoreException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/// What a server is called in a record that it shares with others: the same after every restart, as long as its
/// data folder is.
public final class ServerId {
    private static final String FILE = "server-id";

    private ServerId() {}

    /// Reads it, or makes one.
    ///
    /// @throws StoreException with `UNAVAILABLE` if the folder cannot be written
    public static String in(Path data) {
        Path file = data.resolve(FILE);
        try {
            if (Files.exists(file)) {
                String id = Files.readString(file).strip();
                if (!id.isEmpty()) {
                    return id;
                }
            }
            String id = UUID.randomUUID().toString();
            DurableFile.replace(file, id + "\n");
            return id;
        } catch (IOException e) {
            throw new StoreException(Reason.UNAVAILABLE, "%s cannot be used: %s".formatted(file, e), e);
        }
    }
}
