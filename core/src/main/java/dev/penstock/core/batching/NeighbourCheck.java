package dev.penstock.core.batching;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;

/// Whether a row is answered alike alone and among others. Confined to one thread.
final class NeighbourCheck {
    private static final long SEED = 0x5EED;
    private static final int SUBJECTS = 4;

    private final BatchRunner runner;
    private final ProbeRows rows;
    private final RowLayout layout;
    private final Signature signature;
    private final SplittableRandom random = new SplittableRandom(SEED);

    /// What each subject was answered alone, by subject and output.
    private final List<List<MemorySegment>> alone = new ArrayList<>();

    private final double[] largestMagnitudes;

    NeighbourCheck(BatchModel model, BatchRunner runner, ProbeRows rows) {
        this.runner = runner;
        this.rows = rows;
        this.layout = model.layout();
        this.signature = model.signature();
        this.largestMagnitudes = new double[layout.outputs()];
    }

    /// Runs a few rows alone and among random neighbours, at random places of batches of 2, 4 and `maxRows`.
    ///
    /// @return the largest difference that [RowDifference] finds
    double largestDifference(int maxRows) {
        for (int subject = 0; subject < SUBJECTS; subject++) {
            runAlone(subject);
        }
        double largest = 0;
        for (int batch : new TreeSet<>(List.of(Math.min(2, maxRows), Math.min(4, maxRows), maxRows))) {
            for (int subject = 0; subject < SUBJECTS; subject++) {
                largest = Math.max(largest, runAmong(batch, subject));
            }
        }
        return largest;
    }

    private void runAlone(int subject) {
        rows.fill(0, subject);
        BatchOutputs outputs = runner.run(1, 1);
        List<MemorySegment> answer = new ArrayList<>();
        for (int output = 0; output < layout.outputs(); output++) {
            MemorySegment row = row(outputs, output, 0);
            largestMagnitudes[output] = Math.max(largestMagnitudes[output], RowDifference.magnitude(type(output), row));
            answer.add(MemorySegment.ofArray(row.toArray(JAVA_BYTE)));
        }
        outputs.release();
        alone.add(answer);
    }

    private double runAmong(int batch, int subject) {
        for (int row = 0; row < batch; row++) {
            rows.fill(row, random.nextLong());
        }
        int place = random.nextInt(batch);
        rows.fill(place, subject);
        BatchOutputs outputs = runner.run(batch, 1);
        double largest = 0;
        for (int output = 0; output < layout.outputs(); output++) {
            MemorySegment expected = alone.get(subject).get(output);
            MemorySegment actual = row(outputs, output, place);
            largest =
                    Math.max(largest, RowDifference.largest(type(output), expected, actual, largestMagnitudes[output]));
        }
        outputs.release();
        return largest;
    }

    private DataType type(int output) {
        return signature.outputs().get(output).type();
    }

    private static MemorySegment row(BatchOutputs outputs, int output, int row) {
        long rowBytes = outputs.rowBytes(output);
        return ProbeRows.segment(outputs.address(output) + row * rowBytes, rowBytes);
    }
}
