package dev.penstock.router.arms;

import java.util.List;
import java.util.Map;

/// How a rollout dealt units to the arms of its route up to now, on whatever replica: what is said of an answer
/// is of the shares that it was given under. Immutable.
///
/// @param rollout its id
/// @param sinceMillis when it began, since 1970: what was answered before is not of it
/// @param shares in the order in which they were dealt last
/// @param range that rewards count in
public record ArmDeals(String rollout, long sinceMillis, List<Shares> shares, RewardRange range) {
    /// Of one epoch.
    ///
    /// @param epoch of the route; or what stands for one that is only known from a record
    /// @param weights by arm, in 1/10,000
    public record Shares(long epoch, Map<String, Integer> weights) {
        public Shares {
            weights = Map.copyOf(weights);
        }
    }

    public ArmDeals {
        shares = List.copyOf(shares);
    }

    /// Under which that arm had that weight, the last ones first.
    List<Shares> with(String arm, int weight) {
        return shares.reversed().stream()
                .filter(each -> each.weights().getOrDefault(arm, 0) == weight)
                .toList();
    }

    boolean has(long epoch) {
        return shares.stream().anyMatch(each -> each.epoch() == epoch);
    }

    /// Whether all arms had the same weights under all of them, so that it does not matter which it was.
    static boolean areAlike(List<Shares> some) {
        return some.stream().map(Shares::weights).distinct().count() == 1;
    }
}
