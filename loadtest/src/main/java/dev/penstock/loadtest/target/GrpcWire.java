package dev.penstock.loadtest.target;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.input.Tensor;
import dev.penstock.loadtest.input.WireMessages;
import dev.penstock.loadtest.target.ServerStatistics.Counts;
import dev.penstock.proto.inference.InferBatchStatistics;
import dev.penstock.proto.inference.InferStatistics;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.proto.inference.ModelReadyRequest;
import dev.penstock.proto.inference.ModelReadyResponse;
import dev.penstock.proto.inference.ModelStatistics;
import dev.penstock.proto.inference.ModelStatisticsRequest;
import dev.penstock.proto.inference.ModelStatisticsResponse;
import dev.penstock.proto.inference.ModelStreamInferResponse;
import dev.penstock.proto.inference.ServerMetadataRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Open Inference Protocol v2 by gRPC.
final class GrpcWire implements TargetWire {
    private final GrpcInferClient client;

    GrpcWire(GrpcInferClient client) {
        this.client = client;
    }

    @Override
    public Outcome<ServerInfo> server() {
        return client.ask(stub -> stub.serverMetadata(ServerMetadataRequest.getDefaultInstance()))
                .map(server -> new ServerInfo(server.getName(), server.getVersion(), server.getExtensionsList()));
    }

    @Override
    public Outcome<ModelInfo> model(String model, String version) {
        ModelReadyRequest ready = ModelReadyRequest.newBuilder()
                .setName(model)
                .setVersion(version)
                .build();
        Outcome<ModelInfo> info = client.metadata(model, version)
                .map(metadata -> new ModelInfo(
                        metadata.getName(),
                        metadata.getVersionsList(),
                        metadata.getPlatform(),
                        GrpcInferClient.specs(metadata.getInputsList()),
                        GrpcInferClient.specs(metadata.getOutputsList())));
        if (info instanceof Outcome.Answered<ModelInfo>
                && client.ask(stub -> stub.modelReady(ready))
                        instanceof Outcome.Answered<ModelReadyResponse>(ModelReadyResponse answer, String id)
                && !answer.getReady()) {
            return new Outcome.Refused<>("UNAVAILABLE", "the model is not ready", id);
        }
        return info;
    }

    @Override
    public Outcome<List<Tensor>> infer(ModelInferRequest request, Map<String, String> headers) {
        return client.ask(headers, stub -> stub.modelInfer(request)).map(WireMessages::outputs);
    }

    @Override
    public Outcome<byte[]> send(Payload payload, Duration timeout) {
        Outcome<byte[]> outcome = client.send(payload.path(), payload.headers(), payload.copyOfBody(), timeout);
        boolean streamed = payload.path().endsWith("/ModelStreamInfer");
        return streamed && outcome instanceof Outcome.Answered<byte[]>(byte[] answer, String id)
                ? streamed(answer, id)
                : outcome;
    }

    /// In a stream errors are messages.
    private static Outcome<byte[]> streamed(byte[] answer, String id) {
        try {
            String error = ModelStreamInferResponse.parseFrom(answer).getErrorMessage();
            return error.isEmpty()
                    ? new Outcome.Answered<>(answer, id)
                    : new Outcome.Refused<>("STREAM_ERROR", error, id);
        } catch (InvalidProtocolBufferException e) {
            return new Outcome.Refused<>("PROTOCOL_ERROR", "the answer is no message of this protocol", id);
        }
    }

    @Override
    public Optional<Counts> statistics(Collection<String> models) {
        Counts sum = Counts.NONE;
        for (String model : models.isEmpty() ? List.of("") : models) {
            ModelStatisticsRequest request =
                    ModelStatisticsRequest.newBuilder().setName(model).build();
            if (!(client.ask(stub -> stub.modelStatistics(request))
                    instanceof Outcome.Answered<ModelStatisticsResponse>(ModelStatisticsResponse answer, String _))) {
                return Optional.empty();
            }
            for (ModelStatistics one : answer.getModelStatsList()) {
                sum = sum.plus(counts(one));
            }
        }
        return Optional.of(sum);
    }

    private static Counts counts(ModelStatistics model) {
        InferStatistics infer = model.getInferenceStats();
        Map<Long, Long> runs = model.getBatchStatsList().stream()
                .collect(Collectors.toMap(
                        InferBatchStatistics::getBatchSize,
                        batch -> batch.getComputeInfer().getCount(),
                        Long::sum));
        return new Counts(
                infer.getQueue().getCount(),
                (double) infer.getQueue().getNs(),
                infer.getComputeInfer().getCount(),
                (double) infer.getComputeInput().getNs()
                        + (double) infer.getComputeInfer().getNs()
                        + (double) infer.getComputeOutput().getNs(),
                model.getInferenceCount(),
                model.getExecutionCount(),
                runs);
    }

    @Override
    public void close() {
        client.close();
    }
}
