package dev.penstock.router.rollout;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/// What an experiment or a bandit has shown so far: who is better than the default arm. Immutable.
///
/// @param better arms that are proven to be, by each metric
/// @param detail for people, whatever it is; "" of a rollout that is not asked
public record Outcome(List<Win> better, String detail) {
    public static final Outcome NONE = new Outcome(List.of(), "");

    public Outcome {
        better = List.copyOf(better);
    }

    /// One of them.
    ///
    /// @param best whether it is proven to be better by that metric than all others that are
    public record Win(String metric, String arm, Lift lift, boolean best) {}

    /// As of what is known.
    ///
    /// @param dropped arms that lost their share, of which nothing is claimed
    public static Outcome of(RolloutSpec spec, Judgement judged, Collection<String> dropped) {
        if (!spec.strategy().compares() || judged.readings().isEmpty()) {
            return NONE;
        }
        List<Win> all = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        for (MetricSpec metric : spec.metrics()) {
            if (metric instanceof MetricSpec.Feedback) {
                List<MetricReading> readings = readings(judged, metric.name(), dropped);
                List<Win> wins = wins(judged, readings);
                all.addAll(wins);
                texts.add("by " + metric.name() + " " + text(judged, readings, wins));
            }
        }
        return judged.mismatch() && !texts.isEmpty()
                ? new Outcome(List.of(), "who is better cannot be told, as " + Progress.mismatch(judged))
                : new Outcome(all, String.join("; ", texts));
    }

    private static List<MetricReading> readings(Judgement judged, String metric, Collection<String> dropped) {
        return judged.readings().stream()
                .filter(reading -> reading.metric().equals(metric) && !dropped.contains(reading.arm()))
                .toList();
    }

    private static List<Win> wins(Judgement judged, List<MetricReading> readings) {
        List<MetricReading> better = readings.stream()
                .filter(reading -> reading.lift().isBetter()
                        && failing(judged, reading.arm()).isEmpty())
                .toList();
        return better.stream()
                .map(one -> new Win(one.metric(), one.arm(), one.lift(), isBest(one, better)))
                .toList();
    }

    private static boolean isBest(MetricReading one, List<MetricReading> better) {
        return better.stream()
                .allMatch(other -> other.arm().equals(one.arm())
                        || one.lift().lower() > other.lift().upper());
    }

    /// Metrics by which that arm is proven to be worse.
    private static List<String> failing(Judgement judged, String arm) {
        return judged.of(arm).stream()
                .filter(reading -> reading.verdict() == Verdict.FAIL)
                .map(MetricReading::metric)
                .toList();
    }

    private static String text(Judgement judged, List<MetricReading> readings, List<Win> wins) {
        List<String> all = new ArrayList<>();
        for (MetricReading reading : readings) {
            List<String> failing = failing(judged, reading.arm());
            String but = reading.lift().isBetter() && !failing.isEmpty() ? ", but it fails " + failing : "";
            all.add(reading.arm() + " " + reading.lift().text() + but);
        }
        if (wins.size() > 1) {
            all.add(wins.stream()
                    .filter(Win::best)
                    .findFirst()
                    .map(best -> "the best is " + best.arm())
                    .orElse("which of these is the best is not proven"));
        }
        return all.isEmpty() ? "nobody is left to compare" : String.join(", ", all);
    }

    /// After what else there is to tell.
    String after(String told) {
        return told.isEmpty() || detail.isEmpty() ? told + detail : told + "; " + detail;
    }

    /// Whether one is proven better by a metric which has that end the rollout.
    boolean stops(RolloutSpec spec) {
        List<String> metrics = spec.stopping();
        return better.stream().anyMatch(win -> metrics.contains(win.metric()));
    }
}
