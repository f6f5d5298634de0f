package dev.penstock.monitor.quality;

import java.util.Arrays;

/// How often each class was predicted and each was the label, of as many classes as were seen; of more than
/// [#MOST] nothing but how many there were. Not thread-safe.
final class ClassCounts {
    static final int MOST = 32;

    /// Of each predicted class in turn.
    private long[] cells = {};

    private int classes;
    private boolean tooMany;

    void add(int predicted, int label) {
        add(predicted, label, 1);
    }

    private void add(int predicted, int label, long count) {
        int most = Math.max(predicted, label);
        if (tooMany || most >= MOST) {
            tooMany = true;
            cells = new long[0];
            classes = 0;
            return;
        }
        grow(most + 1);
        cells[predicted * classes + label] += count;
    }

    private void grow(int wanted) {
        if (wanted <= classes) {
            return;
        }
        long[] more = new long[wanted * wanted];
        for (int i = 0; i < classes; i++) {
            System.arraycopy(cells, i * classes, more, i * wanted, classes);
        }
        cells = more;
        classes = wanted;
    }

    void add(ClassCounts other) {
        if (other.tooMany) {
            add(MOST, MOST);
            return;
        }
        for (int predicted = 0; predicted < other.classes; predicted++) {
            for (int label = 0; label < other.classes; label++) {
                long count = other.cells[predicted * other.classes + label];
                if (count > 0) {
                    add(predicted, label, count);
                }
            }
        }
    }

    /// Of at least `least` classes; of none if there were too many.
    long[] cells(int least) {
        ClassCounts copy = new ClassCounts();
        copy.add(this);
        if (!tooMany) {
            copy.grow(Math.max(2, least));
        }
        return copy.cells;
    }

    @Override
    public String toString() {
        return Arrays.toString(cells);
    }
}
