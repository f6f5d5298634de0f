package dev.penstock.router.rollout;

import java.util.HashSet;
import java.util.Set;

/// What people were told of already, of which arm and why: nobody is told of it again. For one thread.
final class Heard {
    private final Set<String> all;

    /// @param before as [#all] gave it
    Heard(Set<String> before) {
        all = new HashSet<>(before);
    }

    /// @return whether nobody was told before; from now on somebody was
    boolean isNew(String arm, String why) {
        return all.add(of(arm, why));
    }

    /// From now on somebody was told.
    void add(String arm, String why) {
        boolean _ = isNew(arm, why);
    }

    boolean has(String arm, String why) {
        return all.contains(of(arm, why));
    }

    /// Who is told of that again, of whichever arm, is told news.
    void forget(String why) {
        all.removeIf(each -> each.endsWith(' ' + why));
    }

    void forget(String arm, String why) {
        all.remove(of(arm, why));
    }

    private static String of(String arm, String why) {
        return arm + ' ' + why;
    }

    Set<String> all() {
        return Set.copyOf(all);
    }
}
