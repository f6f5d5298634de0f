package dev.penstock.monitor.recording;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.penstock.core.DataType;
import dev.penstock.core.Signature;
import dev.penstock.core.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Makes a plan of what a model's signature says and what is asked for.
///
/// An output that nobody named is seen as it looks: a float as a value; 2 to 1024 floats as class scores,
/// unless their name speaks of a vector; vectors of up to 8192 floats as embeddings; one integer, boolean or
/// text as a category. Others, and rows of several dimensions, are left out. What is asked for and cannot be is
/// told in the notes; what would be too much altogether is refused.
public final class PlanCompiler {
    static final int MOST_CLASS_FEATURES = 16;

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
            orders(signature.inputs(), settings.inputs(), 0, settings.allInputs(), "input");
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
                notes.add("%s '%s' is none of the model's (expected: of %s)".formatted(what, order.tensor(), names));
            } else {
                tryAdd(specs.get(index), first + index, order);
            }
        }
        for (int i = 0; all && i < specs.size(); i++) {
            TensorSpec spec = specs.get(i);
            if (orders.stream().noneMatch(order -> order.tensor().equals(spec.name()))) {
                tryAdd(spec, first + i, FeatureOrder.of(spec.name(), FeatureOrder.Kind.AUTO));
            }
        }
    }

    /// What cannot be is told, and does not keep the others from being monitored.
    private void tryAdd(TensorSpec spec, int tensor, FeatureOrder order) throws Refusal {
        try {
            FeatureOrder.Kind kind = order.kind();
            long elements = elements(spec, tensor);
            if (kind == FeatureOrder.Kind.NONE) {
                return;
            }
            if (elements == RowLook.UNKNOWN) {
                unknown.add(tensor);
                return;
            }
            if (kind == FeatureOrder.Kind.AUTO) {
                kind = tensor < signature.inputs().size()
                        ? TensorLooks.input(spec, elements)
                        : TensorLooks.output(spec, elements);
            }
            if (kind == FeatureOrder.Kind.NONE) {
                notes.add("%s '%s' is not monitored: rows of %d elements of %s, %s, are no value, scores or vector"
                        .formatted(
                                tensor < signature.inputs().size() ? "input" : "output",
                                spec.name(),
                                elements,
                                spec.type(),
                                spec.describeShape()));
                return;
            }
            add(spec, tensor, order, kind, elements);
        } catch (Misfit e) {
            notes.add(e.reason);
        }
        if (builder.size() > settings.maxFeatures()) {
            throw new Refusal(
                    "%d features and more (expected: <= %d)".formatted(builder.size(), settings.maxFeatures()));
        }
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

    private void add(TensorSpec spec, int tensor, FeatureOrder order, FeatureOrder.Kind kind, long elements)
            throws Misfit {
        expect(elements >= 1 && elements <= Integer.MAX_VALUE, spec, "rows of %d elements (expected: >= 1)", elements);
        String stem = order.name().isEmpty() ? spec.name() : order.name();
        String name = tensor < signature.inputs().size() ? stem : MonitorPlan.OUTPUT + stem;
        int size = (int) elements;
        switch (kind) {
            case NONE, AUTO -> {}
            case NUMERIC, CATEGORICAL -> range(spec, tensor, size, order, kind, name);
            case SCORE -> {
                expect(TensorLooks.FLOATS.contains(spec.type()), spec, "scores of %s (expected: floats)", spec.type());
                expect(
                        size >= 2 && size <= TensorLooks.MOST_VECTOR,
                        spec,
                        "scores of %d classes (expected: 2..%d)",
                        size,
                        TensorLooks.MOST_VECTOR);
                expect(
                        !order.perClass() || size <= MOST_CLASS_FEATURES,
                        spec,
                        "each of %d classes is asked for (expected: <= %d)",
                        size,
                        MOST_CLASS_FEATURES);
                builder.scores(tensor, spec.type(), size, look.form(tensor), order.perClass(), name);
            }
            case EMBEDDING -> {
                expect(
                        TensorLooks.FLOATS.contains(spec.type()),
                        spec,
                        "a vector of %s (expected: floats)",
                        spec.type());
                expect(
                        size <= TensorLooks.MOST_VECTOR,
                        spec,
                        "a vector of %d elements (expected: <= %d)",
                        size,
                        TensorLooks.MOST_VECTOR);
                builder.vector(tensor, spec.type(), size, null, name);
            }
        }
    }

    private void range(
            TensorSpec spec, int tensor, int elements, FeatureOrder order, FeatureOrder.Kind kind, String name)
            throws Misfit {
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
        if (kind == FeatureOrder.Kind.CATEGORICAL) {
            expect(
                    !TensorLooks.FLOATS.contains(spec.type()),
                    spec,
                    "categories of %s (expected: integers or texts)",
                    spec.type());
            builder.keys(tensor, spec.type(), elements, order.from(), names);
        } else {
            expect(spec.type() != DataType.BYTES, spec, "numbers of %s (expected: of a number type)", spec.type());
            builder.numbers(tensor, spec.type(), elements, order.from(), names);
        }
    }

    @FormatMethod
    private static void expect(boolean ok, TensorSpec spec, @FormatString String message, Object... args)
            throws Misfit {
        if (!ok) {
            throw new Misfit("tensor '" + spec.name() + "': " + message.formatted(args));
        }
    }

    /// Why a tensor is not monitored as somebody asked.
    private static final class Misfit extends Exception {
        private static final long serialVersionUID = 1;

        private final String reason;

        Misfit(String reason) {
            super(reason);
            this.reason = reason;
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
