package dev.penstock.loadtest.input;

import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelInferRequest.InferRequestedOutputTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Makes the requests of a plan, made up or from files, and holds them against what the model takes.
public final class InferRequests {
    private static final long MAX_BYTES = 1L << 30;

    private final InputPlan plan;
    private final ModelInferRequest frame;
    private final List<TensorSpec> inputs;
    private final List<TensorSpec> outputs;
    private final List<InferRequest> made = new ArrayList<>();
    private long bytes;

    private InferRequests(InputPlan plan, String model, String version, Model shapes) {
        this.plan = plan;
        this.inputs = PlanSpecs.inputs(plan, model, shapes.inputs());
        this.outputs = shapes.outputs();
        this.frame = frame(model, version);
        if (!outputs.isEmpty()) {
            plan.outputs().forEach(output -> TensorSpec.find("output", output, outputs));
        }
    }

    /// What a model says about itself; lists are empty if it does not say.
    public record Model(List<TensorSpec> inputs, List<TensorSpec> outputs) {
        public Model {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
        }
    }

    /// @param version "" for the one the server picks
    /// @param shapes what the model takes and gives
    /// @throws InputError if the plan, or a file of it, does not fit the model
    public static List<InferRequest> of(InputPlan plan, String model, String version, Model shapes) {
        return new InferRequests(plan, model, version, shapes).make();
    }

    private ModelInferRequest frame(String model, String version) {
        ModelInferRequest.Builder request =
                ModelInferRequest.newBuilder().setModelName(model).setModelVersion(version);
        plan.parameters().forEach((name, value) -> request.putParameters(name, WireMessages.parameter(name, value)));
        plan.outputs()
                .forEach(name -> request.addOutputs(
                        InferRequestedOutputTensor.newBuilder().setName(name).build()));
        return request.build();
    }

    private List<InferRequest> make() {
        if (PlanFiles.areBodies(plan.files())) {
            fromBodies();
        } else {
            fromRows();
        }
        return List.copyOf(made);
    }

    private void fromBodies() {
        List<PlanFiles.Body> bodies = PlanFiles.bodies(plan.files());
        List<List<Tensor>> expected = ExpectedFiles.ofBodies(plan, outputs, bodies.size());
        int count = Math.min(bodies.size(), plan.payloads().orElse(InputPlan.MAX_PAYLOADS));
        for (int i = 0; i < count; i++) {
            try {
                add(ofBody(bodies.get(i)), expected.isEmpty() ? List.of() : expected.get(i));
            } catch (InputError e) {
                throw new InputError(bodies.get(i).where() + ": " + e.getMessage());
            }
        }
    }

    private ModelInferRequest ofBody(PlanFiles.Body body) {
        ModelInferRequest request = WireMessages.request(frame.getModelName(), frame.getModelVersion(), body.request());
        if (!inputs.isEmpty()) {
            PlanSpecs.check(frame.getModelName(), WireMessages.inputs(request), inputs);
        }
        ModelInferRequest.Builder whole = request.toBuilder().putAllParameters(frame.getParametersMap());
        if (frame.getOutputsCount() > 0) {
            whole.clearOutputs().addAllOutputs(frame.getOutputsList());
        }
        return whole.build();
    }

    private void fromRows() {
        Map<String, RowTable> tables = PlanFiles.tables("input", plan.files(), inputs);
        Map<String, RowTable> expected = ExpectedFiles.tables(plan, outputs);
        List<ValueGenerator> generators =
                inputs.stream().map(spec -> new ValueGenerator(spec, plan)).toList();
        int rowsOfFiles = tables.values().stream()
                .mapToInt(table -> table.rows().size())
                .max()
                .orElse(0);
        PlanSpecs.checkAlike(tables, expected);
        int count = plan.payloads().orElse(tables.isEmpty() ? InputPlan.GENERATED : InputPlan.MAX_PAYLOADS);
        RandomGenerator random = new SplittableRandom(plan.seed());
        long at = 0;
        for (int i = 0; i < count && (tables.isEmpty() || plan.payloads().isPresent() || at < rowsOfFiles); i++) {
            long first = at;
            long rows = plan.rows().draw(random);
            long length =
                    plan.length().map(distribution -> distribution.draw(random)).orElse(-1L);
            List<Tensor> tensors = IntStream.range(0, inputs.size())
                    .mapToObj(input -> {
                        TensorSpec spec = inputs.get(input);
                        RowTable table = tables.get(spec.name());
                        return table != null
                                ? table.take(first, rows, spec)
                                : generators.get(input).draw(PlanSpecs.shape(spec, rows, length), random);
                    })
                    .toList();
            PlanSpecs.check(frame.getModelName(), tensors, inputs);
            add(WireMessages.withInputs(frame, tensors), ExpectedFiles.take(expected, first, rows, outputs));
            at += rows;
        }
    }

    private void add(ModelInferRequest request, List<Tensor> expected) {
        bytes += request.getSerializedSize();
        if (bytes > MAX_BYTES) {
            throw new InputError("the requests to '%s' are above %d bytes, after %d of them (expected: fewer payloads)"
                    .formatted(frame.getModelName(), MAX_BYTES, made.size()));
        }
        made.add(new InferRequest(request, expected));
    }
}
