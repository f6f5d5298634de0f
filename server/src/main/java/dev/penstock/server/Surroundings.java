package dev.penstock.server;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the commands see of the process they run in.
///
/// @param terminal where a person sees what is printed and can answer, or null
record Surroundings(
        Map<String, String> environment,
        Path workingFolder,
        PrintStream out,
        PrintStream err,
        @Nullable Terminal terminal) {
    Surroundings {
        environment = Map.copyOf(environment);
    }

    /// Without a terminal.
    Surroundings(Map<String, String> environment, Path workingFolder, PrintStream out, PrintStream err) {
        this(environment, workingFolder, out, err, null);
    }

    static Surroundings ofThisProcess() {
        return new Surroundings(System.getenv(), Path.of(""), System.out, System.err, Terminal.of(System.console()));
    }

    /// The word that starts this program, as the user typed it.
    String command() {
        return environment.getOrDefault("PENSTOCK_COMMAND", "penstock");
    }

    /// The configuration file to use, or null for none.
    ///
    /// @param named what the command line names, or null
    @Nullable
    Path configFile(@Nullable Path named) {
        String variable = environment.get("PENSTOCK_CONFIG");
        if (named != null || variable != null) {
            return workingFolder.resolve(named != null ? named : Path.of(variable));
        }
        Path usual = workingFolder.resolve("penstock.yaml");
        return Files.exists(usual) ? usual : null;
    }
}
