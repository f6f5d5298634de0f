package dev.penstock.router.rollout;

/// What is worth knowing of an arm and decides nothing.
///
/// @param name of what is reported
/// @param evidence of that the arms differ at all, as `rollback`
/// @param detail for people
public record Report(
        String name,
        String arm,
        MetricReading.Evidence evidence,
        MetricReading.Estimate estimate,
        MetricReading.Observed observed,
        String detail) {}
