package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.statistics.PopulationStability;
import dev.penstock.monitor.statistics.Smoothing;
import java.util.random.RandomGenerator;

/// A model that is looked at every hour for thirty days, and what our rules and a fixed limit on the population
/// stability index say of it.
final class Month {
    static final int HOURS = 30 * 24;

    /// Ten bins, and what is empty is taken for 1e-4: as most have it.
    private static final double FIXED_LIMIT = 0.1;

    private static final int INPUTS = 17;
    private static final int LABELS = 64;
    private static final MonitorPlan PLAN = Observed.plan(INPUTS + 1, LABELS);
    private static final Population USUAL = Population.shifted(0);
    private static final Population CONFIDENT = Population.confident();
    private static final Population FEW_OF_MOST = Population.zipf(LABELS);
    private static final String SHY = "x[17]";

    private final RandomGenerator random;
    private final long rows;
    private final Cumulative baseline;
    private int raised;
    private int raisedByEvidence;
    private int shifting;
    private int firstRaised;
    private int fixedAlarms;
    private int firstFixed;

    /// @param rows of each window
    /// @param baselineRows of what they are held against
    Month(long rows, long baselineRows, RandomGenerator random) {
        this.random = random;
        this.rows = rows;
        baseline = seen(baselineRows, USUAL).counted();
    }

    /// @param hours to look
    /// @param answer what the model answers, from the first hour on
    Month pass(int hours, Population answer) {
        Alarm alarm = Alarm.SILENT;
        EvidenceWatch evidence = new EvidenceWatch(baseline, DriftRules.STANDARD);
        for (int hour = 1; hour <= hours; hour++) {
            Cumulative window = seen(rows, answer).counted();
            DriftReport report = Drift.of(baseline, window, DriftRules.STANDARD);
            alarm = alarm.next(report.status(), report.isCalm(DriftRules.STANDARD));
            EvidenceReport gathered = evidence.add(window);
            if (alarm.change() == Alarm.Change.NONE) {
                alarm = alarm.atOnce(gathered.status());
                raisedByEvidence += alarm.change() == Alarm.Change.RAISED ? 1 : 0;
            }
            if (alarm.change() == Alarm.Change.CLEARED) {
                evidence = new EvidenceWatch(baseline, DriftRules.STANDARD);
            }
            shifting += gathered.features().stream().anyMatch(one -> one.mean().shifting()) ? 1 : 0;
            if (alarm.change() == Alarm.Change.RAISED) {
                raised++;
                firstRaised = firstRaised == 0 ? hour : firstRaised;
            }
            if (report.features().stream().anyMatch(Month::fixedAlarm)) {
                fixedAlarms++;
                firstFixed = firstFixed == 0 ? hour : firstFixed;
            }
        }
        return this;
    }

    int raised() {
        return raised;
    }

    /// How many of those by evidence before two of three windows did.
    int raisedByEvidence() {
        return raisedByEvidence;
    }

    /// After how many windows a mean was said to move.
    int shifting() {
        return shifting;
    }

    /// The window after which it was raised first, 0 if it never was.
    int firstRaised() {
        return firstRaised;
    }

    /// Windows in which a feature was above the fixed limit.
    int fixedAlarms() {
        return fixedAlarms;
    }

    int firstFixed() {
        return firstFixed;
    }

    private static boolean fixedAlarm(FeatureDrift feature) {
        FeatureDrift.BinPair bins = feature.bins();
        long[] before = new long[bins.size()];
        long[] now = new long[bins.size()];
        for (int i = 0; i < before.length; i++) {
            before[i] = bins.baseline(i);
            now[i] = bins.window(i);
        }
        if (feature.feature() instanceof Feature.Numeric) {
            before = Bins.coarse(before);
            now = Bins.coarse(now);
        }
        return PopulationStability.index(before, now, Smoothing.FLOOR) > FIXED_LIMIT;
    }

    /// Only the evidence, and so that a month of five minutes each is made in seconds.
    ///
    /// @return alarms that it would have raised
    int passSubWindows(int subWindows, Population answer) {
        EvidenceWatch evidence = new EvidenceWatch(baseline, DriftRules.STANDARD);
        int alarms = 0;
        for (int i = 0; i < subWindows; i++) {
            EvidenceReport report = evidence.add(seen(rows, answer).counted());
            if (report.status().alarming()) {
                alarms++;
                evidence = new EvidenceWatch(baseline, DriftRules.STANDARD);
            }
            shifting += report.features().stream().anyMatch(one -> one.mean().shifting()) ? 1 : 0;
        }
        return alarms;
    }

    /// Eighteen inputs of which one is mostly near one, a number and one of many labels, most of them rare.
    private Observed seen(long rowCount, Population answer) {
        Observed seen = new Observed(PLAN);
        for (int i = 0; i < INPUTS; i++) {
            seen.bins("x[" + i + "]", USUAL.sample(rowCount, random));
        }
        seen.bins(SHY, CONFIDENT.sample(rowCount, random));
        seen.bins(Observed.VALUE, answer.sample(rowCount, random));
        return seen.labels(FEW_OF_MOST.sample(rowCount, random));
    }
}
