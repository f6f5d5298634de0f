package dev.penstock.loadtest.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Says which payload is next: a smooth weighted round robin over groups, and turns within each. Confined to
/// one loop; allocates nothing.
final class Turns {
    private final int[][] members;
    private final int[] next;
    private final double[] weights;
    private final double[] credit;
    private final double sum;

    Turns(PayloadOrder order, List<Payload> payloads) {
        Map<String, List<Integer>> groups = new LinkedHashMap<>();
        for (int i = 0; i < payloads.size(); i++) {
            String group = switch (order) {
                case PayloadOrder.InTurn _ -> "";
                case PayloadOrder.Weighted _ -> payloads.get(i).group();
            };
            groups.computeIfAbsent(group, _ -> new ArrayList<>()).add(i);
        }
        int count = groups.size();
        this.members = new int[count][];
        this.next = new int[count];
        this.weights = new double[count];
        this.credit = new double[count];
        int at = 0;
        double all = 0;
        for (Map.Entry<String, List<Integer>> group : groups.entrySet()) {
            members[at] = group.getValue().stream().mapToInt(Integer::intValue).toArray();
            weights[at] =
                    order instanceof PayloadOrder.Weighted(var named) ? named.getOrDefault(group.getKey(), 0d) : 1;
            all += weights[at++];
        }
        this.sum = all;
    }

    /// @return a place in the list of payloads
    int next() {
        int group = members.length == 1 ? 0 : nextGroup();
        int turn = next[group];
        next[group] = turn + 1 == members[group].length ? 0 : turn + 1;
        return members[group][turn];
    }

    /// The one that is furthest behind its share.
    private int nextGroup() {
        int best = 0;
        for (int i = 0; i < credit.length; i++) {
            credit[i] += weights[i];
            best = credit[i] > credit[best] ? i : best;
        }
        credit[best] -= sum;
        return best;
    }
}
