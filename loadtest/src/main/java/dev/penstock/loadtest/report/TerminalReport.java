package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.TestResult;
import java.io.PrintWriter;

/// A result for a terminal: what its files say in full, in short.
final class TerminalReport {
    private TerminalReport() {}

    static void print(TestResult result, PrintWriter out) {
        for (Table table : Tables.of(result)) {
            out.println(PlainText.table(table));
        }
        result.findings().forEach(finding -> out.print(PlainText.wrapped(finding)));
        Words.promises(result).forEach(promise -> out.print(PlainText.wrapped(promise)));
        Words.caveats(result).forEach(caveat -> out.print(PlainText.wrapped(caveat)));
        out.print(PlainText.wrapped(Words.verdict(result)));
        out.flush();
    }
}
