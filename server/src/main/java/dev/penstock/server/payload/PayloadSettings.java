package dev.penstock.server.payload;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What is kept of requests, and where.
///
/// @param folder for files; empty for none
/// @param format of the files
/// @param fileBytes after which a new file is begun
/// @param fileAge the same
/// @param totalBytes of all files
/// @param sink for CloudEvents; empty for none
/// @param sinkHeaders sent with each event
/// @param share of requests of models without one of their own, from 0 to 1
/// @param models each `NAME=SHARE`
/// @param queueBytes that records which wait may hold
/// @param redact rules, as [RedactionRule#parse] has them
/// @param headers that are kept, lower case
public record PayloadSettings(
        Optional<Path> folder,
        PayloadFormat format,
        long fileBytes,
        Duration fileAge,
        long totalBytes,
        Optional<URI> sink,
        Map<String, String> sinkHeaders,
        double share,
        List<String> models,
        long queueBytes,
        List<String> redact,
        List<String> headers) {
    public PayloadSettings {
        sinkHeaders = Map.copyOf(sinkHeaders);
        models = List.copyOf(models);
        redact = List.copyOf(redact);
        headers = List.copyOf(headers);
    }

    /// Checks texts that are read only when the log starts.
    ///
    /// @throws IllegalArgumentException naming the setting and what was expected
    public static void check(List<String> models, List<String> redact) {
        Sampling _ = Sampling.of(0, models);
        redact.forEach(text -> {
            RedactionRule _ = RedactionRule.parse(text);
        });
    }
}
