package dev.penstock.server.admin;

import dev.penstock.server.store.Lineage;
import dev.penstock.server.store.StoredFile;
import java.util.List;

/// What is to be registered.
///
/// @param version its number, or 0 for the next one
/// @param content its files
/// @param aliases that are to point to it once it has passed, which is when the next two take effect, too
/// @param config a `config.pbtxt` for the model, or "" to leave it as it is
/// @param policy which versions serve, see [dev.penstock.server.store.ModelRecord], or "" to leave it as it is
/// @param signature Ed25519 over the digest, base64, or ""
/// @param breaking whether its inputs and outputs may differ from those of the version it follows
/// @param dryRun only fetch it and run the gates: nothing is recorded and nothing serves
public record RegisterOrder(
        String model,
        long version,
        Content content,
        List<String> aliases,
        Lineage lineage,
        String config,
        String policy,
        String signature,
        boolean breaking,
        boolean dryRun) {
    public RegisterOrder {
        aliases = List.copyOf(aliases);
    }

    /// Where the files come from.
    public sealed interface Content {
        /// They were received already and are kept on this machine's disk.
        record Received(List<StoredFile> files) implements Content {
            public Received {
                files = List.copyOf(files);
            }
        }

        /// They are to be fetched.
        ///
        /// @param sha256 that the only file must have, or ""
        record Fetched(String uri, String sha256) implements Content {}
    }
}
