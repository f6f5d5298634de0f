package dev.penstock.loadtest.target;

import dev.penstock.loadtest.engine.InferPayloads;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.input.InferRequest;
import dev.penstock.loadtest.input.InferRequests;
import dev.penstock.loadtest.input.InputError;
import dev.penstock.loadtest.input.InputPlan;
import dev.penstock.loadtest.input.Json;
import dev.penstock.loadtest.input.RestBodies;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.V1Request;
import dev.penstock.loadtest.input.V1Requests;
import dev.penstock.proto.inference.ModelInferRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Turns a plan into the engine's payloads, in the form of a protocol. Immutable.
final class Payloads {
    private final TargetProtocol protocol;
    private final String model;
    private final String version;
    private final InputPlan plan;
    private final InferRequests.Model shapes;

    Payloads(TargetProtocol protocol, String model, String version, InputPlan plan, ModelInfo info) {
        this.protocol = protocol;
        this.model = model;
        this.version = version;
        this.plan = plan;
        this.shapes = new InferRequests.Model(info.inputs(), info.outputs());
    }

    /// @param ask gives the outputs of a request; called only to record what is expected
    List<Payload> v2(Function<ModelInferRequest, List<Tensor>> ask) {
        return InferRequests.of(plan, model, version, shapes).stream()
                .map(request -> checked(request, ask))
                .toList();
    }

    private Payload checked(InferRequest request, Function<ModelInferRequest, List<Tensor>> ask) {
        Payload payload = v2(request.message());
        List<Tensor> expected = plan.recordExpected() ? ask.apply(request.message()) : request.expected();
        if (expected.isEmpty()) {
            if (plan.recordExpected()) {
                throw new InputError("model '" + model + "' answered without outputs (expected: some to be recorded)");
            }
            return payload;
        }
        return payload.expecting(
                protocol.isGrpc()
                        ? new MessageCheck(expected, plan.tolerance(), protocol == TargetProtocol.GRPC_STREAM)
                        : new BodyCheck(expected, plan.tolerance()));
    }

    private Payload v2(ModelInferRequest request) {
        return switch (protocol) {
            case GRPC -> InferPayloads.unary(request);
            case GRPC_STREAM -> InferPayloads.streamed(request);
            case REST ->
                InferPayloads.json(
                        inPath(model), inPath(version), Json.MAPPER.writeValueAsString(RestBodies.json(request)));
            case REST_BINARY ->
                InferPayloads.binary(
                        inPath(model),
                        inPath(version),
                        Json.MAPPER.writeValueAsString(RestBodies.binaryHead(request)),
                        RestBodies.tensors(request).toByteArray());
            case V1 -> throw new IllegalArgumentException("V1 has another form");
        };
    }

    private static String inPath(String segment) {
        return segment.isEmpty() ? "" : HttpInferClient.encode(segment);
    }

    /// @param ask gives the answer to a body; called only to record what is expected
    List<Payload> v1(Function<ObjectNode, JsonNode> ask) {
        return V1Requests.of(plan, model, version, shapes).stream()
                .map(request -> checked(request, ask))
                .toList();
    }

    private Payload checked(V1Request request, Function<ObjectNode, JsonNode> ask) {
        Payload payload = Payload.of(
                V1Wire.path(model, version) + ":predict",
                Map.of("content-type", "application/json"),
                Json.MAPPER.writeValueAsBytes(request.body()));
        Optional<JsonNode> expected =
                plan.recordExpected() ? Optional.of(ask.apply(request.body())) : request.expected();
        return expected.map(answer -> payload.expecting(new PredictCheck(answer, plan.tolerance())))
                .orElse(payload);
    }
}
