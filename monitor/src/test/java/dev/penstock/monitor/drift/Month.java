package dev.penstock.monitor.drift;

import dev.penstock.monitor.recording.Cumulative;
import dev.penstock.monitor.recording.Feature;
import dev.penstock.monitor.recording.MonitorPlan;
import dev.penstock.monitor.recording.Window;
import dev.penstock.monitor.statistics.PopulationStability;
import dev.penstock.monitor.statistics.Smoothing;
import java.util.random.RandomGenerator;

/// A model of which every sub-window of five minutes is looked at as a server does, and what our rules say of
/// it, and of its hours a fixed limit on the population stability index.
///
/// It has eighteen inputs, one of which is mostly near one and one of which is often missing, a number, and one
/// of many labels: most of them are rare, and some are in no baseline. Of the numbers that it answers some are
/// none.
final class Month {
    static final int SUB_WINDOWS_OF_AN_HOUR = 12;
    static final int SUB_WINDOWS_OF_A_DAY = 24 * SUB_WINDOWS_OF_AN_HOUR;

    private static final long SUB_WINDOW_MILLIS = 300_000;

    /// Ten bins, and what is empty is taken for 1e-4: as most have it.
    private static final double FIXED_LIMIT = 0.1;

    private static final int INPUTS = 16;
    private static final int LABELS = 64;
    private static final MonitorPlan PLAN = Observed.plan(INPUTS + 2, LABELS);
    private static final Population USUAL = Population.shifted(0);
    private static final Population CONFIDENT = Population.confident();
    private static final Population FEW_OF_MOST = Population.zipf(LABELS);
    private static final String SHY = "x[16]";
    private static final String MISSING = "x[17]";

    /// Of the answers that are no numbers, of the labels that are not known, and of what is missing of that
    /// input.
    private static final double ODD = 0.02;

    private static final double UNKNOWN = 0.1;
    private static final double LEFT_OUT = 0.2;

    private final RandomGenerator random;
    private final long rows;
    private final Cumulative baseline;
    private final DriftLooks looks;
    private int subWindows;
    private Cumulative hour = Cumulative.zero(PLAN);
    private int raised;
    private int raisedByEvidence;
    private int shifting;
    private int firstRaised;
    private int fixedAlarms;
    private int firstFixed;

    /// @param rows of each sub-window
    /// @param baselineRows of what they are held against
    Month(long rows, long baselineRows, RandomGenerator random) {
        this.random = random;
        this.rows = rows;
        baseline = seen(baselineRows, USUAL);
        looks = new DriftLooks(PLAN, LookRules.STANDARD, baseline, 0);
    }

    /// @param count of sub-windows
    /// @param answer what the model answers in them
    Month pass(int count, Population answer) {
        for (int i = 0; i < count; i++) {
            long begin = subWindows * SUB_WINDOW_MILLIS;
            subWindows++;
            Cumulative came = seen(rows, answer);
            DriftChange told = looks.look(new Window(came, begin, begin + SUB_WINDOW_MILLIS), (_, _) -> baseline);
            if (told != null && told.change() == Alarm.Change.RAISED) {
                raised++;
                raisedByEvidence += told.cause() == DriftChange.Cause.EVIDENCE ? 1 : 0;
                firstRaised = firstRaised == 0 ? subWindows : firstRaised;
            }
            boolean moving = looks.evidence().features().stream()
                    .anyMatch(one -> one.mean().shifting());
            shifting += moving ? 1 : 0;
            judgeByLimit(came);
        }
        return this;
    }

    private void judgeByLimit(Cumulative came) {
        hour = hour.plus(came);
        if (subWindows % SUB_WINDOWS_OF_AN_HOUR != 0) {
            return;
        }
        if (PLAN.features().stream().anyMatch(this::isAboveLimit)) {
            fixedAlarms++;
            firstFixed = firstFixed == 0 ? subWindows : firstFixed;
        }
        hour = Cumulative.zero(PLAN);
    }

    private boolean isAboveLimit(Feature feature) {
        long[] before = switch (feature) {
            case Feature.Numeric numeric -> Bins.coarse(baseline.bins(numeric));
            case Feature.Categorical keys -> Bins.known(keys, baseline);
        };
        long[] now = switch (feature) {
            case Feature.Numeric numeric -> Bins.coarse(hour.bins(numeric));
            case Feature.Categorical keys -> Bins.known(keys, hour);
        };
        return PopulationStability.index(before, now, Smoothing.FLOOR) > FIXED_LIMIT;
    }

    /// What was found by now does not count as found.
    Month begin() {
        firstRaised = 0;
        firstFixed = 0;
        return this;
    }

    int raised() {
        return raised;
    }

    /// How many of those by evidence before two of three windows did.
    int raisedByEvidence() {
        return raisedByEvidence;
    }

    /// After how many sub-windows a mean was said to move.
    int shifting() {
        return shifting;
    }

    /// The sub-window after which it was raised first, 0 if it never was.
    int firstRaised() {
        return firstRaised;
    }

    /// Hours in which a feature was above the fixed limit.
    int fixedAlarms() {
        return fixedAlarms;
    }

    /// The sub-window after the first of them, 0 if there was none.
    int firstFixed() {
        return firstFixed;
    }

    private Cumulative seen(long rowCount, Population answer) {
        Observed seen = new Observed(PLAN);
        for (int i = 0; i < INPUTS; i++) {
            seen.bins("x[" + i + "]", USUAL.sample(rowCount, random));
        }
        seen.bins(SHY, CONFIDENT.sample(rowCount, random));
        long missing = Population.binomial(rowCount, LEFT_OUT, random);
        seen.special(MISSING, Feature.Numeric.MISSING, missing);
        seen.bins(MISSING, USUAL.sample(rowCount - missing, random));
        long odd = Population.binomial(rowCount, ODD, random);
        seen.special(Observed.VALUE, Feature.Numeric.NAN, odd);
        seen.bins(Observed.VALUE, answer.sample(rowCount - odd, random));
        long unknown = Population.binomial(rowCount, UNKNOWN, random);
        seen.special(Observed.LABEL, Feature.Categorical.UNSEEN, unknown);
        return seen.labels(FEW_OF_MOST.sample(rowCount - unknown, random)).counted();
    }
}
