package dev.penstock.server.config;

import dev.penstock.core.Check;
import dev.penstock.server.payload.PayloadFormat;
import dev.penstock.server.payload.PayloadSettings;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Which requests and answers are kept, and where.
///
/// @param folder for files; empty for none
/// @param format of the files
/// @param fileBytes after which a new file is begun
/// @param fileAge the same
/// @param totalBytes of all files
/// @param sink for CloudEvents, or "" for none
/// @param sinkHeadersFile with headers of every event
/// @param ratio of requests of models without one of their own, from 0 to 1
/// @param models each `NAME=RATIO`
/// @param queueBytes that records which wait may hold
/// @param redact rules, each `FIELD:NAME=ACTION`
/// @param keyFile has the key of hashes; empty for one that is made at each start
/// @param headers that are kept
public record PayloadConfig(
        Optional<Path> folder,
        PayloadFormat format,
        long fileBytes,
        Duration fileAge,
        long totalBytes,
        String sink,
        Optional<Path> sinkHeadersFile,
        double ratio,
        List<String> models,
        long queueBytes,
        List<String> redact,
        Optional<Path> keyFile,
        List<String> headers) {
    /// Nothing is kept.
    public static final PayloadConfig OFF = new PayloadConfig(
            Optional.empty(),
            PayloadFormat.JSON,
            64L << 20,
            Duration.ofMinutes(10),
            1L << 30,
            "",
            Optional.empty(),
            0,
            List.of(),
            64L << 20,
            List.of(),
            Optional.empty(),
            List.of());

    public PayloadConfig {
        models = List.copyOf(models);
        redact = List.copyOf(redact);
        headers = headers.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
        PayloadSettings.check(models, redact);
        Check.argument(
                sink.isEmpty() || isUrl(sink), "payload.sink: %s (expected: none, or http://host:port/path)", sink);
        for (String header : headers) {
            Check.argument(header.matches("[a-z0-9_.-]+"), "payload.headers: '%s' (expected: a header's name)", header);
        }
        Check.argument(fileAge.isPositive(), "payload.file-age: %s (expected: > 0s)", fileAge);
        Check.argument(fileBytes > 0, "payload.file-bytes: %d (expected: > 0)", fileBytes);
        Check.argument(
                totalBytes >= 2 * fileBytes,
                "payload.max-bytes: %d (expected: at least %d, twice payload.file-bytes)",
                totalBytes,
                2 * fileBytes);
    }

    static boolean isUrl(String text) {
        try {
            URI uri = URI.create(text);
            return uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /// Whether anything is kept, and somewhere.
    public boolean isOn() {
        return (folder.isPresent() || !sink.isEmpty()) && (ratio > 0 || !models.isEmpty());
    }
}
