package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.target.ProcessCpu;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/// A server that runs and can be asked.
///
/// @param name in reports
/// @param httpPort 0 if it has none
/// @param metricsPort 0 if it has none
/// @param adminPort 0 if it has none
public record Server(
        String name, Child child, ProcessCpu cpu, int grpcPort, int httpPort, int metricsPort, int adminPort) {
    private static final long KIB = 1024;

    public InetSocketAddress address(Wire wire) {
        int port = wire == Wire.JSON || wire == Wire.BINARY ? httpPort : grpcPort;
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /// The same in reports by another name.
    Server named(String other) {
        return new Server(other, child, cpu, grpcPort, httpPort, metricsPort, adminPort);
    }

    private long pid() {
        return child.process().pid();
    }

    /// The options of its JVM, folders left out.
    List<String> jvmFlags() {
        try {
            return Arrays.stream(Files.readString(Path.of("/proc/" + pid() + "/cmdline"))
                            .split("\0"))
                    .skip(1)
                    .takeWhile(argument -> argument.startsWith("-") && !argument.equals("-cp"))
                    .filter(argument -> !argument.contains("=/"))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    int threads() {
        int threads = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/" + pid() + "/task"))) {
            for (Path task : tasks) {
                threads += Files.isDirectory(task) ? 1 : 0;
            }
            return threads;
        } catch (IOException e) {
            throw new BenchException("the threads of " + name + " cannot be counted: " + e.getMessage(), e);
        }
    }

    /// Of the whole process: heap, direct memory, native libraries' memory.
    public long residentBytes() {
        try {
            return Files.readAllLines(Path.of("/proc/" + pid() + "/status")).stream()
                    .filter(line -> line.startsWith("VmRSS:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
                    .sum();
        } catch (IOException e) {
            throw new BenchException("the memory of " + name + " cannot be read: " + e.getMessage(), e);
        }
    }

    /// The sum of a metric over all its labels that contain `label`.
    ///
    /// @throws BenchException if there is none
    public double metric(String metric, String label) {
        double[] found = metrics(metric, label);
        if (found.length == 0) {
            throw new BenchException(name + " has no metric " + metric + " with " + label);
        }
        return Arrays.stream(found).sum();
    }

    /// The same of a counter that is told only once it has counted something: 0 if there is none.
    double counter(String metric, String label) {
        return Arrays.stream(metrics(metric, label)).sum();
    }

    private double[] metrics(String metric, String label) {
        URI uri = URI.create("http://127.0.0.1:" + metricsPort + "/metrics");
        try (HttpClient client = HttpClient.newHttpClient()) {
            String page = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                    .body();
            return page.lines()
                    .filter(line -> line.startsWith(metric + " ") || line.startsWith(metric + "{"))
                    .filter(line -> line.contains(label))
                    .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .toArray();
        } catch (IOException e) {
            throw new BenchException("no answer from " + uri + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted", e);
        }
    }

    /// The heap that is used after a collection, in bytes.
    long liveHeapBytes(Path java) {
        Path jcmd = java.resolveSibling("jcmd");
        if (Lines.of(List.of(jcmd.toString(), Long.toString(pid()), "GC.run")).isEmpty()) {
            throw new BenchException(jcmd + " cannot make " + name + " collect its garbage");
        }
        return (long) metric("jvm_memory_used_bytes", "area=\"heap\"");
    }
}
