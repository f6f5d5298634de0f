package dev.penstock.server.gate;

import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelConfig;
import dev.penstock.server.memory.Footprint;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the versions of one model must pass beyond what is always looked at.
///
/// @param goldenRequired whether a version without golden requests fails
/// @param latency null if it is not judged
/// @param batchingRequired whether a version whose rows cannot run together fails
/// @param webhook null if nobody else is asked
public record GateSettings(
        boolean goldenRequired,
        @Nullable Latency latency,
        Size size,
        boolean batchingRequired,
        @Nullable Webhook webhook) {
    static final String GOLDEN = "gate.golden";
    static final String LATENCY_P99 = "gate.latency-p99";
    static final String LATENCY_ROWS = "gate.latency-rows";
    static final String LATENCY_RUNS = "gate.latency-runs";
    static final String MAX_FILE_BYTES = "gate.max-file-bytes";
    static final String MAX_MEMORY = "gate.max-memory";
    static final String MEMORY_FACTOR = "gate.memory-factor";
    static final String BATCHING = "gate.batching";
    static final String WEBHOOK = "gate.webhook";
    static final String WEBHOOK_TIMEOUT = "gate.webhook-timeout";
    static final String WEBHOOK_OPTIONAL = "gate.webhook-optional";

    /// All that have a meaning here.
    public static final Set<String> PARAMETERS = Set.of(
            GOLDEN,
            LATENCY_P99,
            LATENCY_ROWS,
            LATENCY_RUNS,
            MAX_FILE_BYTES,
            MAX_MEMORY,
            MEMORY_FACTOR,
            BATCHING,
            WEBHOOK,
            WEBHOOK_TIMEOUT,
            WEBHOOK_OPTIONAL);

    /// Without any.
    public static final GateSettings NONE =
            new GateSettings(false, null, new Size(0, 0, Footprint.USUAL_FACTOR), false, null);

    private static final String PREFIX = "gate.";
    private static final int USUAL_RUNS = 200;
    private static final int FEWEST_RUNS = 20;
    private static final int MOST_RUNS = 10_000;
    private static final int MOST_ROWS = 65_536;
    private static final Duration LONGEST_RUN = Duration.ofMinutes(1);
    private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LONGEST_TIMEOUT = Duration.ofMinutes(10);

    /// @param p99 the longest that all but a hundredth of the runs may take
    /// @param rows of each run
    public record Latency(Duration p99, int rows, int runs) {}

    /// @param maxFileBytes of all files together; 0 for no limit
    /// @param maxMemoryBytes 0 for no limit
    /// @param memoryFactor how much memory a byte of the files takes
    public record Size(long maxFileBytes, long maxMemoryBytes, double memoryFactor) {}

    /// @param optional whether a version passes if there is no answer
    public record Webhook(URI uri, Duration timeout, boolean optional) {}

    /// @throws ModelLoadException if a parameter that begins with `gate.` is unknown or cannot be followed
    public static GateSettings of(ModelConfig config) {
        refuseUnknown(config);
        GateParameters parameters = new GateParameters(config);
        refuseAlone(parameters, LATENCY_P99, List.of(LATENCY_ROWS, LATENCY_RUNS));
        refuseAlone(parameters, WEBHOOK, List.of(WEBHOOK_TIMEOUT, WEBHOOK_OPTIONAL));
        return new GateSettings(
                parameters.isSecond(GOLDEN, "if-present", "required"),
                latency(parameters),
                new Size(
                        parameters.bytes(MAX_FILE_BYTES),
                        parameters.bytes(MAX_MEMORY),
                        parameters.factor(MEMORY_FACTOR, Footprint.USUAL_FACTOR, 1, 100)),
                parameters.isSecond(BATCHING, "any", "required"),
                webhook(parameters));
    }

    private static @Nullable Latency latency(GateParameters parameters) {
        if (!parameters.has(LATENCY_P99)) {
            return null;
        }
        return new Latency(
                parameters.time(LATENCY_P99, LONGEST_RUN, LONGEST_RUN),
                parameters.count(LATENCY_ROWS, 1, 1, MOST_ROWS),
                parameters.count(LATENCY_RUNS, USUAL_RUNS, FEWEST_RUNS, MOST_RUNS));
    }

    private static @Nullable Webhook webhook(GateParameters parameters) {
        if (!parameters.has(WEBHOOK)) {
            return null;
        }
        return new Webhook(
                parameters.http(WEBHOOK),
                parameters.time(WEBHOOK_TIMEOUT, USUAL_TIMEOUT, LONGEST_TIMEOUT),
                parameters.isSecond(WEBHOOK_OPTIONAL, "false", "true"));
    }

    /// A gate that was meant and is not there would let everything pass.
    private static void refuseUnknown(ModelConfig config) {
        for (String name : config.getParametersMap().keySet()) {
            if (name.startsWith(PREFIX) && !PARAMETERS.contains(name)) {
                throw new ModelLoadException("parameter '%s' is unknown (expected: one of %s)"
                        .formatted(name, PARAMETERS.stream().sorted().toList()));
            }
        }
    }

    private static void refuseAlone(GateParameters parameters, String needed, List<String> others) {
        for (String other : others) {
            if (parameters.has(other) && !parameters.has(needed)) {
                throw new ModelLoadException("parameter '%s' has no effect without '%s' (expected: both or neither)"
                        .formatted(other, needed));
            }
        }
    }
}
