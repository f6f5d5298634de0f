package dev.penstock.loadtest.report;

import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.Steadiness.Settling;
import dev.penstock.loadtest.result.TestResult;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What must be said about a result in sentences. Pure.
final class Words {
    private Words() {}

    /// Whether the numbers can be relied on, and why not.
    static List<String> caveats(TestResult result) {
        List<String> sentences = new ArrayList<>();
        for (StageResult stage : result.stages()) {
            for (String reason : stage.validity().reasons()) {
                sentences.add("NOT VALID, " + stage.name() + ": " + reason);
            }
            if (stage.client().isBoundByPlaces()) {
                sentences.add("Bound by the client, " + stage.name() + ": "
                        + Figures.percent(stage.client().waitedShare()) + " of the requests waited until one of the "
                        + Figures.count(stage.concurrency()) + " places in flight was free, so their latency is that of"
                        + " callers who share so many. Whether the server could do more at a time this does not show:"
                        + " raise in-flight or connections, or ask for less.");
            }
            if (stage.steadiness().settling() == Settling.TIMED_OUT) {
                sentences.add("Doubtful, " + stage.name()
                        + ": it had not come to rest when the time for that (until-steady) was over, and was measured"
                        + " all the same. Give it longer, or ask for less.");
            }
            if (!stage.steadiness().reached()) {
                sentences.add("Not steady, " + stage.name() + ": in "
                        + stage.steadiness().windows()
                        + " windows there were no three in a row that differ by no more than "
                        + Figures.percent(stage.steadiness().tolerance()) + ".");
            }
        }
        return sentences;
    }

    static String verdict(TestResult result) {
        if (result.stages().isEmpty()) {
            return "Nothing was measured.";
        }
        if (result.isValid()) {
            return "Valid: the client kept up in every stage.";
        }
        String bad = result.stages().stream()
                .filter(stage -> !stage.validity().isValid())
                .map(StageResult::name)
                .collect(Collectors.joining(", "));
        return "NOT VALID: do not rely on " + bad + ".";
    }

    /// Which stages keep what was promised; empty if nothing was.
    static List<String> promises(TestResult result) {
        return result.slo().map(slo -> List.of(promise(result, slo))).orElse(List.of());
    }

    private static String promise(TestResult result, Slo slo) {
        String kept = result.stages().stream()
                .filter(stage -> stage.validity().isValid() && slo.isKeptBy(stage))
                .map(StageResult::name)
                .collect(Collectors.joining(", "));
        return text(slo) + ": " + (kept.isEmpty() ? "kept by no stage." : "kept by " + kept + ".");
    }

    static String text(Slo slo) {
        return slo.percentileName() + " <= "
                + Figures.micros((double) slo.latency().toNanos() / 1e3) + " and errors <= "
                + Figures.percent(slo.errorShare());
    }

    /// Name and value of all that is needed to do it again, the scenario apart.
    static List<List<String>> circumstances(TestResult result) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("begun", result.at().toString()));
        rows.add(List.of(
                "processor",
                result.machine().processor() + ", " + result.machine().cores() + " cores usable"));
        rows.add(List.of("system", result.machine().system()));
        rows.add(List.of("java", result.machine().java()));
        if (result.machine().loadAverage() >= 0) {
            rows.add(
                    List.of("load average before", Figures.rate(result.machine().loadAverage())));
        }
        new TreeMap<>(result.versions()).forEach((name, version) -> rows.add(List.of("version of " + name, version)));
        rows.add(List.of("command", String.join(" ", result.command())));
        return rows;
    }
}
