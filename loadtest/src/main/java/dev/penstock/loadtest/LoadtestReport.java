package dev.penstock.loadtest;

import dev.penstock.loadtest.report.Reports;
import dev.penstock.loadtest.result.TestResult;
import dev.penstock.loadtest.target.ServerInfo;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Tells what came of a load test: prints it, and writes its files.
final class LoadtestReport {
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

    private final PrintWriter out;
    private final PrintWriter err;
    private final int columns;

    /// @param columns that lines of `out` may have
    LoadtestReport(PrintWriter out, PrintWriter err, int columns) {
        this.out = out;
        this.err = err;
        this.columns = columns;
    }

    /// @param asked the folder for its files; empty for one with the test's name and time
    /// @return whether the results could be written
    boolean tell(TestResult result, Optional<Path> asked) {
        Path folder = asked.orElseGet(() -> folder(result));
        err.println();
        Reports.print(result, out, columns);
        out.flush();
        try {
            Reports.write(result, folder);
            err.println("written to " + folder);
            return true;
        } catch (IOException e) {
            err.println(folder + " cannot be written: " + e.getMessage() + " (the table above is all there is)");
            return false;
        }
    }

    private static Path folder(TestResult result) {
        String name = result.name().replaceAll("[^A-Za-z0-9._-]+", "-");
        return Path.of("loadtest-results", name + "-" + STAMP.format(result.at()));
    }

    /// Of all that was used.
    static Map<String, String> versions(ServerInfo server) {
        Map<String, String> versions = new TreeMap<>();
        versions.put("java", System.getProperty("java.runtime.version"));
        Optional.ofNullable(LoadtestReport.class.getPackage().getImplementationVersion())
                .ifPresent(version -> versions.put("penstock", version));
        if (!server.name().isEmpty()) {
            versions.put("server", (server.name() + " " + server.version()).strip());
        }
        return versions;
    }
}
