package dev.penstock.router.rollout;

import dev.penstock.router.arms.ArmCounts;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/// How many servers count the same bucket in the same five minutes, at most on average: by so much is divided
/// what counts once on each of them, or what few busy units do would be evidence as often as there are servers.
///
/// How many that are nobody counts. But where a balancer gives a request to any server, one bucket comes to
/// one server again about as soon as to another: of `r` requests that it has, `N (1 - (1 - 1/N)^r)` of `N`
/// servers get any. So `r` over that is at least how many requests there were of each that counted once, which
/// is known; it is more where buckets differ, as that is a concave function. Where no bucket comes to a server
/// twice none comes to two, and all is evidence; where a balancer keeps a unit with its server more is divided
/// than would have to be. Arms are asked each for itself, and the greatest counts: what the busy units of one
/// repeat is no less for those of another who come once. Pure.
///
/// @param asked by requests; at least 1, as the others are
/// @param failed by failures
/// @param abandoned by callers who went away
/// @param refused by refusals
record Repeats(double asked, double failed, double abandoned, double refused) {
    static final Repeats NONE = new Repeats(1, 1, 1, 1);

    /// Halvings of what is not known yet.
    private static final int HALVINGS = 50;

    /// @param epochs with all that was counted
    /// @param servers that counted it, one if not positive
    static Repeats of(Collection<Epoch> epochs, int servers) {
        if (servers <= 1) {
            return NONE;
        }
        Map<String, List<ArmCounts>> arms = epochs.stream()
                .flatMap(epoch -> epoch.counts().entrySet().stream())
                .collect(Collectors.groupingBy(
                        Map.Entry::getKey, Collectors.mapping(Map.Entry::getValue, Collectors.toList())));
        return arms.values().stream().map(arm -> of(arm, servers)).reduce(NONE, Repeats::orMore);
    }

    private static Repeats of(List<ArmCounts> arm, int servers) {
        return new Repeats(
                of(arm, ArmCounts::eligible, ArmCounts::eligibleOnce, servers),
                of(arm, ArmCounts::failed, ArmCounts::failedOnce, servers),
                of(arm, ArmCounts::abandoned, ArmCounts::abandonedOnce, servers),
                of(arm, ArmCounts::refused, ArmCounts::refusedOnce, servers));
    }

    private Repeats orMore(Repeats other) {
        return new Repeats(
                Math.max(asked, other.asked),
                Math.max(failed, other.failed),
                Math.max(abandoned, other.abandoned),
                Math.max(refused, other.refused));
    }

    private static double of(
            List<ArmCounts> arm, ToLongFunction<ArmCounts> every, ToLongFunction<ArmCounts> once, int servers) {
        long counted = arm.stream().mapToLong(once).sum();
        long came = arm.stream().mapToLong(every).sum();
        return counted <= 0 ? 1 : of((double) came / (double) counted, servers);
    }

    /// Of how many servers a bucket comes to, if so many of its requests come to each of these.
    static double of(double perServer, int servers) {
        double lower = 1;
        double upper = servers;
        for (int i = 0; i < HALVINGS && perServer > 1; i++) {
            double middle = (lower + upper) / 2;
            if (reached(perServer * middle, servers) > middle) {
                lower = middle;
            } else {
                upper = middle;
            }
        }
        return lower;
    }

    /// How many servers get any of so many requests, on average.
    private static double reached(double requests, double servers) {
        return -servers * Math.expm1(requests * Math.log1p(-1 / servers));
    }
}
