package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.penstock.proto.admin.Event;
import dev.penstock.proto.admin.File;
import dev.penstock.proto.admin.FileChunk;
import dev.penstock.proto.admin.Gate;
import dev.penstock.proto.admin.Lineage;
import dev.penstock.proto.admin.ListRequest;
import dev.penstock.proto.admin.ListResponse;
import dev.penstock.proto.admin.ModelAdminGrpc;
import dev.penstock.proto.admin.Order;
import dev.penstock.proto.admin.Phase;
import dev.penstock.proto.admin.PromoteRequest;
import dev.penstock.proto.admin.Registration;
import dev.penstock.server.rest.AdminServer;
import dev.penstock.server.rest.HttpLimits;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Uploads by gRPC.
@SuppressWarnings("NullAway.Init")
class AdminRpcUploadTest {
    private static final int CHUNK = 256 << 10;
    private static final String NO_HASH = "0".repeat(64);

    @TempDir
    Path folder;

    private AdminServer server;
    private ManagedChannel channel;

    private void start(HttpLimits limits) {
        server = new AdminServer(folder, limits);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
    }

    private RpcUpload upload() {
        if (server == null) {
            start(HttpLimits.SMALL);
        }
        return new RpcUpload(channel);
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        server.close();
    }

    private static ByteString random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return ByteString.copyFrom(bytes);
    }

    private static void send(RpcUpload upload, String path, ByteString file) throws InterruptedException {
        for (int from = 0; from < file.size(); from += CHUNK) {
            upload.awaitReady();
            upload.chunk(from == 0 ? path : "", file.substring(from, Math.min(from + CHUNK, file.size())));
        }
    }

    @Test
    void aFolderIsRegisteredFileByFile() throws Exception {
        ByteString model = random(5_000_001);
        ByteString weights = random(700_000);
        try (RpcUpload upload = upload()) {
            upload.order(Order.newBuilder()
                    .setModel("digits")
                    .addAliases("stable")
                    .setPolicy("all")
                    .setConfig("max_batch_size: 8")
                    .setLineage(Lineage.newBuilder()
                            .setGitCommit("abc")
                            .putMetrics("accuracy", 0.5)
                            .putLabels("team", "vision")));
            send(upload, "model.onnx", model);
            send(upload, "data/weights.bin", weights);
            upload.chunk("empty", ByteString.EMPTY);
            Registration registration = upload.finished();

            assertThat(registration.getServing()).isTrue();
            assertThat(registration.getVersion().getVersion()).isEqualTo(1);
            assertThat(registration.getVersion().getRecorded().getFilesList())
                    .extracting(File::getPath)
                    .containsExactly("data/weights.bin", "empty", "model.onnx");
            assertThat(upload.events())
                    .extracting(Event::getPhase)
                    .containsExactly(Phase.PHASE_REGISTERED, Phase.PHASE_LOADING, Phase.PHASE_READY);
            String sha256 = registration.getVersion().getRecorded().getFiles(2).getSha256();
            assertThat(Files.readAllBytes(server.files().file(sha256))).isEqualTo(model.toByteArray());
        }
        assertThat(server.admin().registered("digits").config()).isEqualTo("max_batch_size: 8");
        assertThat(server.admin().registered("digits").aliases()).containsOnlyKeys("stable");
        assertThat(server.admin().registered("digits").versions().values())
                .allSatisfy(version -> assertThat(version.lineage().metrics()).containsEntry("accuracy", 0.5));
    }

    @Test
    void aUriIsFetchedByTheServer() throws Exception {
        Path file = Files.writeString(folder.resolve("digits.onnx"), "a model", UTF_8);
        try (RpcUpload upload = upload()) {
            upload.order(Order.newBuilder().setModel("digits").setUri(file.toString()));

            assertThat(upload.finished().getVersion().getRecorded().getSource()).isEqualTo(file.toString());
        }
    }

    @Test
    void anUploadThatIsGivenUpLeavesNothing() throws Exception {
        try (RpcUpload upload = upload()) {
            upload.order("digits", 1);
            send(upload, "model.onnx", random(3_000_000));

            upload.cancel();

            assertThat(upload.failure().getCode()).isEqualTo(Status.Code.CANCELLED);
            server.files().awaitEnd();
        }
        assertThat(server.files().names()).isEmpty();
        assertThat(server.admin().registered()).isEmpty();
    }

    @Test
    void oneThatIsTooLargeIsRefusedAndLeavesNothing() throws Exception {
        try (RpcUpload upload = upload()) {
            upload.order("digits", 1);
            send(upload, "model.onnx", random(AdminServer.MAX_UPLOAD + 1));
            upload.complete();

            Status status = upload.failure();
            assertThat(status.getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            assertThat(status.getDescription()).contains("more than " + AdminServer.MAX_UPLOAD + " bytes");
        }
        assertThat(server.files().names()).isEmpty();
    }

    @Test
    void aChunkThatIsTooLargeGivesThePlaceBack() throws Exception {
        for (int i = 0; i < 9; i++) {
            try (RpcUpload upload = upload()) {
                upload.order("digits", 1);
                upload.chunk("model.onnx", random(1000));
                upload.chunk("", random(5 << 20));

                assertThat(upload.failure().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                assertThat(upload.failure().getDescription())
                        .doesNotContain("requests of this kind", "grpc.max-message-bytes");
                server.files().awaitEnd();
            }
        }
    }

    @Test
    void whatAGateRefusesIsToldWithItsFindings() {
        try (RpcUpload upload = upload()) {
            upload.order("digits", 1);
            upload.chunk("model.onnx", ByteString.copyFrom("refuse this", UTF_8));
            upload.complete();

            assertThat(upload.failure().getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
            assertThat(upload.failure().getDescription()).isEqualTo("it begins badly");
            assertThat(upload.registration().getProblem()).isEqualTo("it begins badly");
            assertThat(upload.registration()
                            .getVersion()
                            .getRecorded()
                            .getGates(0)
                            .getVerdict())
                    .isEqualTo(Gate.Verdict.VERDICT_FAILED);
        }
    }

    @Test
    void whatIsNoUploadIsRefused() throws Exception {
        assertInvalid("the first message has no order", List.of(chunk("model.onnx")));
        assertInvalid("no files and no uri", List.of(order("digits")));
        assertInvalid("model: 'a/b' (expected: 1 to 255", List.of(order("a/b"), chunk("model.onnx")));
        assertInvalid("uri: '/x' (expected: none", List.of(order("digits").setUri("/x"), chunk("model.onnx")));
        assertInvalid("file name: '../x' (expected: a path", List.of(order("digits"), chunk("../x")));
        assertInvalid("file name: '' (expected: a path", List.of(order("digits"), chunk("")));
        assertInvalid("file name: 'a' (expected: a path", List.of(order("digits"), chunk("a"), chunk("b"), chunk("a")));
        assertInvalid("without a chunk", List.of(order("digits"), chunk("a"), order("digits")));
        assertInvalid(
                "(expected: " + NO_HASH + ")",
                List.of(order("digits"), chunk("a").setSha256(NO_HASH)));
        assertInvalid(
                "sha256 of a: 'x' (expected: 64",
                List.of(order("digits"), chunk("a").setSha256("x")));
        assertInvalid(
                "sha256 in a later chunk",
                List.of(order("digits"), chunk("a"), chunk("a").setSha256(NO_HASH)));
        assertInvalid(
                "metrics['m']: NaN",
                List.of(order("digits").setLineage(Lineage.newBuilder().putMetrics("m", Double.NaN))));
        assertThat(server.admin().registered()).isEmpty();
    }

    private static Order.Builder order(String model) {
        return Order.newBuilder().setModel(model);
    }

    private static FileChunk.Builder chunk(String path) {
        return FileChunk.newBuilder().setPath(path).setData(ByteString.copyFromUtf8("x"));
    }

    private void assertInvalid(String reason, List<Object> parts) throws InterruptedException {
        try (RpcUpload upload = upload()) {
            for (Object part : parts) {
                upload.awaitReady();
                if (part instanceof Order.Builder order) {
                    upload.order(order);
                } else if (part instanceof FileChunk.Builder chunk) {
                    upload.chunk(chunk);
                }
            }
            upload.complete();
            assertThat(upload.failure().getCode()).as(reason).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(upload.failure().getDescription()).contains(reason);
        }
    }

    @Test
    void aClientIsHeldBackWhileTheDiskIsBehind() throws Exception {
        try (RpcUpload upload = upload()) {
            server.files().hold();
            upload.order("digits", 1);
            ByteString chunk = random(CHUNK);
            int sent = 0;
            // Each of these calls gives the connection a turn to take what it would.
            for (int turn = 0; turn < 200; turn++) {
                while (upload.isReady() && sent < AdminServer.MAX_UPLOAD - CHUNK) {
                    upload.chunk("model.onnx", chunk);
                    sent += CHUNK;
                }
                ModelAdminGrpc.newBlockingStub(channel).list(ListRequest.getDefaultInstance());
            }
            assertThat(sent).isBetween(CHUNK, 8 * CHUNK);

            server.files().goOn();
            while (sent < 20 * CHUNK) {
                upload.awaitReady();
                upload.chunk("", chunk);
                sent += CHUNK;
            }
            assertThat(upload.finished().getVersion().getRecorded().getBytes()).isEqualTo(sent);
        }
    }

    @Test
    void oneThatStandsStillIsGivenUp() throws Exception {
        start(HttpLimits.SMALL.withTimeouts(Duration.ofMinutes(1), Duration.ofMillis(300)));
        try (RpcUpload upload = upload()) {
            upload.order("digits", 1);
            upload.chunk("model.onnx", random(1000));

            Status status = upload.failure();
            assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
            assertThat(status.getDescription()).contains("less than 65536 bytes of the upload arrived within");
            server.files().awaitEnd();
        }
        assertThat(server.files().names()).isEmpty();
    }

    @Test
    void aRequestThatNeverArrivesIsGivenUp() throws Exception {
        start(HttpLimits.SMALL.withTimeouts(Duration.ofMinutes(1), Duration.ofMillis(300)));
        // A client that knows it to be a unary call would send nothing until it has all.
        MethodDescriptor<ListRequest, ListResponse> method = ModelAdminGrpc.getListMethod().toBuilder()
                .setType(MethodDescriptor.MethodType.CLIENT_STREAMING)
                .build();
        CompletableFuture<Status> end = new CompletableFuture<>();
        ClientCall<ListRequest, ListResponse> call = channel.newCall(method, CallOptions.DEFAULT);
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onClose(Status status, Metadata trailers) {
                        end.complete(status);
                    }
                },
                new Metadata());
        call.request(1);

        Status status = end.get(1, TimeUnit.MINUTES);
        assertThat(status.getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        assertThat(status.getDescription()).contains("the request has not arrived within PT0.3S");
    }

    @Test
    void onlyPiecesOfFilesMayBeLarge() {
        start(HttpLimits.SMALL);
        PromoteRequest large =
                PromoteRequest.newBuilder().setModel("m".repeat(1 << 17)).build();

        assertThatThrownBy(() -> ModelAdminGrpc.newBlockingStub(channel).promote(large))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getDescription()).contains("(expected: at most 65536)"));
    }

    @Test
    void uploadsOfBothProtocolsShareTheirPlaces() throws Exception {
        start(HttpLimits.SMALL);
        List<RpcUpload> uploads = new ArrayList<>();
        try (HttpClient rest = HttpClient.newHttpClient()) {
            for (int i = 0; i < 8; i++) {
                RpcUpload upload = upload();
                uploads.add(upload);
                upload.order("digits", i);
                upload.chunk("model.onnx", random(1000));
            }
            server.files().awaitBegun(8);
            try (RpcUpload ninth = upload()) {
                ninth.order("digits", 9);
                assertThat(ninth.failure().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
                assertThat(ninth.failure().getDescription()).contains("8 requests of this kind are in progress");
            }
            HttpRequest put = HttpRequest.newBuilder(URI.create(server.url() + "/api/v1/models/digits/versions/1"))
                    .version(HttpClient.Version.HTTP_1_1)
                    .timeout(Duration.ofMinutes(2))
                    .PUT(HttpRequest.BodyPublishers.ofString("a model"))
                    .build();
            assertThat(rest.send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(429);
            try (RpcUpload download = upload()) {
                download.order(order("digits").setUri("/nowhere"));
                download.complete();
                assertThat(download.failure().getCode())
                        .as("it needs no place of theirs")
                        .isEqualTo(Status.Code.NOT_FOUND);
            }
        } finally {
            uploads.forEach(RpcUpload::close);
        }
    }
}
