package dev.penstock.server;

import dev.penstock.core.NanoClock;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.PayloadConfig;
import dev.penstock.server.config.ServerConfig;
import dev.penstock.server.payload.PayloadLog;
import dev.penstock.server.payload.PayloadLog.Counts;
import dev.penstock.server.payload.PayloadSettings;
import dev.penstock.server.telemetry.Telemetry;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Puts the payload log together.
final class PayloadLogging {
    private static final int MIN_KEY_BYTES = 16;
    private static final int MAX_KEY_BYTES = 4096;
    private static final int MADE_KEY_BYTES = 32;

    private PayloadLogging() {}

    /// @param lifecycle gets what is to be closed after the doors
    /// @return null if nothing is kept
    static @Nullable PayloadLog start(ServerConfig server, Lifecycle lifecycle, Telemetry telemetry, NanoClock clock) {
        PayloadConfig config = server.logs().payload();
        if (!config.isOn()) {
            return null;
        }
        PayloadLog log = lifecycle.own(open(config, server.name(), clock));
        show(log, config, telemetry);
        return log;
    }

    private static PayloadLog open(PayloadConfig config, String source, NanoClock clock) {
        PayloadSettings settings = new PayloadSettings(
                config.folder(),
                config.format(),
                config.fileBytes(),
                config.fileAge(),
                config.totalBytes(),
                config.sink().isEmpty() ? Optional.empty() : Optional.of(URI.create(config.sink())),
                CallWatching.headers(
                        "payload.sink-headers-file", config.sinkHeadersFile().orElse(null)),
                config.ratio(),
                config.models(),
                config.queueBytes(),
                config.redact(),
                config.headers());
        try {
            return new PayloadLog(
                    settings, key(config.keyFile().orElse(null)), "/" + source, clock, InstantSource.system());
        } catch (IOException e) {
            throw new ConfigException(List.of("payload.folder: '%s' (expected: a folder that can be written), %s"
                    .formatted(config.folder().orElse(Path.of("")), e)));
        }
    }

    private static byte[] key(@Nullable Path file) {
        if (file == null) {
            byte[] made = new byte[MADE_KEY_BYTES];
            new SecureRandom().nextBytes(made);
            return made;
        }
        try {
            byte[] key = Files.readAllBytes(file);
            if (key.length >= MIN_KEY_BYTES && key.length <= MAX_KEY_BYTES) {
                return key;
            }
            throw new ConfigException(List.of("payload.key-file: %s has %d bytes (expected: %d to %d)"
                    .formatted(file, key.length, MIN_KEY_BYTES, MAX_KEY_BYTES)));
        } catch (IOException e) {
            throw new ConfigException(
                    List.of("payload.key-file: %s (expected: a file that can be read), %s".formatted(file, e)));
        }
    }

    private static void show(PayloadLog log, PayloadConfig config, Telemetry telemetry) {
        Series records = (result, count) -> telemetry.counter(
                "penstock_payload_records_total",
                "Requests that the payload log was to keep: those that it kept, and those that had no room anywhere.",
                "result",
                result,
                () -> (double) count.applyAsLong(log.counts()));
        records.show("kept", Counts::kept);
        records.show("dropped", Counts::dropped);
        if (config.folder().isPresent()) {
            Series files = (result, count) -> telemetry.counter(
                    "penstock_payload_file_records_total",
                    "Requests that the payload log wrote to files, could not write, and dropped for want of room.",
                    "result",
                    result,
                    () -> (double) count.applyAsLong(log.counts()));
            files.show("written", Counts::written);
            files.show("failed", Counts::unwritten);
            files.show("dropped", Counts::fileless);
        }
        if (!config.sink().isEmpty()) {
            Series events = (result, count) -> telemetry.counter(
                    "penstock_payload_sink_records_total",
                    "Requests that the payload log sent to its sink, could not send, and dropped for want of room.",
                    "result",
                    result,
                    () -> (double) count.applyAsLong(log.counts()));
            events.show("sent", Counts::sent);
            events.show("failed", Counts::unsent);
            events.show("dropped", Counts::sinkless);
        }
        telemetry.gauge(
                "penstock_payload_waiting_bytes",
                "Memory of requests that are kept, from their arrival until they are written.",
                "",
                "",
                () -> (double) log.waitingBytes());
    }

    private interface Series {
        void show(String result, ToLongFunction<Counts> count);
    }
}
