package dev.penstock.server;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Programs of the machine that tests hold us against.
public final class Tools {
    static final String PROMETHEUS_NEEDED =
            "needs prometheus and promtool (Debian: apt-get install --no-install-recommends prometheus)";
    public static final String ALERTMANAGER_NEEDED =
            "needs prometheus-alertmanager and amtool (Debian: apt-get install --no-install-recommends"
                    + " prometheus-alertmanager)";

    private Tools() {}

    public static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    /// @param said all that it printed
    record Result(int code, String said) {}

    /// Runs a program to its end.
    ///
    /// @param said where its output goes
    /// @param input what it reads, or an empty file
    static Result run(Path said, Path input, String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectInput(input.toFile())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        try {
            return new Result(process.waitFor(), Files.readString(said));
        } finally {
            process.destroyForcibly();
        }
    }
}
