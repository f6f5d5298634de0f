package dev.penstock.server.rollout;

import dev.penstock.core.Murmur3;
import dev.penstock.router.arms.ArmDeals;
import dev.penstock.router.arms.RewardRange;
import dev.penstock.router.rollout.Epoch;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Steps and shares that a rollout dealt, by the route's epoch; those of now at the end. For one thread.
final class Dealt {
    /// That are remembered: more than there are ledgers of an arm.
    private static final int MOST_SHARES = 32;

    private final LinkedHashMap<Long, Epoch> shares = new LinkedHashMap<>();

    Dealt() {}

    private Dealt(Dealt other) {
        shares.putAll(other.shares);
    }

    /// Those that are recorded, which another server dealt, or this one before it was started: by what stands
    /// for the route's epoch, as nobody knows that any more.
    static Dealt recorded(List<Epoch> epochs) {
        Dealt dealt = new Dealt();
        for (Epoch epoch : epochs) {
            String name = epoch.step() + " " + new TreeMap<>(epoch.weights());
            boolean _ = dealt.add(
                    Murmur3.hash(name.getBytes(StandardCharsets.UTF_8)),
                    new Epoch(epoch.step(), epoch.weights(), Map.of(), Map.of()));
        }
        return dealt;
    }

    Dealt copy() {
        return new Dealt(this);
    }

    /// @param now with nothing in it
    /// @return whether others were dealt before
    boolean add(long epoch, Epoch now) {
        Map.Entry<Long, Epoch> last = shares.lastEntry();
        boolean goesOn =
                last != null && last.getKey() == epoch && last.getValue().equals(now);
        Epoch _ = shares.putLast(epoch, now);
        if (shares.size() > MOST_SHARES) {
            shares.pollFirstEntry();
        }
        return !goesOn;
    }

    /// @return null if nobody dealt that, or it was too long ago
    @Nullable
    Epoch of(long epoch) {
        return shares.get(epoch);
    }

    /// For whoever is told what is said of answers.
    ArmDeals told(String rollout, long sinceMillis, RewardRange range) {
        return new ArmDeals(
                rollout,
                sinceMillis,
                shares.entrySet().stream()
                        .map(each -> new ArmDeals.Shares(
                                each.getKey(), each.getValue().weights()))
                        .toList(),
                range);
    }
}
