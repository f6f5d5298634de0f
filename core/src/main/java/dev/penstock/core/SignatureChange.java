package dev.penstock.core;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What callers of one version would notice if another took its place. Pure.
public final class SignatureChange {
    private final Signature before;
    private final Signature after;
    private final List<String> breaks = new ArrayList<>();

    private SignatureChange(Signature before, Signature after) {
        this.before = before;
        this.after = after;
    }

    /// What requests would be refused, or answers be unlike what callers count on, each in a sentence.
    public static List<String> breaks(Signature before, Signature after) {
        SignatureChange change = new SignatureChange(before, after);
        before.inputs().forEach(change::compareInput);
        after.inputs().forEach(change::lookForNewInput);
        change.compareNames();
        before.outputs().forEach(change::compareOutput);
        change.compareRows();
        return List.copyOf(change.breaks);
    }

    private void compareInput(TensorSpec old) {
        @Nullable TensorSpec now = after.input(old.name());
        if (now == null) {
            breaks.add("input '%s' is gone, and callers send it".formatted(old.name()));
            return;
        }
        if (now.type() != old.type()) {
            breaks.add("input '%s' was %s and is %s".formatted(old.name(), old.type(), now.type()));
        }
        if (old.optional() && !now.optional()) {
            breaks.add("input '%s' was optional and is required".formatted(old.name()));
        }
        if (!accepts(now.shape(), old.shape())) {
            breaks.add("input '%s' took %s and takes %s%s"
                    .formatted(old.name(), old.describeShape(), now.describeShape(), narrowed(old, now)));
        }
    }

    private void lookForNewInput(TensorSpec now) {
        if (before.input(now.name()) == null && !now.optional()) {
            breaks.add("input '%s' (%s %s) is new and required".formatted(now.name(), now.type(), now.describeShape()));
        }
    }

    /// Whether everything of the old shape is of the new one.
    private static boolean accepts(Shape now, Shape old) {
        if (now.rank() == 0 && old.rank() == 1 && old.dim(0) == 1) {
            // A scalar may be sent as one element.
            return true;
        }
        if (now.rank() != old.rank()) {
            return false;
        }
        for (int i = 0; i < now.rank(); i++) {
            if (now.dim(i) >= 0 && now.dim(i) != old.dim(i)) {
                return false;
            }
        }
        return true;
    }

    private static String narrowed(TensorSpec old, TensorSpec now) {
        if (old.shape().rank() != now.shape().rank()) {
            return "";
        }
        for (int i = 0; i < now.shape().rank(); i++) {
            long size = now.shape().dim(i);
            if (size >= 0 && size != old.shape().dim(i)) {
                return ": dimension %d was %s and is %d".formatted(i, size(old, i), size);
            }
        }
        return "";
    }

    private static String size(TensorSpec spec, int dim) {
        long size = spec.shape().dim(dim);
        return size < 0 ? "any" : Long.toString(size);
    }

    private void compareOutput(TensorSpec old) {
        @Nullable TensorSpec now = after.output(old.name());
        if (now == null) {
            breaks.add("output '%s' is gone".formatted(old.name()));
            return;
        }
        if (now.type() != old.type()) {
            breaks.add("output '%s' was %s and is %s".formatted(old.name(), old.type(), now.type()));
        }
        // The other way round: what comes out now must be of the shape that callers know.
        if (now.shape().rank() != old.shape().rank() || !accepts(old.shape(), now.shape())) {
            breaks.add("output '%s' was %s and is %s".formatted(old.name(), old.describeShape(), now.describeShape()));
        }
    }

    private void compareRows() {
        int most = after.maxBatchSize();
        if (most == 0) {
            // The shapes alone say how many rows there may be.
            return;
        }
        if (before.maxBatchSize() > most) {
            breaks.add("requests could have %d rows and can have %d".formatted(before.maxBatchSize(), most));
        }
        if (before.maxBatchSize() == 0) {
            before.inputs().forEach(this::compareRowsOfUnbatched);
        }
    }

    private void compareRowsOfUnbatched(TensorSpec old) {
        boolean more =
                old.shape().rank() > 0 && (old.shape().dim(0) < 0 || old.shape().dim(0) > after.maxBatchSize());
        if (more) {
            breaks.add("input '%s' took %s, with %s rows, and requests can have %d"
                    .formatted(old.name(), old.describeShape(), size(old, 0), after.maxBatchSize()));
        }
    }

    /// Dimensions of one name have one size, so a name that two of them share is a condition on requests.
    private void compareNames() {
        for (TensorSpec first : after.inputs()) {
            for (TensorSpec second : after.inputs()) {
                if (first.name().compareTo(second.name()) < 0) {
                    compareNames(first, second);
                }
            }
        }
    }

    private void compareNames(TensorSpec first, TensorSpec second) {
        @Nullable TensorSpec oldFirst = before.input(first.name());
        @Nullable TensorSpec oldSecond = before.input(second.name());
        if (oldFirst == null || oldSecond == null) {
            return;
        }
        for (int i = 0; i < Math.min(first.shape().rank(), oldFirst.shape().rank()); i++) {
            String name = first.dimNames().get(i);
            boolean free = first.shape().dim(i) < 0 && !name.isEmpty();
            int j = free ? second.dimNames().indexOf(name) : -1;
            if (j >= 0 && j < oldSecond.shape().rank() && couldDiffer(oldFirst, i, oldSecond, j)) {
                breaks.add("dimension %d of input '%s' and dimension %d of input '%s' must be equal now ('%s')"
                        .formatted(i, first.name(), j, second.name(), name));
            }
        }
    }

    private boolean couldDiffer(TensorSpec first, int i, TensorSpec second, int j) {
        if (i == 0 && j == 0 && before.maxBatchSize() > 0) {
            return false;
        }
        long one = first.shape().dim(i);
        long other = second.shape().dim(j);
        String name = first.dimNames().get(i);
        boolean sameName = !name.isEmpty() && name.equals(second.dimNames().get(j));
        return !sameName && (one < 0 || other < 0 || one != other);
    }
}
