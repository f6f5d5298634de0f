package dev.penstock.server.registry;

import dev.penstock.core.ModelLoadException;
import dev.penstock.proto.inference.ModelConfig;
import java.util.List;
import java.util.Set;

/// How many threads a configuration wants to share a run. Pure.
final class RunProfile {
    /// `throughput`, one thread a run, which is the default; or `latency`, several.
    static final String PROFILE_PARAMETER = "profile";
    /// How many; without it the latency profile takes one for each processor.
    static final String THREADS_PARAMETER = "intra_op_thread_count";

    static final Set<String> PARAMETERS = Set.of(PROFILE_PARAMETER, THREADS_PARAMETER);

    private static final String THROUGHPUT = "throughput";
    private static final String LATENCY = "latency";

    private RunProfile() {}

    /// @param processors that the process may use; more threads would wait for one another
    /// @param warnings gets what cannot be followed
    /// @throws ModelLoadException if the configuration says something that cannot be
    static int threadsPerRun(ModelConfig config, int processors, List<String> warnings) {
        String profile = text(config, PROFILE_PARAMETER);
        if (!profile.isEmpty() && !profile.equals(THROUGHPUT) && !profile.equals(LATENCY)) {
            throw wrong(PROFILE_PARAMETER, profile, "latency or throughput");
        }
        int asked = threads(config);
        if (profile.equals(THROUGHPUT) && asked > 1) {
            throw wrong(THREADS_PARAMETER, Integer.toString(asked), "1 with the profile throughput");
        }
        int wanted = asked == 0 && profile.equals(LATENCY) ? processors : Math.max(1, asked);
        if (wanted > processors) {
            warnings.add("%s: parameter '%s': %d threads, but there are %d processors, so it is %d"
                    .formatted(FolderReader.CONFIG_FILE, THREADS_PARAMETER, wanted, processors, processors));
        } else if (wanted == 1 && profile.equals(LATENCY)) {
            warnings.add("%s: parameter '%s': latency has no effect with one thread"
                    .formatted(FolderReader.CONFIG_FILE, PROFILE_PARAMETER));
        }
        return Math.min(wanted, processors);
    }

    private static int threads(ModelConfig config) {
        String text = text(config, THREADS_PARAMETER);
        if (!text.matches("\\d{0,4}")) {
            throw wrong(THREADS_PARAMETER, text, "an integer from 0 to 9999; 0 leaves it to the profile");
        }
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    private static String text(ModelConfig config, String parameter) {
        return config.containsParameters(parameter)
                ? config.getParametersOrThrow(parameter).getStringValue()
                : "";
    }

    private static ModelLoadException wrong(String parameter, String text, String expected) {
        return new ModelLoadException(
                "parameter '%s': string_value '%s' (expected: %s)".formatted(parameter, text, expected));
    }
}
