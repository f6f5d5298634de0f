package dev.penstock.monitor.recording;

import dev.penstock.core.Check;
import dev.penstock.core.Murmur3;
import java.util.ArrayList;
import java.util.List;

/// Which values of a categorical feature are counted for themselves, and which are known beside them.
/// Immutable.
public final class Categories {
    /// Counted for themselves.
    public static final int MOST = 256;

    /// Known, together.
    public static final int MOST_KNOWN = 4096;

    /// Of one with its name and its places in the table, about.
    private static final long CATEGORY_BYTES = 160;

    /// Nothing is known yet: all values are unseen.
    public static final Categories NONE = new Categories(List.of(), List.of());

    private final List<Category> kept;
    private final List<Category> beyond;

    // Open addressing; a free place has slot 0.
    private final long[] keys;
    private final int[] lengths;
    private final short[] slots;

    private Categories(List<Category> kept, List<Category> beyond) {
        this.kept = List.copyOf(kept);
        this.beyond = List.copyOf(beyond);
        List<Category> known = new ArrayList<>(kept);
        known.addAll(beyond);
        int places = Integer.highestOneBit(Math.max(1, known.size())) * 4;
        keys = new long[places];
        lengths = new int[places];
        slots = new short[places];
        for (int i = 0; i < known.size(); i++) {
            put(known.get(i), i < kept.size() ? Feature.Categorical.FIRST + i : Feature.Categorical.OTHER);
        }
    }

    private void put(Category category, int slot) {
        int at = home(category.key());
        while (slots[at] != 0) {
            Check.argument(
                    keys[at] != category.key() || lengths[at] != category.length(),
                    "category '%s' twice (expected: each once)",
                    category.name());
            at = (at + 1) & (slots.length - 1);
        }
        keys[at] = category.key();
        lengths[at] = category.length();
        slots[at] = (short) slot;
    }

    /// @param kept counted for themselves, at most [#MOST], in the order of their slots
    /// @param beyond known and counted together
    public static Categories of(List<Category> kept, List<Category> beyond) {
        Check.argument(kept.size() <= MOST, "%d categories (expected: <= %d)", kept.size(), MOST);
        int known = kept.size() + beyond.size();
        Check.argument(known <= MOST_KNOWN, "%d known categories (expected: <= %d)", known, MOST_KNOWN);
        return new Categories(kept, beyond);
    }

    /// The numbers from 0 on.
    ///
    /// @param count at most [#MOST]
    public static Categories numbers(int count) {
        List<Category> numbers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            numbers.add(Category.of(i));
        }
        return of(numbers, List.of());
    }

    /// How many are counted for themselves.
    public int count() {
        return kept.size();
    }

    public List<Category> kept() {
        return kept;
    }

    public List<Category> beyond() {
        return beyond;
    }

    /// What they take, about.
    public long bytes() {
        return (long) (kept.size() + beyond.size()) * CATEGORY_BYTES;
    }

    /// How many are the numbers from 0 on, in the order of their slots.
    int leadingNumbers() {
        int count = 0;
        while (count < kept.size()
                && kept.get(count).length() == 0
                && kept.get(count).key() == count) {
            count++;
        }
        return count;
    }

    /// Its slot within the feature.
    int slot(long key, int length) {
        int at = home(key);
        while (slots[at] != 0) {
            if (keys[at] == key && lengths[at] == length) {
                return slots[at];
            }
            at = (at + 1) & (slots.length - 1);
        }
        return Feature.Categorical.UNSEEN;
    }

    private int home(long key) {
        return (int) Murmur3.mix(key) & (slots.length - 1);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Categories that && kept.equals(that.kept) && beyond.equals(that.beyond);
    }

    @Override
    public int hashCode() {
        return 31 * kept.hashCode() + beyond.hashCode();
    }

    /// Whole, because plans are told apart by it.
    @Override
    public String toString() {
        return kept + " and " + beyond;
    }
}
