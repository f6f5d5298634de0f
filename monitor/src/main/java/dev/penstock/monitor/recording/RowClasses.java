package dev.penstock.monitor.recording;

import java.lang.foreign.MemorySegment;

/// The classes that rows name, of the output that an [AnswerReader] reads, and as it reads them, without an
/// object for each. Confined to one thread.
public final class RowClasses {
    private final AnswerReader reader;
    private double[] scores = new double[0];

    public RowClasses(AnswerReader reader) {
        this.reader = reader;
    }

    /// Whether it is decided what is read, or that nothing is.
    public boolean isDecided() {
        return reader.isDecided();
    }

    /// The output that is read, or "" if none is.
    public String output() {
        return reader.output();
    }

    /// @param memory that has the output's rows from `offset` on, one after another, of the signature's size
    /// @param into a class for each row, -1 for none
    /// @return whether any row can name one
    public boolean read(MemorySegment memory, long offset, int rows, int[] into) {
        return switch (reader.part()) {
            case Part.Scores part -> scores(part, memory, offset, rows, into);
            case Part.Keys part when part.type().hasFixedSize() -> keys(part, memory, offset, rows, into);
            case null, default -> false;
        };
    }

    private boolean scores(Part.Scores part, MemorySegment memory, long offset, int rows, int[] into) {
        int classes = part.elements();
        if (scores.length < classes) {
            scores = new double[classes];
        }
        int stride = part.type().byteSize();
        for (int i = 0; i < rows; i++) {
            Elements.numbers(part.type(), memory, offset + (long) i * classes * stride, stride, classes, scores);
            into[i] = best(scores, classes);
        }
        return true;
    }

    private static boolean keys(Part.Keys part, MemorySegment memory, long offset, int rows, int[] into) {
        long rowBytes = (long) part.elements() * part.type().byteSize();
        for (int i = 0; i < rows; i++) {
            long key = Elements.integer(part.type(), memory, offset + i * rowBytes);
            into[i] = key >= 0 && key < Integer.MAX_VALUE ? (int) key : -1;
        }
        return true;
    }

    /// The class with the highest score, or -1 if one is no number or that one is infinite.
    static int best(double[] row, int classes) {
        int best = -1;
        double top = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < classes; c++) {
            if (Double.isNaN(row[c])) {
                return -1;
            }
            if (row[c] > top) {
                top = row[c];
                best = c;
            }
        }
        return top == Double.POSITIVE_INFINITY ? -1 : best;
    }
}
