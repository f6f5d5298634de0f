package dev.penstock.loadtest.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What one loop counts apart: by the payload's group and by headers of answers. Confined to the loop while it
/// runs.
final class Parts {
    private final List<String> groups;
    private final PartTally[] byGroup;
    private final Breakdown breakdown;

    /// Of each payload; empty if there is only one group.
    private final int[] groupOf;

    Parts(LoadPlan plan) {
        this.breakdown = new Breakdown(plan.breakdown());
        this.groups = plan.payloads().stream().map(Payload::group).distinct().toList();
        boolean mixed = groups.size() > 1 || !groups.getFirst().isEmpty();
        this.groupOf = mixed
                ? plan.payloads().stream()
                        .mapToInt(payload -> groups.indexOf(payload.group()))
                        .toArray()
                : new int[0];
        this.byGroup = new PartTally[mixed ? groups.size() : 0];
        for (int i = 0; i < byGroup.length; i++) {
            byGroup[i] = new PartTally();
        }
    }

    Breakdown breakdown() {
        return breakdown;
    }

    /// @param values of headers that are counted apart, as in [Slot#values]
    void ended(int payload, int[] values, int code, long nanos) {
        if (groupOf.length > 0) {
            byGroup[groupOf[payload]].answered(code, nanos);
        }
        breakdown.answered(values, code, nanos);
    }

    /// Puts the parts of all loops, which have ended, together.
    static List<LoadPart> sum(List<Parts> all) {
        List<LoadPart> named = new ArrayList<>();
        Map<String, PartTally> groups = new LinkedHashMap<>();
        for (Parts parts : all) {
            for (int i = 0; i < parts.byGroup.length; i++) {
                add(groups, parts.groups.get(i), parts.byGroup[i]);
            }
        }
        groups.forEach((group, tally) -> named.add(tally.named(LoadPart.MIX, group)));
        for (int header = 0; header < all.getFirst().breakdown.size(); header++) {
            Map<String, PartTally> byValue = new TreeMap<>();
            for (Parts parts : all) {
                HeaderValues values = parts.breakdown.header(header);
                for (int i = 0; i < values.values().size(); i++) {
                    add(byValue, values.values().get(i), values.tally(i));
                }
            }
            String kind = all.getFirst().breakdown.header(header).name();
            byValue.forEach((value, tally) -> named.add(tally.named(kind, value)));
        }
        return named;
    }

    private static void add(Map<String, PartTally> sums, String value, PartTally tally) {
        if (!tally.isEmpty()) {
            sums.computeIfAbsent(value, _ -> new PartTally()).add(tally);
        }
    }
}
