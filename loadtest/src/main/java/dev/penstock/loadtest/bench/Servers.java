package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.target.ProcessCpu;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/// Starts Penstock and its peers. Each takes free ports of the loopback address and prints which.
final class Servers {
    static final String PENSTOCK = "penstock";
    static final String STOCK = "grpc-java";
    static final String NODE = "node";

    /// One process of the stock server, which has every model twice.
    ///
    /// @param usual as ONNX Runtime's defaults make it: threads that share a run, and spin when there is none
    /// @param oneThread with one thread for each run, on another port
    record Stock(Server usual, Server oneThread) {}

    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final Installation installation;
    private final Consumer<String> progress;
    private final Consumer<Child> owner;

    /// @param owner given each process as soon as it runs, long before it is ready, and ends it
    Servers(Installation installation, Consumer<String> progress, Consumer<Child> owner) {
        this.installation = installation;
        this.progress = progress;
        this.owner = owner;
    }

    /// @param name of its log
    /// @param repositories that it loads from
    /// @param load names of the models to load; `*` is all
    /// @param settings more of them
    /// @param pin puts the command on its cores
    Server penstock(
            String name,
            List<Path> repositories,
            List<String> load,
            List<String> settings,
            UnaryOperator<List<String>> pin) {
        List<String> command = new ArrayList<>(List.of(installation.launcher().toString(), "serve"));
        repositories.forEach(folder -> command.addAll(List.of("--model-repository", folder.toString())));
        command.addAll(List.of("--model-control-mode", "explicit", "--load-models", String.join(",", load)));
        for (String door : List.of("http", "grpc", "metrics", "admin")) {
            command.addAll(List.of("--" + door + "-host", "127.0.0.1", "--" + door + "-port", "0"));
        }
        command.addAll(
                List.of("--shutdown-drain-delay", "0s", "--shutdown-drain-timeout", "1s", "--log-level", "warning"));
        command.addAll(settings);
        Child child = start(name, pin.apply(command), Map.of("PENSTOCK_NO_BUILD", "1"));
        int http = 0;
        int grpc = 0;
        int metrics = 0;
        int admin = 0;
        String line = child.awaitLine(PATIENCE);
        while (!line.contains("ready after")) {
            String text = line.strip();
            http = text.startsWith("REST") ? port(text) : http;
            grpc = text.startsWith("gRPC") ? port(text) : grpc;
            metrics = text.startsWith("metrics") ? port(text.replace("/metrics", "")) : metrics;
            admin = text.startsWith("admin") ? port(text.replace("/api/v1/models", "")) : admin;
            line = child.awaitLine(PATIENCE);
        }
        return new Server(PENSTOCK, child, ProcessCpu.of(child.process()), grpc, http, metrics, admin);
    }

    Stock stock(List<Subject> subjects, UnaryOperator<List<String>> pin) {
        Child child = start(STOCK, pin.apply(installation.stockServer(models(subjects))), Map.of());
        int[] ports = ready(child);
        return new Stock(
                new Server(STOCK, child, ProcessCpu.of(child.process()), ports[0], 0, 0, 0),
                new Server(STOCK + ", intra_op 1", child, ProcessCpu.of(child.process()), ports[1], 0, 0, 0));
    }

    /// @return empty, with the reason told, if Node is not installed or its packages cannot be had
    Optional<Server> node(List<Subject> subjects, UnaryOperator<List<String>> pin) {
        if (!Cores.isInstalled("node") || !Cores.isInstalled("npm")) {
            progress.accept("node: not installed, so it is left out");
            return Optional.empty();
        }
        Path folder = installation.work().resolve("node");
        if (!installNode(folder)) {
            return Optional.empty();
        }
        List<String> command = new ArrayList<>(List.of(
                "node",
                folder.resolve("server.js").toString(),
                installation.nodePeer().resolve("proto").toString()));
        command.addAll(models(subjects));
        Child child = start(NODE, pin.apply(command), Map.of());
        int[] ports = ready(child);
        return Optional.of(new Server(NODE, child, ProcessCpu.of(child.process()), ports[1], ports[0], 0, 0));
    }

    /// Puts the packages beside a copy of the server, once.
    private boolean installNode(Path folder) {
        try {
            Files.createDirectories(folder);
            Path wanted = installation.nodePeer().resolve("package.json");
            Path had = folder.resolve("package.json");
            boolean installed = Files.isDirectory(folder.resolve("node_modules/onnxruntime-node"))
                    && Files.exists(had)
                    && Files.mismatch(wanted, had) < 0;
            for (String file : List.of("package.json", "server.js")) {
                Files.copy(
                        installation.nodePeer().resolve(file),
                        folder.resolve(file),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            if (installed) {
                return true;
            }
            progress.accept("node: installing fastify, grpc-js and onnxruntime-node with npm, once");
            // The install script would download CUDA's libraries; those for CPUs are in the package.
            Process npm = new ProcessBuilder(
                            "npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent")
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("npm.log").toFile())
                    .start();
            if (npm.waitFor() != 0) {
                progress.accept("node: npm install failed, so it is left out; see " + folder.resolve("npm.log"));
                Files.delete(had);
                return false;
            }
            return true;
        } catch (IOException e) {
            throw new BenchException("node's packages cannot be put into " + folder + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    private Child start(String name, List<String> command, Map<String, String> environment) {
        progress.accept("starting " + name);
        Child child = Child.start(name, installation.work().resolve("logs"), command, environment);
        owner.accept(child);
        return child;
    }

    private static List<String> models(List<Subject> subjects) {
        return subjects.stream()
                .map(subject -> subject.name() + "=" + subject.file())
                .toList();
    }

    private static int[] ready(Child child) {
        String line = child.awaitLine(PATIENCE);
        while (!line.startsWith("ready ")) {
            line = child.awaitLine(PATIENCE);
        }
        return Arrays.stream(line.substring("ready ".length()).split(" "))
                .mapToInt(Integer::parseInt)
                .toArray();
    }

    private static int port(String text) {
        return Integer.parseInt(text.substring(text.lastIndexOf(':') + 1));
    }
}
