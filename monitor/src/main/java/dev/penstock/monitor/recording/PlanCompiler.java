package dev.penstock.monitor.recording;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.penstock.core.DataType;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;

/// Makes a plan of what a model's signature says and what is asked for.
///
/// An output that nobody named is seen as it looks: a float as a value; 2 to 1024 floats as class scores,
/// unless their name speaks of a vector; vectors of up to 8192 floats as embeddings; one integer, boolean or
/// text as a category. Others, and rows of several dimensions, are left out.
public final class PlanCompiler {
    static final int MOST_CLASSES = 1024;
    static final int MOST_CLASS_FEATURES = 16;
    static final int MOST_VECTOR = 8192;

    static final Set<DataType> FLOATS = Set.of(DataType.FP16, DataType.BF16, DataType.FP32, DataType.FP64);
    private static final List<String> VECTOR_NAMES =
            List.of("embed", "feature", "hidden", "pool", "vector", "representation");

    private final Signature signature;
    private final MonitorSettings settings;
    private final RowLook look;
    private final PlanBuilder builder = new PlanBuilder();
    private final List<String> notes = new ArrayList<>();
    private final List<Integer> unknown = new ArrayList<>();

    private PlanCompiler(Signature signature, MonitorSettings settings, RowLook look) {
        this.signature = signature;
        this.settings = settings;
        this.look = look;
    }

    /// What was seen of rows before there is a plan.
    interface RowLook {
        int UNKNOWN = -1;

        /// Nothing.
        RowLook NOTHING = new RowLook() {
            @Override
            public boolean seen(int tensor) {
                return true;
            }

            @Override
            public long elements(int tensor) {
                return UNKNOWN;
            }

            @Override
            public ScoreForm form(int tensor) {
                return ScoreForm.SOFTMAX;
            }
        };

        /// Whether enough of that tensor was seen to plan for it.
        boolean seen(int tensor);

        /// Elements of one row, or [#UNKNOWN] where only the signature can tell.
        long elements(int tensor);

        ScoreForm form(int tensor);
    }

    /// Whether the model can be monitored so.
    ///
    /// @param signature as the file itself says it
    /// @param writers how many threads may run it
    static PlanVerdict compile(Signature signature, MonitorSettings settings, RowLook look, int writers) {
        return new PlanCompiler(signature, settings, look).compile(writers);
    }

    /// The same before any row was seen: class scores may turn out to be probabilities.
    public static PlanVerdict compile(Signature signature, MonitorSettings settings, int writers) {
        return compile(signature, settings, RowLook.NOTHING, writers);
    }

    private PlanVerdict compile(int writers) {
        try {
            orders(signature.inputs(), settings.inputs(), 0, false, "input");
            orders(signature.outputs(), settings.outputs(), signature.inputs().size(), settings.allOutputs(), "output");
        } catch (Refusal e) {
            return new PlanVerdict.Refused(e.reason);
        }
        MonitorPlan plan = builder.build();
        Set<String> names = new HashSet<>();
        for (Feature feature : plan.features()) {
            if (!names.add(feature.name())) {
                return new PlanVerdict.Refused(
                        "feature '%s' twice (expected: each name once)".formatted(feature.name()));
            }
        }
        long bytes = plan.bytes(writers);
        if (bytes > settings.maxBytes()) {
            return new PlanVerdict.Refused("monitoring %d features by %d threads takes %d bytes (expected: <= %d)"
                    .formatted(plan.features().size(), writers, bytes, settings.maxBytes()));
        }
        return new PlanVerdict.Planned(plan, notes, unknown);
    }

    private void orders(List<TensorSpec> specs, List<FeatureOrder> orders, int first, boolean all, String what)
            throws Refusal {
        for (FeatureOrder order : orders) {
            int index = IntStream.range(0, specs.size())
                    .filter(i -> specs.get(i).name().equals(order.tensor()))
                    .findFirst()
                    .orElse(-1);
            if (index < 0) {
                List<String> names = specs.stream().map(TensorSpec::name).toList();
                throw new Refusal(
                        "%s '%s' is none of the model's (expected: of %s)".formatted(what, order.tensor(), names));
            }
            add(specs.get(index), first + index, order);
        }
        for (int i = 0; all && i < specs.size(); i++) {
            TensorSpec spec = specs.get(i);
            if (orders.stream().noneMatch(order -> order.tensor().equals(spec.name()))) {
                standard(spec, first + i);
            }
        }
    }

    private void standard(TensorSpec spec, int tensor) throws Refusal {
        long elements = elements(spec, tensor);
        if (elements == RowLook.UNKNOWN) {
            unknown.add(tensor);
            return;
        }
        FeatureOrder.Kind kind = looksLike(spec, elements);
        if (kind == FeatureOrder.Kind.NONE) {
            notes.add("output '%s' is not monitored: rows of %d elements of %s, %s, are no value, scores or vector"
                    .formatted(spec.name(), elements, spec.type(), spec.describeShape()));
        } else {
            add(spec, tensor, FeatureOrder.of(spec.name(), kind));
        }
    }

