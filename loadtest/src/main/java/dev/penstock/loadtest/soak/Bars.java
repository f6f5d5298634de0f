package dev.penstock.loadtest.soak;

import dev.penstock.loadtest.bench.Numbers;
import dev.penstock.loadtest.bench.Row;
import dev.penstock.loadtest.bench.Sample;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/// What a soak must reach, as rows of its report. Pure.
final class Bars {
    static final double MEMORY_MB = 1;
    static final double INTERFERENCE = 1.2;

    /// Before, what a server that was just started takes for itself is more than what it loses.
    static final int FEWEST_FOR_MEMORY = 100;

    /// Of each exchange: what one version has varies, as runners and buffers are made when they are first needed;
    /// what stays behind is one or more each time.
    private static final double HANDLES = 0.1;

    private static final String MORE_HANDLES = "native handles more than after the first exchanges, per exchange";
    private static final String MEMORY = "growth of the server's memory (RSS) per exchange";
    private static final int SETTLING_SHARE = 4;

    private Bars() {}

    /// A count that must be 0.
    static Row none(String what, double count, String detail) {
        return new Row(
                what,
                count,
                "",
                String.format(Locale.ROOT, "%.0f (%s)", count, detail),
                "0",
                count == 0 ? new Row.Verdict(true, "reached") : new Row.Verdict(false, "missed"));
    }

    static Row missing(String what, String reason) {
        return Row.missing(what, "0", reason);
    }

    /// A count that must be reached.
    static Row atLeast(String what, int count, int wanted, String detail) {
        return new Row(
                what,
                (double) count,
                "",
                count + " (" + detail + ")",
                Integer.toString(wanted),
                count >= wanted ? new Row.Verdict(true, "reached") : new Row.Verdict(false, "missed"));
    }

    /// The slope of memory after the first quarter of the exchanges, in which a server still takes what it
    /// needs. Short runs are not judged.
    ///
    /// @param residentMb after each exchange
    static Row memory(double... residentMb) {
        if (residentMb.length < FEWEST_FOR_MEMORY) {
            return new Row(
                    MEMORY,
                    Double.NaN,
                    "MB",
                    "not measured: " + residentMb.length + " exchanges",
                    "<= 1 MB, from 100 exchanges on",
                    new Row.Verdict(true, "not judged"));
        }
        int from = residentMb.length / SETTLING_SHARE;
        Slope slope = Slope.of(Arrays.copyOfRange(residentMb, from, residentMb.length));
        return Row.atMost(
                MEMORY,
                slope.perStep(),
                "MB",
                "Theil-Sen from exchange %d on, 95 %% within %s to %s"
                        .formatted(from + 1, Numbers.text(slope.low()), Numbers.text(slope.high())),
                MEMORY_MB);
    }

    /// Native handles that stay behind. Short runs are not judged.
    ///
    /// @param then after the first exchanges
    static Row handles(double now, double then, int exchanges) {
        String detail = String.format(Locale.ROOT, "%.0f now, %.0f then", now, then);
        if (exchanges < FEWEST_FOR_MEMORY) {
            return new Row(
                    MORE_HANDLES,
                    Double.NaN,
                    "",
                    "not measured: " + exchanges + " exchanges (" + detail + ")",
                    "<= 0.1, from 100 exchanges on",
                    new Row.Verdict(true, "not judged"));
        }
        return Row.atMost(MORE_HANDLES, (now - then) / (double) exchanges, "", detail, HANDLES);
    }

    static Row missingHandles(String reason) {
        return Row.missing(MORE_HANDLES, "<= 0.1", reason);
    }

    /// How much longer the slowest callers wait while another model loads: the median of the pairs, as what
    /// else a machine does spoils a turn here and there.
    ///
    /// @param ratios of each pair, one at least
    /// @param detail more about them
    static Row interference(double[] ratios, String detail) {
        double[] sorted = Arrays.stream(ratios).sorted().toArray();
        return Row.atMost(
                "p99 at 30 % of the most, while a large model loads and warms, of p99 without that",
                Numbers.median(ratios),
                "x",
                "median of %d pairs, the middle half of them %s to %s, all %s to %s; %s"
                        .formatted(
                                ratios.length,
                                Numbers.text(sorted[sorted.length / 4]),
                                Numbers.text(sorted[sorted.length - 1 - sorted.length / 4]),
                                Numbers.text(sorted[0]),
                                Numbers.text(sorted[sorted.length - 1]),
                                detail),
                INTERFERENCE);
    }

    /// What was not answered at all is in no latency: requests that failed or were never sent.
    ///
    /// @param alone turns without loading, which have to be without failures, too
    static Row failedBeside(List<Sample> alone, List<Sample> beside) {
        Map<String, Long> codes = new TreeMap<>();
        long aloneFailed = 0;
        long besideFailed = 0;
        for (Sample sample : alone) {
            aloneFailed += sample.failed();
            sample.errors().forEach((code, count) -> codes.merge(code, count, Long::sum));
        }
        for (Sample sample : beside) {
            besideFailed += sample.failed();
            sample.errors().forEach((code, count) -> codes.merge(code, count, Long::sum));
        }
        return none(
                "failed requests beside loading",
                (double) (aloneFailed + besideFailed),
                "%d while a model loaded, %d without that; errors %s".formatted(besideFailed, aloneFailed, codes));
    }
}
