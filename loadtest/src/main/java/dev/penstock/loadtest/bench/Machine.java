package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.run.ThisMachine;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What results depend on beside the code: name and value, in the order in which people are shown them.
public final class Machine {
    private static final List<String> LIBRARIES =
            List.of("penstock-server", "onnxruntime", "netty-handler", "grpc-netty");

    private Machine() {}

    public static Map<String, String> describe(Installation installation, Cores cores, String mode) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("mode", mode);
        facts.put("processor", ThisMachine.processor() + ", " + cores.allowed().size() + " cores usable");
        facts.put("cores", cores.description());
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        firstLine(Path.of("/proc/loadavg")).ifPresent(load -> facts.put("load average before", load.split(" ", 4)[0]));
        facts.put("java", System.getProperty("java.vendor") + " " + System.getProperty("java.runtime.version"));
        Lines.of(List.of("node", "--version")).ifPresent(version -> facts.put("node", version));
        installation.revision().ifPresent(revision -> facts.put("revision", revision));
        for (String library : LIBRARIES) {
            version(installation.distribution().resolve("lib"), library)
                    .ifPresent(version -> facts.put(library, version));
        }
        return facts;
    }

    private static Optional<String> firstLine(Path file) {
        try {
            return Files.isReadable(file) ? Files.readAllLines(file).stream().findFirst() : Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> version(Path lib, String library) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(lib, library + "-[0-9]*.jar")) {
            for (Path jar : jars) {
                String name = jar.getFileName().toString();
                return Optional.of(name.substring(library.length() + 1, name.length() - ".jar".length()));
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