    private static FeatureOrder.Kind looksLike(TensorSpec spec, long elements) {
        if (elements == 1) {
            return FLOATS.contains(spec.type()) ? FeatureOrder.Kind.NUMERIC : FeatureOrder.Kind.CATEGORICAL;
        }
        if (!FLOATS.contains(spec.type()) || elements == 0 || longDimensions(spec.shape()) > 1) {
            return FeatureOrder.Kind.NONE;
        }
        String name = spec.name().toLowerCase(Locale.ROOT);
        boolean vector = elements > MOST_CLASSES || VECTOR_NAMES.stream().anyMatch(name::contains);
        if (vector) {
            return elements <= MOST_VECTOR ? FeatureOrder.Kind.EMBEDDING : FeatureOrder.Kind.NONE;
        }
        return FeatureOrder.Kind.SCORE;
    }

    /// Dimensions of a row that may be longer than 1.
    private static int longDimensions(Shape shape) {
        int count = 0;
        for (int i = 1; i < shape.rank(); i++) {
            count += shape.dim(i) == 1 ? 0 : 1;
        }
        return count;
    }

    private long elements(TensorSpec spec, int tensor) {
        if (!look.seen(tensor)) {
            return RowLook.UNKNOWN;
        }
        long seen = look.elements(tensor);
        if (seen != RowLook.UNKNOWN) {
            return seen;
        }
        long count = 1;
        for (int i = 1; i < spec.shape().rank(); i++) {
            if (spec.shape().dim(i) < 0) {
                return RowLook.UNKNOWN;
            }
            // What is more has no features anyway.
            count = Math.min(Integer.MAX_VALUE, count)
                    * Math.min(Integer.MAX_VALUE, spec.shape().dim(i));
        }
        return count;
    }

    private void add(TensorSpec spec, int tensor, FeatureOrder order) throws Refusal {
        long elements = elements(spec, tensor);
        if (order.kind() == FeatureOrder.Kind.NONE) {
            return;
        }
        if (elements == RowLook.UNKNOWN) {
            unknown.add(tensor);
            return;
        }
        expect(elements >= 1 && elements <= Integer.MAX_VALUE, spec, "rows of %d elements (expected: >= 1)", elements);
        String stem = order.name().isEmpty() ? spec.name() : order.name();
        String name = tensor < signature.inputs().size() ? stem : MonitorPlan.OUTPUT + stem;
        int size = (int) elements;
        switch (order.kind()) {
            case NONE -> {}
            case NUMERIC, CATEGORICAL -> range(spec, tensor, size, order, name);
            case SCORE -> {
                expect(FLOATS.contains(spec.type()), spec, "scores of %s (expected: floats)", spec.type());
                expect(
                        size >= 2 && size <= MOST_VECTOR,
                        spec,
                        "scores of %d classes (expected: 2..%d)",
                        size,
                        MOST_VECTOR);
                expect(
                        !order.perClass() || size <= MOST_CLASS_FEATURES,
                        spec,
                        "each of %d classes is asked for (expected: <= %d)",
                        size,
                        MOST_CLASS_FEATURES);
                builder.scores(tensor, spec.type(), size, look.form(tensor), order.perClass(), name);
            }
            case EMBEDDING -> {
                expect(FLOATS.contains(spec.type()), spec, "a vector of %s (expected: floats)", spec.type());
                expect(size <= MOST_VECTOR, spec, "a vector of %d elements (expected: <= %d)", size, MOST_VECTOR);
                builder.vector(tensor, spec.type(), size, null, name);
            }
        }
        if (builder.size() > settings.maxFeatures()) {
            throw new Refusal(
                    "%d features and more (expected: <= %d)".formatted(builder.size(), settings.maxFeatures()));
        }
    }

    private void range(TensorSpec spec, int tensor, int elements, FeatureOrder order, String name) throws Refusal {
        int to = order.to() == FeatureOrder.LAST ? elements - 1 : order.to();
        expect(
                order.from() <= to && to < elements,
                spec,
                "elements %d to %d (expected: within 0..%d)",
                order.from(),
                to,
                elements - 1);
        expect(
                to - order.from() < settings.maxFeatures(),
                spec,
                "%d features (expected: <= %d)",
                to - order.from() + 1L,
                settings.maxFeatures());
        boolean single = order.from() == to && (elements == 1 || !order.name().isEmpty());
        List<String> names = single
                ? List.of(name)
                : IntStream.rangeClosed(order.from(), to)
                        .mapToObj(i -> name + "[" + i + "]")
                        .toList();
        if (order.kind() == FeatureOrder.Kind.CATEGORICAL) {
            expect(!FLOATS.contains(spec.type()), spec, "categories of %s (expected: integers or texts)", spec.type());
            builder.keys(tensor, spec.type(), elements, order.from(), names);
        } else {
            expect(spec.type() != DataType.BYTES, spec, "numbers of %s (expected: of a number type)", spec.type());
            builder.numbers(tensor, spec.type(), elements, order.from(), names);
        }
    }

    @FormatMethod
    private static void expect(boolean ok, TensorSpec spec, @FormatString String message, Object... args)
            throws Refusal {
        if (!ok) {
            throw new Refusal("tensor '" + spec.name() + "': " + message.formatted(args));
        }
    }

    /// Why there is no plan.
    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        Refusal(String reason) {
            super(reason);
            this.reason = reason;
        }
    }
}
