package dev.penstock.loadtest.run;

import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc.GRPCInferenceServiceBlockingStub;
import dev.penstock.proto.inference.ModelConfigRequest;
import dev.penstock.proto.inference.ModelRepositoryParameter;
import dev.penstock.proto.inference.RepositoryModelLoadRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/// The repository extension by gRPC.
final class GrpcRepository implements ModelSettings.Repository {
    private static final long PATIENCE_SECONDS = 120;

    private final ManagedChannel channel;
    private final GRPCInferenceServiceBlockingStub stub;

    /// @param server `HOST:PORT`
    GrpcRepository(String server) {
        this.channel = Grpc.newChannelBuilder(server, InsecureChannelCredentials.create())
                .build();
        this.stub = GRPCInferenceServiceGrpc.newBlockingStub(channel);
    }

    private GRPCInferenceServiceBlockingStub patient() {
        return stub.withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public JsonNode config(String model) {
        return ask(
                "ModelConfig",
                () -> MessageJson.of(patient()
                        .modelConfig(
                                ModelConfigRequest.newBuilder().setName(model).build())
                        .getConfig()));
    }

    @Override
    public void load(String model, Optional<JsonNode> config) {
        RepositoryModelLoadRequest.Builder request =
                RepositoryModelLoadRequest.newBuilder().setModelName(model);
        config.ifPresent(json -> request.putParameters(
                "config",
                ModelRepositoryParameter.newBuilder()
                        .setStringParam(json.toString())
                        .build()));
        ask("RepositoryModelLoad", () -> patient().repositoryModelLoad(request.build()));
    }

    private static <T> T ask(String call, Supplier<T> question) {
        try {
            return question.get();
        } catch (StatusRuntimeException e) {
            throw new SettingsException(
                    "the server does not let settings be changed: " + call + " is answered with "
                            + e.getStatus().getCode() + ": " + e.getStatus().getDescription(),
                    isRefused(e.getStatus().getCode()));
        }
    }

    /// Whether nothing was changed. After all else, a deadline among it, it may have been.
    private static boolean isRefused(Code code) {
        return code == Code.UNIMPLEMENTED
                || code == Code.INVALID_ARGUMENT
                || code == Code.NOT_FOUND
                || code == Code.PERMISSION_DENIED
                || code == Code.UNAUTHENTICATED;
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
