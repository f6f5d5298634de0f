package dev.penstock.loadtest.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one loop counts apart: by the payload's group. Confined to the loop while it runs.
final class Parts {
    private final List<String> groups;
    private final PartTally[] byGroup;

    /// Of each payload; empty if there is only one group.
    private final int[] groupOf;

    Parts(LoadPlan plan) {
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

    void answered(Slot slot, int code, long nanos) {
        if (groupOf.length > 0) {
            byGroup[groupOf[slot.payload]].answered(code, nanos);
        }
    }

    /// Puts the parts of all loops, which have ended, together.
    static List<LoadPart> sum(List<Parts> all) {
        Map<String, PartTally> sums = new LinkedHashMap<>();
        for (Parts parts : all) {
            for (int i = 0; i < parts.byGroup.length; i++) {
                sums.computeIfAbsent(parts.groups.get(i), _ -> new PartTally()).add(parts.byGroup[i]);
            }
        }
        List<LoadPart> named = new ArrayList<>();
        sums.forEach((group, tally) -> named.add(tally.named(LoadPart.MIX, group)));
        return named;
    }
}
