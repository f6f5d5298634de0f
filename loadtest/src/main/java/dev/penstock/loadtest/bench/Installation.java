package dev.penstock.loadtest.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where the parts are that the bench starts.
///
/// @param home of the checkout or the distribution
/// @param distribution with `lib`, `native` and `bench`
/// @param java the program that runs Java
/// @param launcher `penstock` itself
public record Installation(Path home, Path distribution, Path java, Path launcher) {
    private static final String STOCK = "dev.penstock.peer.StockServer";
    private static final String DIRECT = "dev.penstock.direct.DirectRuns";

    /// @param environment with what the launcher sets
    /// @throws BenchException saying what is missing
    public static Installation of(Map<String, String> environment) {
        String home = environment.get("PENSTOCK_HOME");
        if (home == null) {
            throw new BenchException("PENSTOCK_HOME is not set (expected: start it by ./penstock bench)");
        }
        Path folder = Path.of(home);
        Path built = folder.resolve("dist/target/penstock");
        Path distribution = Files.isDirectory(built) ? built : folder;
        Installation found = new Installation(
                folder,
                distribution,
                Path.of(System.getProperty("java.home"), "bin", "java"),
                distribution.resolve("bin/penstock"));
        for (Path needed : List.of(found.lib(), found.peers(), found.examples(), found.launcher)) {
            if (!Files.exists(needed)) {
                throw new BenchException(
                        needed + " is missing (expected: a checkout, or a distribution with its folders"
                                + " lib, bench and examples)");
            }
        }
        return found;
    }

    private Path lib() {
        return distribution.resolve("lib");
    }

    private Path peers() {
        return distribution.resolve("bench");
    }

    Path natives() {
        return distribution.resolve("native");
    }

    /// The example models, with those that only the build of a checkout has.
    Path examples() {
        return home.resolve("examples/models");
    }

    /// For what is made once and used by later runs: models, Node's packages, logs.
    public Path work() {
        return distribution.equals(home) ? home.resolve("bench/work") : home.resolve("target/bench");
    }

    Path nodePeer() {
        return peers().resolve("node");
    }

    /// @param models `NAME=FILE` for each
    List<String> stockServer(List<String> models) {
        List<String> command = java(STOCK);
        command.addAll(models);
        return command;
    }

    List<String> echo() {
        return java(EchoProgram.class.getName());
    }

    List<String> directRuns() {
        return java(DIRECT);
    }

    /// With the flags that the launcher gives Penstock; its setting for glibc is inherited.
    private List<String> java(String mainClass) {
        return new ArrayList<>(List.of(
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseCompactObjectHeaders",
                "-XX:+UseParallelGC",
                "-XX:MaxTenuringThreshold=1",
                "-XX:MetaspaceSize=96m",
                "-Dio.netty.leakDetection.level=disabled",
                "-Dio.netty.allocator.type=pooled",
                "-Donnxruntime.native.path=" + natives(),
                "-cp",
                lib() + "/*:" + peers() + "/*",
                mainClass));
    }

    /// The revision of the checkout, with a `+` if files differ from it; empty if there is none.
    Optional<String> revision() {
        return Lines.of(List.of("git", "-C", home.toString(), "rev-parse", "--short=12", "HEAD"))
                .map(hash -> hash
                        + Lines.of(List.of("git", "-C", home.toString(), "status", "--porcelain", "-uno"))
                                .map(changed -> "+")
                                .orElse(""));
    }
}
