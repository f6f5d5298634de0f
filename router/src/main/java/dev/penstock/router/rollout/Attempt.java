package dev.penstock.router.rollout;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/// One judgement on its way: what one rule throws is told, and keeps no other rule from being judged. For one
/// thread.
final class Attempt {
    private final List<MetricReading> readings = new ArrayList<>();
    private final List<Fault> faults = new ArrayList<>();

    /// @param required whether the metric is
    void read(String what, String arm, boolean required, Supplier<MetricReading> reading) {
        MetricReading read;
        try {
            read = reading.get();
        } catch (RuntimeException e) {
            // Whatever it is: a rollout whose other rules are not judged leaves callers to a bad version.
            read = fault(Fault.of(what, arm, e)).reading(required);
        }
        readings.add(read);
    }

    /// Of a rule that is no metric.
    ///
    /// @param otherwise what is so if nothing is known
    <T> T find(String what, String arm, T otherwise, Supplier<T> rule) {
        try {
            return rule.get();
        } catch (RuntimeException e) {
            // As above.
            readings.add(fault(Fault.of(what, arm, e)).reading(false));
            return otherwise;
        }
    }

    private Fault fault(Fault one) {
        faults.add(one);
        return one;
    }

    Judgement judgement(List<Report> reports, double mismatchLogE, double externalRate) {
        return new Judgement(readings, reports, mismatchLogE, externalRate, faults);
    }
}
