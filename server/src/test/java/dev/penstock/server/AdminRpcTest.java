package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.penstock.proto.admin.Alias;
import dev.penstock.proto.admin.AuditEntry;
import dev.penstock.proto.admin.DeleteRequest;
import dev.penstock.proto.admin.DropAliasRequest;
import dev.penstock.proto.admin.EventsRequest;
import dev.penstock.proto.admin.HistoryRequest;
import dev.penstock.proto.admin.ListRequest;
import dev.penstock.proto.admin.LoadRequest;
import dev.penstock.proto.admin.Memory;
import dev.penstock.proto.admin.Model;
import dev.penstock.proto.admin.ModelAdminGrpc;
import dev.penstock.proto.admin.ModelAdminGrpc.ModelAdminBlockingStub;
import dev.penstock.proto.admin.Phase;
import dev.penstock.proto.admin.PromoteRequest;
import dev.penstock.proto.admin.RollbackRequest;
import dev.penstock.proto.admin.SetPolicyRequest;
import dev.penstock.proto.admin.ShowRequest;
import dev.penstock.proto.admin.State;
import dev.penstock.proto.admin.UnloadRequest;
import dev.penstock.proto.admin.VerifyRequest;
import dev.penstock.proto.inference.GRPCInferenceServiceGrpc;
import dev.penstock.proto.inference.ModelInferRequest;
import dev.penstock.server.rest.AdminServer;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The admin API by gRPC, on the port that has it by REST; uploads are in [AdminRpcUploadTest].
@SuppressWarnings("NullAway.Init")
class AdminRpcTest {
    @TempDir
    Path folder;

    private AdminServer server;
    private ManagedChannel channel;
    private ModelAdminBlockingStub stub;

    @BeforeEach
    void start() {
        server = new AdminServer(folder);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-penstock-caller", Metadata.ASCII_STRING_MARSHALLER), "ann");
        stub = ModelAdminGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(2, TimeUnit.MINUTES);
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        server.close();
    }

    private void register(long... versions) {
        for (long version : versions) {
            try (RpcUpload upload = new RpcUpload(channel)) {
                upload.order("digits", version);
                upload.chunk("model.onnx", ByteString.copyFrom("model " + version, UTF_8));
                assertThat(upload.finished().getIsNew()).isTrue();
            }
        }
    }

