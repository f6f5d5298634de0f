package dev.penstock.monitor.recording;

import dev.penstock.core.DataType;
import dev.penstock.core.RunRows;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What first rows tell that a signature leaves open: how long rows are, and what scores look like. What is
/// known of a tensor stays so. Not thread-safe.
final class SeenRows implements PlanCompiler.RowLook {
    /// Rows of a run that are looked at.
    private static final int LOOKED_AT = 8;

    /// After so many runs scores that never were numbers are planned for as what they look like.
    static final int PATIENCE = 1000;

    private final List<DataType> types = new ArrayList<>();
    private final int inputs;
    private final boolean[] seen;
    private final long[] elements;
    private final @Nullable ScoreForm[] forms;
    private int runs;

    SeenRows(Signature signature) {
        for (TensorSpec spec : signature.inputs()) {
            types.add(spec.type());
        }
        inputs = types.size();
        for (TensorSpec spec : signature.outputs()) {
            types.add(spec.type());
        }
        seen = new boolean[types.size()];
        elements = new long[types.size()];
        Arrays.fill(elements, UNKNOWN);
        forms = new @Nullable ScoreForm[types.size()];
    }

    /// @return whether something is known now that was not before
    boolean look(RunRows run) {
        boolean more = false;
        runs = Math.min(PATIENCE, runs + 1);
        for (int tensor = 0; tensor < seen.length; tensor++) {
            more |= !seen[tensor] && look(run, tensor);
        }
        return more;
    }

    /// Whether what was not seen yet may be looked for less often.
    boolean isPatient() {
        return runs < PATIENCE;
    }

    private boolean look(RunRows run, int tensor) {
        long rowBytes = run.rowBytes(tensor);
        if (rowBytes == RunRows.ABSENT) {
            return false;
        }
        DataType type = types.get(tensor);
        if (type.hasFixedSize()) {
            elements[tensor] = rowBytes / type.byteSize();
            if (mayBeScores(type, elements[tensor]) && !decide(run, tensor, type) && isPatient()) {
                return false;
            }
        }
        seen[tensor] = true;
        return true;
    }

    private static boolean mayBeScores(DataType type, long elements) {
        boolean floats = TensorLooks.FLOATS.contains(type);
        return floats && elements > 1 && elements <= TensorLooks.MOST_VECTOR;
    }

    /// Whether there is a row of numbers: of others nothing can be said.
    private boolean decide(RunRows run, int tensor, DataType type) {
        int size = (int) elements[tensor];
        double[] row = new double[size];
        for (int i = 0; i < Math.min(LOOKED_AT, run.rows()); i++) {
            long at = run.offset(tensor) + i * run.rowBytes(tensor);
            Elements.numbers(type, run.memory(tensor), at, type.byteSize(), size, row);
            if (Arrays.stream(row).noneMatch(Double::isNaN)) {
                ScoreForm form = ScoreForm.of(row, size);
                if (forms[tensor] == null || form == ScoreForm.SOFTMAX) {
                    forms[tensor] = form;
                }
            }
        }
        return forms[tensor] != null;
    }

    /// An input that is left out is optional, and may stay so.
    @Override
    public boolean seen(int tensor) {
        return seen[tensor] || tensor < inputs;
    }

    @Override
    public long elements(int tensor) {
        return elements[tensor];
    }

    @Override
    public ScoreForm form(int tensor) {
        ScoreForm form = forms[tensor];
        return form == null ? ScoreForm.SOFTMAX : form;
    }
}
