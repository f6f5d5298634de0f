package dev.penstock.loadtest.report;

import dev.penstock.loadtest.report.Plot.Form;
import dev.penstock.loadtest.report.Plot.Line;
import dev.penstock.loadtest.report.Plot.Point;
import dev.penstock.loadtest.report.Plot.Rule;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.TestResult;
import dev.penstock.loadtest.result.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What was measured from window to window, one stage after the other: what hides in the numbers of a
/// whole stage, such as a pause or a server that slows down.
final class TimePlots {
    private static final String TIME = "Measured time in seconds, stage after stage";
    private static final int MOST_NAMES = 8;
    private final TestResult result;

    TimePlots(TestResult result) {
        this.result = result;
    }

    boolean isEmpty() {
        return result.stages().stream().allMatch(stage -> stage.windows().isEmpty());
    }

    Plot rates(String id) {
        List<Line> lines = List.of(
                new Line("right answers", Form.CURVE, points(Window::perSecond)),
                new Line("due", Form.CURVE, points(Window::offeredPerSecond)),
                new Line("failed or not sent", Form.CURVE, points(TimePlots::lostPerSecond)));
        double highest = lines.stream()
                .flatMap(line -> line.points().stream())
                .mapToDouble(Point::y)
                .filter(Double::isFinite)
                .max()
                .orElse(1);
        String note =
                "Requests per second of each window. A gap between right answers and due is what was lost or late.";
        Axis y = Axis.fromZero("Requests per second", highest, Figures::rate);
        return new Plot(id, "Rate over time", note, time(), y, lines, stages(), table("Rate over time"));
    }

    Plot latencies(String id) {
        List<Line> lines = List.of(
                new Line("p50", Form.CURVE, points(window -> window.latencyMicros(50))),
                new Line("p99", Form.CURVE, points(window -> window.latencyMicros(99))),
                new Line("max", Form.CURVE, points(window -> window.latencyMicros(100))));
        List<Rule> rules = new ArrayList<>(stages());
        rules.addAll(Rules.slo(result));
        String note = "Latency of the right answers that came in each window.";
        Axis y = Rules.latencyAxis(lines, rules);
        return new Plot(id, "Latency over time", note, time(), y, lines, rules, table("Latency over time"));
    }

    private static double lostPerSecond(Window window) {
        return (double) (window.failed() + window.overflowed())
                * 1e9
                / (double) window.length().toNanos();
    }

    private Axis time() {
        double all = result.stages().stream()
                .mapToDouble(stage -> seconds(stage.elapsed()))
                .sum();
        return new Axis(TIME, Axis.Scale.LINEAR, 0, Math.max(all, 1e-9), Figures::rate);
    }

    /// One point in the middle of each window, and a gap between stages.
    private List<Point> points(ToDoubleFunction<Window> value) {
        List<Point> points = new ArrayList<>();
        double from = 0;
        for (StageResult stage : result.stages()) {
            for (Window window : stage.windows()) {
                double middle = from + seconds(window.from()) + seconds(window.length()) / 2;
                points.add(new Point(middle, value.applyAsDouble(window), false, ""));
            }
            from += seconds(stage.elapsed());
            points.add(new Point(from, Double.NaN, false, ""));
        }
        return points;
    }

    /// Where each stage begins.
    private List<Rule> stages() {
        List<Rule> rules = new ArrayList<>();
        double from = 0;
        for (StageResult stage : result.stages()) {
            String name = stage.validity().isValid() ? stage.name() : stage.name() + " (NOT VALID)";
            rules.add(new Rule(result.stages().size() <= MOST_NAMES ? name : "", false, from));
            from += seconds(stage.elapsed());
        }
        return rules;
    }

    private Table table(String title) {
        List<String> columns = List.of(
                "Stage", "From", "Length", "Rate/s", "Due/s", "Failed", "Not sent", "p50", "p99", "p99.9", "Max");
        List<List<String>> rows = new ArrayList<>();
        for (StageResult stage : result.stages()) {
            for (Window window : stage.windows()) {
                rows.add(row(stage.name(), window));
            }
        }
        return new Table(title, columns, 1, rows);
    }

    private static List<String> row(String stage, Window window) {
        return List.of(
                stage,
                Figures.micros(seconds(window.from()) * 1e6),
                Figures.micros(seconds(window.length()) * 1e6),
                Figures.rate(window.perSecond()),
                Figures.rate(window.offeredPerSecond()),
                Figures.count(window.failed()),
                Figures.count(window.overflowed()),
                Figures.micros(window.latencyMicros(50)),
                Figures.micros(window.latencyMicros(99)),
                Figures.micros(window.latencyMicros(99.9)),
                Figures.micros(window.latencyMicros(100)));
    }

    private static double seconds(Duration time) {
        return (double) time.toNanos() / 1e9;
    }
}
