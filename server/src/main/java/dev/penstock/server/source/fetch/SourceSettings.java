package dev.penstock.server.source.fetch;

import dev.penstock.core.Check;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// From where and how much may be fetched.
///
/// @param allowedHosts each `host`, `host:port` or `*.suffix`; none for no host at all
/// @param allowedFolders of this machine, with all below them; none for none
/// @param headers a folder of header files, one per host, or null
/// @param mlflow the tracking server, or null
/// @param huggingFace where `hf:` leads
/// @param proxy `host:port` that all requests go through, or ""
public record SourceSettings(
        List<String> allowedHosts,
        List<Path> allowedFolders,
        Limits limits,
        @Nullable Path headers,
        S3 s3,
        @Nullable URI mlflow,
        URI huggingFace,
        String proxy) {
    public static final URI HUGGING_FACE = URI.create("https://huggingface.co");

    public SourceSettings {
        allowedHosts = List.copyOf(allowedHosts);
        allowedFolders = List.copyOf(allowedFolders);
    }

    /// What one version may cost.
    ///
    /// @param total how long all of it may take
    /// @param connect how long it may take to be connected
    /// @param silence how long a server may send nothing
    public record Limits(
            long maxFileBytes, long maxVersionBytes, int maxFiles, Duration total, Duration connect, Duration silence) {
        public static final Limits USUAL = new Limits(
                8L << 30, 16L << 30, 200, Duration.ofHours(2), Duration.ofSeconds(10), Duration.ofSeconds(60));

        public Limits {
            Check.argument(maxFileBytes > 0, "maxFileBytes: %d (expected: > 0)", maxFileBytes);
            Check.argument(maxVersionBytes > 0, "maxVersionBytes: %d (expected: > 0)", maxVersionBytes);
            Check.argument(maxFiles > 0, "maxFiles: %d (expected: > 0)", maxFiles);
        }
    }

    /// @param endpoint of a store that is not Amazon's, or null
    /// @param pathStyle whether the bucket is in the path and not in the host's name
    /// @param machineCredentials whether the machine's or container's own credentials are asked for, over
    ///     the network
    public record S3(@Nullable URI endpoint, String region, boolean pathStyle, boolean machineCredentials) {
        public static final S3 AMAZON = new S3(null, "us-east-1", false, false);
    }
}
