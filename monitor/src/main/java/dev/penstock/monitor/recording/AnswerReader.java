package dev.penstock.monitor.recording;

import dev.penstock.core.BytesElements;
import dev.penstock.core.DataType;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.quality.Task;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Reads of answers what they predict: of the same outputs, and in the same way, that recording counts. Which
/// output that is, the first answer decides that has all of them; class scores go before single integers, and
/// those before single numbers. Where callers never ask for all of them, the best of those that they ask for is
/// taken after a while. Thread-safe.
public final class AnswerReader {
    /// Of what is not read.
    private static final int NEVER = 9;

    /// After so many answers that did not decide, the best output is taken that one of them has, and only
    /// some are looked at.
    static final int PATIENCE = 1_000;

    /// Of which one is looked at then; a power of two.
    static final int SELDOM = 1_024;

    private final Signature signature;
    private final Wish wish;
    private final boolean readable;
    private final AtomicLong looks = new AtomicLong();
    private volatile @Nullable Chosen chosen;

    /// What somebody knows of a model that its outputs do not tell.
    ///
    /// @param task null for what the outputs look like
    /// @param output that has it; "" for what looks like it
    /// @param threshold from which on a single number is the positive one of two classes
    /// @param labels names of the classes, in their order; none if nobody named them
    public record Wish(@Nullable Task task, String output, double threshold, List<String> labels) {
        /// Nothing.
        public static final Wish NONE = new Wish(null, "", 0.5, List.of());

        public Wish {
            labels = List.copyOf(labels);
        }
    }

    /// What one answer predicts.
    ///
    /// @param classes as [Prediction] has them
    public record Answered(int classes, List<Prediction.Row> rows) {}

    /// @param output where it is
    private record Chosen(String output, Part part) {}

    /// @param signature of which dimension 0 is the rows
    public AnswerReader(Signature signature, Wish wish) {
        this.signature = signature;
        this.wish = wish;
        this.readable = mayBeRead();
    }

    /// Whether any answer can ever say what a label could be held against, by what the signature says.
    public boolean isReadable() {
        return readable;
    }

    private boolean mayBeRead() {
        if (!(PlanCompiler.compile(signature, MonitorSettings.STANDARD, 1) instanceof PlanVerdict.Planned planned)) {
            return false;
        }
        for (int tensor : planned.unknown()) {
            if (isAsked(tensor)) {
                return true;
            }
        }
        for (Part part : planned.plan().parts()) {
            if (isAsked(part.tensor()) && rank(part) < NEVER) {
                return true;
            }
        }
        return false;
    }

    /// The output that is read, or "" as long as no answer decided that.
    public String output() {
        Chosen now = chosen;
        return now == null ? "" : now.output();
    }

    /// Whether it is known what is read, or that nothing is: then no answer changes that.
    public boolean isDecided() {
        return chosen != null || !readable;
    }

    /// What is read; null if that is not decided.
    @Nullable
    Part part() {
        Chosen now = chosen;
        return now == null ? null : now.part();
    }

    /// @param most rows that are read; of more, the first ones
    /// @return as many rows as the answer has, up to `most`; rows of which nothing can be said are among
    ///     them
    public Answered read(InferenceReply reply, int most) {
        Chosen now = chosen;
        if (now == null && readable) {
            now = look(reply.outputs());
        }
        Tensor tensor = now == null ? null : find(reply.outputs(), now.output());
        if (now == null || tensor == null || tensor.type() != now.part().type()) {
            return nothing(reply, most);
        }
        Answered read = read(now.part(), tensor, most);
        return read == null ? nothing(reply, most) : read;
    }

    private Answered nothing(InferenceReply reply, int most) {
        long rows = 1;
        for (Tensor output : reply.outputs()) {
            if (isBatch(output)) {
                rows = output.shape().dim(0);
                break;
            }
        }
        List<Prediction.Row> none = new ArrayList<>();
        for (int i = 0; i < Math.min(rows, most); i++) {
            none.add(Prediction.Row.NOTHING);
        }
        return new Answered(Prediction.UNKNOWN, none);
    }

    private boolean isBatch(Tensor output) {
        TensorSpec spec = signature.output(output.name());
        if (spec == null || spec.shape().rank() == 0 || output.shape().rank() == 0) {
            return false;
        }
        return signature.maxBatchSize() > 0 || spec.shape().dim(0) < 0;
    }

    private static @Nullable Tensor find(List<Tensor> outputs, String name) {
        for (Tensor output : outputs) {
            if (output.name().equals(name)) {
                return output;
            }
        }
        return null;
    }

    private @Nullable Chosen look(List<Tensor> outputs) {
        long look = looks.getAndIncrement();
        if (look > PATIENCE && (look & (SELDOM - 1)) != 0) {
            return null;
        }
        Chosen now = choose(outputs, look < PATIENCE);
        if (now != null) {
            chosen = now;
        }
        return now;
    }

