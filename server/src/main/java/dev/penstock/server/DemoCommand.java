package dev.penstock.server;

import dev.penstock.server.config.Assignment;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.EffectiveConfig;
import dev.penstock.server.config.Keys;
import dev.penstock.server.config.Origin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `penstock demo`.
@Command(
        name = "demo",
        description = "Serve the example models and show how to ask them.",
        footer = {"", "Takes the flags of `penstock serve`; Ctrl-C ends it."})
final class DemoCommand implements Callable<Integer> {
    private final ConfigFlags flags;
    private final Surroundings surroundings;
    private final Program program;

    DemoCommand(ConfigFlags flags, Surroundings surroundings, Program program) {
        this.flags = flags;
        this.surroundings = surroundings;
        this.program = program;
    }

    @Override
    public Integer call() {
        Path examples = examples();
        Origin origin = new Origin(Origin.Source.FLAG, "demo");
        EffectiveConfig config = flags.read(
                Assignment.of(
                        Keys.MODEL_REPOSITORY.name(), examples.resolve("models").toString(), origin),
                // Nobody balances load over a demo; a person who ends it wants it to end.
                Assignment.of(Keys.DRAIN_DELAY.name(), "0s", origin));
        Logging.start(config.server().logLevel());
        return program.serve(
                config.server(), new DemoAnnouncer(surroundings, ShellPath.of(surroundings.workingFolder(), examples)));
    }

    private Path examples() {
        String home = surroundings.environment().get("PENSTOCK_HOME");
        if (home == null) {
            throw new ConfigException(
                    List.of("PENSTOCK_HOME is not set (expected: start the demo by the launcher, ./penstock demo)"));
        }
        Path examples = surroundings.workingFolder().resolve(home).resolve("examples");
        if (!Files.isDirectory(examples.resolve("models"))) {
            throw new ConfigException(
                    List.of("PENSTOCK_HOME: '%s' (expected: a folder with examples/models in it)".formatted(home)));
        }
        return examples;
    }
}