    private static Status.Code failureOf(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call)
                .getStatus()
                .getCode();
    }

    @Test
    void aliasesAreMovedAndWhoDidItIsRecorded() {
        register(1, 2);

        Alias first = stub.promote(PromoteRequest.newBuilder()
                .setModel("digits")
                .setAlias("stable")
                .setVersion(1)
                .build());
        Alias second = stub.promote(PromoteRequest.newBuilder()
                .setModel("digits")
                .setAlias("stable")
                .setVersion(2)
                .build());
        Alias back = stub.rollback(RollbackRequest.newBuilder()
                .setModel("digits")
                .setAlias("stable")
                .build());

        assertThat(first.getEffective()).isEqualTo(1);
        assertThat(second.getPrevious()).isEqualTo(1);
        assertThat(back.getVersion()).isEqualTo(1);
        assertThat(back.getBy()).isEqualTo("ann");
        List<AuditEntry> entries = stub.history(HistoryRequest.newBuilder()
                        .setModel("digits")
                        .setLimit(2)
                        .build())
                .getEntriesList();
        assertThat(entries).extracting(AuditEntry::getAction).containsExactly("rollback", "promote");
        assertThat(entries).extracting(AuditEntry::getWho).containsOnly("ann");
        List<AuditEntry> older = stub.history(HistoryRequest.newBuilder()
                        .setBefore(entries.getLast().getId())
                        .build())
                .getEntriesList();
        assertThat(older).extracting(AuditEntry::getWho).containsExactly("ann", "local", "local");
        assertThat(stub.dropAlias(DropAliasRequest.newBuilder()
                        .setModel("digits")
                        .setAlias("stable")
                        .build()))
                .isNotNull();
        assertThat(server.admin().registered("digits").aliases()).isEmpty();
    }

    @Test
    void modelsAreShownWithTheirVersions() {
        register(1);

        Model model = stub.show(ShowRequest.newBuilder().setModel("digits").build());

        assertThat(stub.list(ListRequest.getDefaultInstance()).getModelsList()).containsExactly(model);
        assertThat(model.getPolicy()).isEqualTo("latest 2");
        assertThat(model.getVersions(0).getState()).isEqualTo(State.STATE_READY);
        Memory memory = model.getVersions(0).getMemory();
        assertThat(memory.getLoaded()).isTrue();
        assertThat(memory.getOnDemand()).isTrue();
        assertThat(memory.getPredictedBytes()).isEqualTo(1_200_000);
        assertThat(memory.hasMeasuredBytes()).isTrue();
        assertThat(memory.getMeasuredBytes()).isEqualTo(3_000_000);
        assertThat(model.getVersions(0).getRecorded().getBytes()).isEqualTo(7);
        assertThat(model.getVersions(0).getRecorded().getFiles(0).getPath()).isEqualTo("model.onnx");
        assertThat(Timestamps.toString(model.getVersions(0).getRecorded().getRegistered()))
                .endsWith(".500Z");
        assertThat(stub.events(EventsRequest.newBuilder().setModel("digits").build())
                        .getEvents(0)
                        .getPhase())
                .isEqualTo(Phase.PHASE_REGISTERED);
    }

    @Test
    void versionsAreTakenOutAndBackAndForgotten() {
        register(1, 2);

        stub.unload(UnloadRequest.newBuilder().setModel("digits").setVersion(2).build());
        Model unloaded = stub.show(ShowRequest.newBuilder().setModel("digits").build());
        stub.load(LoadRequest.newBuilder().setModel("digits").setVersion(2).build());
        assertThat(stub.verify(VerifyRequest.newBuilder()
                                .setModel("digits")
                                .setVersion(2)
                                .build())
                        .getProblemsList())
                .isEmpty();
        String policy = stub.setPolicy(SetPolicyRequest.newBuilder()
                        .setModel("digits")
                        .setPolicy("all")
                        .build())
                .getPolicy();

        assertThat(unloaded.getVersions(1).getState()).isEqualTo(State.STATE_UNAVAILABLE);
        assertThat(unloaded.getVersions(1).getReason()).isEqualTo("unloaded");
        assertThat(policy).isEqualTo("all");
        stub.delete(DeleteRequest.newBuilder().setModel("digits").setVersion(1).build());
        assertThat(server.admin().registered("digits").versions()).containsOnlyKeys(2L);
        // A version that was forgotten to say is not the whole model.
        assertThat(failureOf(() -> stub.delete(
                        DeleteRequest.newBuilder().setModel("digits").build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        stub.delete(DeleteRequest.newBuilder()
                .setModel("digits")
                .setWholeModel(true)
                .build());
        assertThat(server.admin().registered()).isEmpty();
    }

    @Test
    void whatCannotBeIsRefusedWithItsCode() {
        register(1);

        assertThat(failureOf(() ->
                        stub.show(ShowRequest.newBuilder().setModel("none").build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(failureOf(
                        () -> stub.show(ShowRequest.newBuilder().setModel("a/b").build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failureOf(() -> stub.promote(PromoteRequest.newBuilder()
                        .setModel("digits")
                        .setAlias("stable")
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failureOf(() -> stub.promote(PromoteRequest.newBuilder()
                        .setModel("digits")
                        .setAlias("stable")
                        .setVersion(7)
                        .build())))
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(failureOf(() -> stub.setPolicy(SetPolicyRequest.newBuilder()
                        .setModel("digits")
                        .setPolicy("newest")
                        .build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(failureOf(() ->
                        stub.history(HistoryRequest.newBuilder().setLimit(1001).build())))
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    @Test
    void reflectionTellsOfItAndInferenceIsElsewhere() throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> asking = ServerReflectionGrpc.newStub(channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable cause) {
                        answer.completeExceptionally(cause);
                    }

                    @Override
                    public void onCompleted() {
                        answer.completeExceptionally(new AssertionError("no answer"));
                    }
                });
        asking.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());

        assertThat(answer.get(1, TimeUnit.MINUTES).getListServicesResponse().getServiceList().stream()
                        .map(service -> service.getName()))
                .contains("penstock.admin.v1.ModelAdmin", "grpc.reflection.v1.ServerReflection");
        asking.onCompleted();
        assertThat(failureOf(() -> GRPCInferenceServiceGrpc.newBlockingStub(channel)
                        .modelInfer(ModelInferRequest.newBuilder()
                                .setModelName("digits")
                                .build())))
                .isEqualTo(Status.Code.UNIMPLEMENTED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET /health HTTP/1.1\r\nHost: x\r\n\r\n", "PUT", "PRI * HTTP/1.1\r\nHost: x\r\n\r\n"})
    void otherClientsSpeakHttpOneOnTheSamePort(String first) throws IOException {
        assertThat(stub.list(ListRequest.getDefaultInstance()).getModelsCount()).isZero();

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            for (byte octet : first.getBytes(UTF_8)) {
                // Piece by piece: what it speaks is known late.
                socket.getOutputStream().write(octet);
                socket.getOutputStream().flush();
            }
            socket.shutdownOutput();
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), UTF_8);
            assertThat(answer).startsWith(first.startsWith("PUT") ? "" : "HTTP/1.1 ");
            assertThat(answer.startsWith("HTTP/1.1 200")).isEqualTo(first.startsWith("GET"));
        }
    }

    @Test
    void aPortThatClosesTellsConnectionsToGoWhenTheirCallsHaveEnded() {
        try (RpcUpload upload = new RpcUpload(channel)) {
            upload.order("digits", 1);

            server.stopAccepting();

            assertThat(upload.failure().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        }
    }
}
