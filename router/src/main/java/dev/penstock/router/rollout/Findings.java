package dev.penstock.router.rollout;

import java.util.ArrayList;
import java.util.List;

/// What was told of a rollout that is stopped, and nobody has confirmed by letting it go on. Each reason of an
/// arm is in it once, as it was told last. For one thread.
final class Findings {
    private final List<Finding> all;

    /// @param before as [#all] gave it
    Findings(List<Finding> before) {
        all = new ArrayList<>(before);
    }

    void add(Finding told) {
        forget(told.arm(), told.reason());
        all.add(told);
    }

    void forget(String arm, String reason) {
        all.removeIf(each -> isOf(each, arm, reason));
    }

    void forget(String arm) {
        all.removeIf(each -> each.arm().equals(arm));
    }

    /// Somebody has seen them up to that event.
    ///
    /// @return those, which are not here any more
    List<Finding> confirm(long seen) {
        List<Finding> confirmed =
                all.stream().filter(each -> each.event() <= seen).toList();
        all.removeAll(confirmed);
        return confirmed;
    }

    boolean has(String arm, String reason) {
        return all.stream().anyMatch(each -> isOf(each, arm, reason));
    }

    private static boolean isOf(Finding each, String arm, String reason) {
        return each.arm().equals(arm) && each.reason().equals(reason);
    }

    List<Finding> all() {
        return List.copyOf(all);
    }
}