    /// @param patient whether an output that this answer does not have may be waited for
    /// @return null if this answer does not tell
    private @Nullable Chosen choose(List<Tensor> outputs, boolean patient) {
        AnsweredRows look = new AnsweredRows(signature, outputs);
        PlanVerdict verdict = PlanCompiler.compile(signature, MonitorSettings.STANDARD, look, 1);
        if (!(verdict instanceof PlanVerdict.Planned planned)) {
            return null;
        }
        Part best = null;
        for (Part part : planned.plan().parts()) {
            boolean told = patient || look.tells(part.tensor());
            if (told && isAsked(part.tensor()) && rank(part) < NEVER && (best == null || rank(part) < rank(best))) {
                best = part;
            }
        }
        if (best == null || !look.tells(best.tensor())) {
            // What was not answered says nothing of its form.
            return null;
        }
        boolean mayBeBetter = rank(best) > 0 && planned.unknown().stream().anyMatch(this::isAsked);
        return patient && mayBeBetter ? null : new Chosen(name(best.tensor()), best);
    }

    private boolean isAsked(int tensor) {
        return wish.output().isEmpty() || wish.output().equals(name(tensor));
    }

    private String name(int tensor) {
        return signature.outputs().get(tensor - signature.inputs().size()).name();
    }

    private int rank(Part part) {
        boolean number = wish.task() == Task.REGRESSION;
        return switch (part) {
            case Part.Scores _ -> number ? NEVER : 0;
            case Part.Keys keys ->
                number || (!keys.type().hasFixedSize() && wish.labels().isEmpty()) ? NEVER : 1;
            case Part.Numbers _ -> wish.task() == Task.MULTICLASS ? NEVER : 2;
            case Part.Vector _ -> NEVER;
        };
    }

    private @Nullable Answered read(Part part, Tensor tensor, int most) {
        DataType type = part.type();
        ByteBuffer data = tensor.data();
        if (!type.hasFixedSize()) {
            return new Answered(classes(), texts(data, most));
        }
        long rowBytes = part.elements() * (long) type.byteSize();
        if (tensor.byteCount() % rowBytes != 0) {
            return null;
        }
        int rows = (int) Math.min(tensor.byteCount() / rowBytes, most);
        MemorySegment memory = MemorySegment.ofBuffer(data);
        return switch (part) {
            case Part.Scores scores -> new Answered(part.elements(), scores(scores, memory, rows, rowBytes));
            case Part.Numbers _ -> numbers(type, memory, rows, rowBytes);
            case Part.Keys _ -> new Answered(keyClasses(type), keys(type, memory, rows, rowBytes));
            case Part.Vector _ -> null;
        };
    }

    private int classes() {
        boolean binary = wish.task() == Task.BINARY;
        return binary ? 2 : Math.max(Prediction.UNKNOWN, wish.labels().size());
    }

    private int keyClasses(DataType type) {
        return type == DataType.BOOL ? 2 : classes();
    }

    private static List<Prediction.Row> scores(Part.Scores part, MemorySegment memory, int rows, long rowBytes) {
        double[] row = new double[part.elements()];
        List<Prediction.Row> read = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            Elements.numbers(part.type(), memory, i * rowBytes, part.type().byteSize(), row.length, row);
            read.add(ofScores(row, part.form()));
        }
        return read;
    }

    private static Prediction.Row ofScores(double[] row, ScoreForm form) {
        int best = RowClasses.best(row, row.length);
        if (best < 0) {
            return Prediction.Row.NOTHING;
        }
        double top = row[best];
        double sum = 1;
        double told = row.length == 2 ? row[1] : top;
        if (form == ScoreForm.SOFTMAX) {
            sum = 0;
            for (double score : row) {
                sum += Math.exp(score - top);
            }
            told = Math.exp(told - top);
        }
        return new Prediction.Row(best, (float) Math.clamp(told / sum, 0, 1));
    }

    private Answered numbers(DataType type, MemorySegment memory, int rows, long rowBytes) {
        double[] values = new double[rows];
        Elements.numbers(type, memory, 0, rowBytes, rows, values);
        boolean binary = wish.task() == Task.BINARY;
        List<Prediction.Row> read = new ArrayList<>(rows);
        for (double value : values) {
            int predicted = !binary || Double.isNaN(value) ? -1 : value >= wish.threshold() ? 1 : 0;
            read.add(new Prediction.Row(predicted, (float) value));
        }
        return new Answered(binary ? 2 : Prediction.NUMBER, read);
    }

    private static List<Prediction.Row> keys(DataType type, MemorySegment memory, int rows, long rowBytes) {
        long[] values = new long[rows];
        Elements.integers(type, memory, 0, rowBytes, rows, values);
        List<Prediction.Row> read = new ArrayList<>(rows);
        for (long value : values) {
            boolean index = value >= 0 && value < Integer.MAX_VALUE;
            read.add(index ? new Prediction.Row((int) value, Float.NaN) : Prediction.Row.NOTHING);
        }
        return read;
    }

    private List<Prediction.Row> texts(ByteBuffer data, int most) {
        ByteBuffer left = data.duplicate().order(data.order());
        List<Prediction.Row> read = new ArrayList<>();
        while (left.remaining() >= BytesElements.LENGTH_BYTES && read.size() < most) {
            byte[] text = new byte[left.getInt()];
            left.get(text);
            read.add(new Prediction.Row(wish.labels().indexOf(new String(text, StandardCharsets.UTF_8)), Float.NaN));
        }
        return read;
    }

    /// How a label that is a text names a class.
    ///
    /// @return its index, or -1 if it is none
    public int index(String label) {
        int named = wish.labels().indexOf(label);
        if (named >= 0) {
            return named;
        }
        return switch (label.toLowerCase(Locale.ROOT)) {
            case "true" -> 1;
            case "false" -> 0;
            default -> label.matches("\\d{1,9}") ? Integer.parseInt(label) : -1;
        };
    }
}
