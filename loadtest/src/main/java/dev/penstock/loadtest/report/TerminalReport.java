package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.TestResult;
import java.io.PrintWriter;

/// A result for a terminal: what its files say in full, in short.
final class TerminalReport {
    private TerminalReport() {}

    static void print(TestResult result, PrintWriter out, PlainText text) {
        for (Table table : Tables.of(result)) {
            out.println(text.table(table));
        }
        result.findings().forEach(finding -> out.print(text.wrapped(finding)));
        Words.promises(result).forEach(promise -> out.print(text.wrapped(promise)));
        Words.caveats(result).forEach(caveat -> out.print(text.wrapped(caveat)));
        out.print(text.wrapped(Words.verdict(result)));
        out.flush();
    }
}
