package dev.penstock.loadtest.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/// Turns of one server in pairs, with every request copied and without. Confined to one thread.
final class ShadowPairs {
    private static final long SEED = 7;

    private final Bench bench;
    private final ShadowedRoute route;
    private final AtRate asked;
    private final Random order = new Random(SEED);
    private final List<Sample> with = new ArrayList<>();
    private final List<Sample> without = new ArrayList<>();
    private double ran;
    private double dropped;

    ShadowPairs(Bench bench, ShadowedRoute route, AtRate asked) {
        this.bench = bench;
        this.route = route;
        this.asked = asked;
    }

    /// @param what is said of it while it goes on
    /// @param parts how short its turns are: this part of what others get
    ShadowPairs measure(String what, int pairs, int parts) {
        double ranBefore = route.asked();
        double droppedBefore = route.dropped();
        for (int pair = 0; pair < pairs; pair++) {
            bench.say("shadow " + what + ": pair " + (pair + 1) + " of " + pairs);
            // Whoever goes first has another past. By chance, as what a machine does every few seconds would
            // meet the same one of both for minutes if they took turns at that.
            boolean copiesFirst = order.nextBoolean();
            turn(copiesFirst, parts);
            turn(!copiesFirst, parts);
        }
        ran = route.asked() - ranBefore;
        dropped = route.dropped() - droppedBefore;
        return this;
    }

    private void turn(boolean copies, int parts) {
        route.copies(copies);
        // The copies of the turn before are no burden of this one.
        route.awaitNoneWaiting();
        Tempo tempo = bench.tempo();
        (copies ? with : without)
                .add(asked.measure(tempo.begin(), tempo.measured().dividedBy(parts)));
    }

    void report(Report report, double bar) {
        Cell copying = cell(" every request copied", with);
        Cell plain = cell(" no request copied", without);
        report.add(copying);
        report.add(plain);
        double[] ratios = ratios(Sample::p99Micros);
        report.add(
                Row.atMost(
                        "tiny, p99 at 30 % of the most, with every request copied, of that without",
                        Numbers.median(ratios), "x", detail(copying, plain, ratios), bar),
                copying,
                plain);
    }

    private Cell cell(String who, List<Sample> samples) {
        Cell cell = asked.cell();
        Cell named = Cell.begin(cell.subject(), cell.how(), cell.who() + "," + who);
        for (Sample sample : samples) {
            named = named.with(sample);
        }
        return named;
    }

    private double[] ratios(ToDoubleFunction<Sample> value) {
        double[] ratios = new double[with.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = value.applyAsDouble(with.get(i)) / value.applyAsDouble(without.get(i));
        }
        return ratios;
    }

    private String detail(Cell copying, Cell plain, double[] ratios) {
        double[] between = Numbers.medianBetween(ratios);
        return "median of %d pairs, with 95 %% confidence between %s and %s, quartiles %s and %s; p99 %s to %s µs, p50 %s to %s µs (%s x), CPU %s to %s µs; %s of the copies were answered, %s of them disagree"
                .formatted(
                        ratios.length,
                        Numbers.text(between[0]),
                        Numbers.text(between[1]),
                        Numbers.text(Numbers.quantile(0.25, ratios)),
                        Numbers.text(Numbers.quantile(0.75, ratios)),
                        Numbers.text(plain.median(Sample::p99Micros)),
                        Numbers.text(copying.median(Sample::p99Micros)),
                        Numbers.text(plain.p50Micros()),
                        Numbers.text(copying.p50Micros()),
                        Numbers.text(Numbers.median(ratios(Sample::p50Micros))),
                        Numbers.text(plain.cpuMicros()),
                        Numbers.text(copying.cpuMicros()),
                        Numbers.percent(ran / (ran + dropped)),
                        Numbers.text(route.disagreed()));
    }
}
