package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.TestResult;
import dev.penstock.loadtest.result.TestResults;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/// What is made of a result: files, and a table for the terminal. Any thread may call.
public final class Reports {
    /// Of text that goes nowhere in particular.
    public static final int COLUMNS = PlainText.MOST_COLUMNS;

    private Reports() {}

    /// Writes `result.json` and what is made of it (`report.html`, `report.md`, `stages.csv`,
    /// `windows.csv`, `latency.hlog`) into a folder, over what is there from an earlier test. Blocks on
    /// the files.
    ///
    /// @param folder made if it is not there
    public static void write(TestResult result, Path folder) throws IOException {
        Files.createDirectories(folder);
        TestResults.write(result, folder.resolve("result.json"));
        Files.writeString(folder.resolve("report.md"), MarkdownReport.of(result));
        Files.writeString(folder.resolve("report.html"), HtmlReport.of(result));
        Files.writeString(folder.resolve("stages.csv"), CsvReport.stages(result));
        Files.writeString(folder.resolve("windows.csv"), CsvReport.windows(result));
        Files.writeString(folder.resolve("latency.hlog"), HdrLog.of(result));
    }

    /// Prints a result as plain text.
    ///
    /// @param columns that lines may have; more than [#COLUMNS] are not used, and figures may need more
    public static void print(TestResult result, PrintWriter out, int columns) {
        TerminalReport.print(result, out, new PlainText(columns));
    }
}
