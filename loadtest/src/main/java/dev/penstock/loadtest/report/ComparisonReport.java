package dev.penstock.loadtest.report;

import dev.penstock.loadtest.compare.Comparison;
import dev.penstock.loadtest.compare.Interval;
import dev.penstock.loadtest.compare.LimitVerdict;
import dev.penstock.loadtest.compare.Line;
import dev.penstock.loadtest.compare.Metric;
import dev.penstock.loadtest.result.TestResult;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;

/// How two results differ, as plain text of at most 100 columns or as JSON.
public final class ComparisonReport {
    private final TestResult a;
    private final TestResult b;
    private final Comparison comparison;
    private final boolean passes;

    /// @param passes what is said in the end
    public ComparisonReport(TestResult a, TestResult b, Comparison comparison, boolean passes) {
        this.a = a;
        this.b = b;
        this.comparison = comparison;
        this.passes = passes;
    }

    public void print(PrintWriter out) {
        PlainText text = new PlainText(Reports.COLUMNS);
        out.print(text.wrapped("A: " + a.name() + ", " + a.at()));
        out.print(text.wrapped("B: " + b.name() + ", " + b.at()));
        out.println();
        out.println(text.table(table()));
        notes().forEach(note -> out.print(text.wrapped(note)));
        out.println(passes ? "B passes." : "B does NOT pass.");
        out.flush();
    }

    /// @return one JSON object, see `docs/load-testing.md`
    public String toJson() {
        return ComparisonJson.of(a, b, comparison, notes(), passes).toPrettyString();
    }

    private Table table() {
        boolean withLimits = !comparison.criteria().limits().isEmpty();
        List<String> columns = new ArrayList<>(List.of("Stage", "What", "A", "B", "B to A", "Between", "Verdict"));
        if (withLimits) {
            columns.add("Limit");
        }
        List<List<String>> rows = new ArrayList<>();
        for (Line line : comparison.lines()) {
            List<String> row =
                    new ArrayList<>(List.of(line.stage(), line.metric().label()));
            row.add(figure(line.metric(), line.a()));
            row.add(figure(line.metric(), line.b()));
            row.add(change(line.metric(), line.change().estimate()));
            row.add(between(line.metric(), line.change()));
            row.add(line.verdict().words());
            if (withLimits) {
                row.add(limit(line));
            }
            rows.add(row);
        }
        String confidence = Figures.percent(comparison.criteria().confidence());
        return new Table("B against A; all intervals together hold with " + confidence, columns, 2, rows);
    }

    private String limit(Line line) {
        Double limit = comparison.criteria().limits().get(line.metric());
        return limit == null || line.limit() == LimitVerdict.NO_LIMIT
                ? ""
                : Figures.percent(limit) + " " + line.limit().words();
    }

    private static String figure(Metric metric, double value) {
        return switch (metric) {
            case RATE -> Figures.rate(value);
            case ERRORS -> Figures.percent(value);
            case P50, P90, P99, P999, SERVER_CPU -> Figures.micros(value);
        };
    }

    private static String change(Metric metric, double change) {
        if (metric != Metric.ERRORS) {
            return change == Double.POSITIVE_INFINITY ? "any" : Figures.ratio(change);
        }
        return (change > 0 ? "+" : "") + Figures.percent(change);
    }

    private static String between(Metric metric, Interval change) {
        return change.isKnown() ? change(metric, change.low()) + " .. " + change(metric, change.high()) : Figures.NONE;
    }

    /// What one must know before one believes the table.
    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        comparison.missing().forEach(name -> notes.add("Only A has the stage " + name + "."));
        comparison.added().forEach(name -> notes.add("Only B has the stage " + name + "."));
        Words.caveats(a).forEach(caveat -> notes.add("A: " + caveat));
        Words.caveats(b).forEach(caveat -> notes.add("B: " + caveat));
        if (!isSameMachine()) {
            notes.add("The clients ran on different machines: " + text(a) + "; " + text(b) + ".");
        }
        if (!a.scenario().equals(b.scenario())) {
            notes.add("The scenarios differ: see both files.");
        }
        return notes;
    }

    private boolean isSameMachine() {
        return a.machine().processor().equals(b.machine().processor())
                && a.machine().cores() == b.machine().cores()
                && a.machine().system().equals(b.machine().system());
    }

    private static String text(TestResult result) {
        return result.machine().processor() + ", " + result.machine().cores() + " cores, "
                + result.machine().system();
    }
}
