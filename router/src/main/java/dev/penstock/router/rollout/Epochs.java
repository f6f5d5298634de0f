package dev.penstock.router.rollout;

import java.util.ArrayList;
import java.util.List;

/// What was counted in a rollout, by how its units were dealt. Pure.
public final class Epochs {
    /// More epochs than steps and their shares need only a bandit has.
    public static final int MOST = 128;

    private Epochs() {}

    /// With what was counted since, be it of the last epoch or of an earlier one.
    public static List<Epoch> plus(List<Epoch> known, Epoch more) {
        List<Epoch> all = new ArrayList<>(known);
        for (int i = all.size() - 1; i >= 0; i--) {
            if (all.get(i).isOf(more.step(), more.weights())) {
                all.set(i, all.get(i).plus(more));
                return List.copyOf(all);
            }
        }
        all.add(more);
        return List.copyOf(all);
    }

    /// Those that are not too many: the others are lost, whatever they say.
    public static List<Epoch> newest(List<Epoch> all) {
        return List.copyOf(all.subList(Math.max(0, all.size() - MOST), all.size()));
    }
}
