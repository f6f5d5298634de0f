package dev.penstock.router.rollout;

import dev.penstock.router.arms.GroupSums;

/// What became of copies that a candidate got.
///
/// @param answered copies whose answers were held against those that callers got
/// @param different of these
/// @param failed copies that the candidate had no answer to, though the default arm had
/// @param differences 1 for each copy that was answered otherwise, 0 for each other that was answered, by group
///     of units; nothing where an earlier release counted
/// @param failures 1 for each copy that failed, 0 for each that was answered, likewise; without
///     those of which nobody knows whose they are
/// @param runs how long they took
public record Compared(
        long answered, long different, long failed, GroupSums differences, GroupSums failures, CopyRuns runs) {
    public static final Compared NONE = new Compared(0, 0, 0, GroupSums.EMPTY, GroupSums.EMPTY);

    /// Of which no run was held against another.
    public Compared(long answered, long different, long failed, GroupSums differences, GroupSums failures) {
        this(answered, different, failed, differences, failures, CopyRuns.NONE);
    }

    public Compared plus(Compared other) {
        return new Compared(
                answered + other.answered,
                different + other.different,
                failed + other.failed,
                differences.plus(other.differences),
                failures.plus(other.failures),
                runs.plus(other.runs));
    }

    /// What came since `earlier`; what began anew meanwhile is nothing.
    public Compared minus(Compared earlier) {
        boolean anew = answered < earlier.answered || different < earlier.different || failed < earlier.failed;
        return anew
                ? NONE
                : new Compared(
                        answered - earlier.answered,
                        different - earlier.different,
                        failed - earlier.failed,
                        differences.minus(earlier.differences),
                        failures.minus(earlier.failures),
                        runs.minus(earlier.runs));
    }

    /// A copy without an answer is none that agrees.
    public long disagreements() {
        return different + failed;
    }

    /// 1 for each of these, 0 for each other copy, by group.
    public GroupSums disagreementsByGroup() {
        double[] sums = differences.plus(failures).sums();
        return new GroupSums(failures.counts(), sums, sums);
    }

    public long compared() {
        return answered + failed;
    }
}
