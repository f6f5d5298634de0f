package dev.penstock.server;

import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.EffectiveConfig;
import dev.penstock.server.config.ModelKeys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/// `penstock serve`.
@Command(
        name = "serve",
        description = "Serve the models of one or more repositories.",
        footer = {
            "",
            "Examples:",
            "  penstock serve --model-repository /srv/models",
            "  penstock serve --model-repository models --http-port 9000 --default-device cuda",
            "  penstock serve --model-repository models --model-control-mode explicit --load-model digits",
            "",
            "Each setting may also come from the environment (PENSTOCK_HTTP_PORT) or from penstock.yaml",
            "(http.port); `penstock config` tells which one won. SIGTERM drains and ends with exit code 0."
        })
final class ServeCommand implements Callable<Integer> {
    private final ConfigFlags flags;
    private final Surroundings surroundings;
    private final Program program;

    ServeCommand(ConfigFlags flags, Surroundings surroundings, Program program) {
        this.flags = flags;
        this.surroundings = surroundings;
        this.program = program;
    }

    @Override
    public Integer call() {
        EffectiveConfig config = flags.read();
        refuseMissingRepositories(config);
        Logging.start(config.server().logs().level());
        return program.serve(config.server(), new Announcer(surroundings.out()));
    }

    private void refuseMissingRepositories(EffectiveConfig config) {
        List<String> problems = new ArrayList<>();
        List<Path> repositories = config.server().models().repositories();
        if (repositories.isEmpty() && config.server().registered().dataDir().isEmpty()) {
            problems.add(
                    "no model repository (expected: %s DIR, or %s DIR for registered models, or `%s demo` for the examples)"
                            .formatted(
                                    ModelKeys.MODEL_REPOSITORY.flag(),
                                    ModelKeys.DATA_DIR.flag(),
                                    surroundings.command()));
        }
        for (Path repository : repositories) {
            if (!Files.isDirectory(surroundings.workingFolder().resolve(repository))) {
                problems.add("model-repository: '%s' (expected: a folder that exists), from %s"
                        .formatted(
                                repository,
                                config.setting(ModelKeys.MODEL_REPOSITORY).origin()));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
    }
}
