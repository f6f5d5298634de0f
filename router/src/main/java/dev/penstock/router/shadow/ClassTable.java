package dev.penstock.router.shadow;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Which classes the primary's rows and a shadow's were said to be of, as far as that fits a page. Pure.
///
/// @param rows of which both named a class
/// @param same of these: that both say are of one class; of those from the last one on it is not known, they
///     count as one
/// @param mixed classes that are taken for others, the most frequent first
public record ClassTable(long rows, long same, List<Mixed> mixed) {
    private static final int SHOWN = 10;

    private static final Comparator<Mixed> ORDER = Comparator.comparingLong(Mixed::rows)
            .reversed()
            .thenComparingInt(Mixed::primary)
            .thenComparingInt(Mixed::shadow);

    public ClassTable {
        mixed = List.copyOf(mixed);
    }

    /// Rows that the primary says are of one class and the shadow of another.
    public record Mixed(int primary, int shadow, long rows) {}

    static ClassTable of(ShadowCounts counts) {
        long rows = 0;
        long same = 0;
        List<Mixed> mixed = new ArrayList<>();
        for (int primary = 0; primary < ShadowCounts.CLASSES; primary++) {
            for (int shadow = 0; shadow < ShadowCounts.CLASSES; shadow++) {
                long some = counts.labelled(primary, shadow);
                rows += some;
                if (primary == shadow) {
                    same += some;
                } else if (some > 0) {
                    mixed.add(new Mixed(primary, shadow, some));
                }
            }
        }
        return new ClassTable(
                rows, same, mixed.stream().sorted(ORDER).limit(SHOWN).toList());
    }
}
