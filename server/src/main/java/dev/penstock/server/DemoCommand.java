package dev.penstock.server;

import dev.penstock.server.config.Assignment;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.EffectiveConfig;
import dev.penstock.server.config.LogKeys;
import dev.penstock.server.config.ModelKeys;
import dev.penstock.server.config.Origin;
import dev.penstock.server.config.ShutdownKeys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `penstock demo`.
@Command(
        name = "demo",
        description = "Serve the example models and show how to ask them.",
        footer = {
            "",
            "Takes the flags of `penstock serve`; Ctrl-C ends it.",
            "",
            "With --rollout it makes its own traffic: version 2 of digits is promoted by evidence, version 3, which",
            "learned from wrong labels, is rolled back by itself. That takes less than a minute."
        })
final class DemoCommand implements Callable<Integer> {
    private final ConfigFlags flags;
    private final Surroundings surroundings;
    private final Program program;

    DemoCommand(ConfigFlags flags, Surroundings surroundings, Program program) {
        this.flags = flags;
        this.surroundings = surroundings;
        this.program = program;
    }

    @Option(names = "--rollout", description = "Show a version being promoted and another one being rolled back.")
    private boolean rollout;

    @Override
    public Integer call() {
        Path examples = examples();
        if (rollout) {
            return rollOut(examples);
        }
        Origin origin = new Origin(Origin.Source.FLAG, "demo");
        EffectiveConfig config = flags.read(
                Assignment.of(
                        ModelKeys.MODEL_REPOSITORY.name(),
                        examples.resolve("models").toString(),
                        origin),
                // Nobody balances load over a demo; a person who ends it wants it to end.
                Assignment.of(ShutdownKeys.DRAIN_DELAY.name(), "0s", origin));
        Logging.start(config.server().logs().level());
        return program.serve(
                config.server(), new DemoAnnouncer(surroundings, ShellPath.of(surroundings.workingFolder(), examples)));
    }

    /// In a folder of its own, which is gone afterwards: every time is the first.
    private int rollOut(Path examples) {
        Path folder;
        try {
            folder = Files.createTempDirectory("penstock-demo");
        } catch (IOException e) {
            throw new ConfigException(List.of("no folder can be made for the demo: " + e.getMessage()));
        }
        try {
            Path models = folder.resolve("models");
            copy(examples.resolve("models/digits"), models.resolve("digits"));
            copy(examples.resolve("rollout/digits"), models.resolve("digits"));
            Origin origin = new Origin(Origin.Source.FLAG, "demo");
            EffectiveConfig config = flags.read(
                    Assignment.of(ModelKeys.MODEL_REPOSITORY.name(), models.toString(), origin),
                    Assignment.of(
                            ModelKeys.DATA_DIR.name(), folder.resolve("data").toString(), origin),
                    Assignment.of("feedback.tokens", "true", origin),
                    // What the server would log of it is told in the demo's own lines.
                    Assignment.of(LogKeys.LOG_LEVEL.name(), "warning", origin),
                    Assignment.of(ShutdownKeys.DRAIN_DELAY.name(), "0s", origin));
            Logging.start(config.server().logs().level());
            return program.serve(config.server(), new DemoRollout(surroundings, examples.resolve("requests")));
        } catch (IOException e) {
            throw new ConfigException(List.of("the example models cannot be copied: " + e.getMessage()));
        } finally {
            delete(folder);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path copy = to.resolve(from.relativize(file).toString());
                Files.createDirectories(copy.getParent() == null ? to : copy.getParent());
                Path _ = Files.copy(file, copy);
            }
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                boolean _ = Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            // It is a temporary folder, which the system deletes some day.
        }
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
