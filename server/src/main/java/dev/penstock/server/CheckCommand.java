package dev.penstock.server;

import dev.penstock.core.Device;
import dev.penstock.server.config.ConfigException;
import dev.penstock.server.config.LogLevel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// `penstock check`.
@Command(
        name = "check",
        description = "Load every model of a repository and say what is wrong, without serving.",
        footer = {
            "",
            "Exit code 0: all would be served. 4: at least one would not.",
            "",
            "Example:",
            "  penstock check /srv/models"
        })
final class CheckCommand implements Callable<Integer> {
    private final Surroundings surroundings;
    private final Program program;

    @Parameters(paramLabel = "DIR", description = "Model repository: a folder with one folder per model.")
    private Path repository = Path.of("");

    @Option(
            names = "--default-device",
            paramLabel = "DEVICE",
            converter = DeviceConverter.class,
            description = "What runs a model that does not say: cpu, cuda or cuda:N. Default: cpu")
    private Device defaultDevice = Device.CPU;

    CheckCommand(Surroundings surroundings, Program program) {
        this.surroundings = surroundings;
        this.program = program;
    }

    @Override
    public Integer call() {
        Path folder = surroundings.workingFolder().resolve(repository);
        if (!Files.isDirectory(folder)) {
            throw new ConfigException(List.of("DIR: '%s' (expected: a folder that exists)".formatted(repository)));
        }
        Logging.start(LogLevel.WARNING);
        List<Finding> findings = program.check(folder, defaultDevice);
        print(findings);
        return findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR)
                ? ExitCode.MODEL_FAILED
                : ExitCode.OK;
    }

    private void print(List<Finding> findings) {
        if (findings.isEmpty()) {
            surroundings.out().println("no model in " + repository);
            return;
        }
        TextTable table = TextTable.withHeader("MODEL", "RESULT", "WHY");
        for (Finding finding : findings) {
            String result = finding.severity().name().toLowerCase(Locale.ROOT);
            table.add(finding.subject(), result, finding.message());
        }
        surroundings.out().print(table);
    }

    static final class DeviceConverter implements ITypeConverter<Device> {
        @Override
        public Device convert(String text) {
            try {
                return Device.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }
}
