package dev.penstock.server;

import static dev.penstock.server.TestGateways.EXAMPLES;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import dev.penstock.proto.admin.AddBaselineRequest;
import dev.penstock.proto.admin.Baseline;
import dev.penstock.proto.admin.BaselineFormat;
import dev.penstock.proto.admin.BaselineOrder;
import dev.penstock.proto.admin.CountedWindow;
import dev.penstock.proto.admin.DeleteBaselineRequest;
import dev.penstock.proto.admin.GetBaselineRequest;
import dev.penstock.proto.admin.HoldVersionRequest;
import dev.penstock.proto.admin.ListBaselinesRequest;
import dev.penstock.proto.admin.MonitoringGrpc;
import dev.penstock.proto.admin.MonitoringGrpc.MonitoringBlockingStub;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Baselines by gRPC, on the port that has them by REST.
@Timeout(400)
@SuppressWarnings("NullAway.Init")
class BaselineRpcTest {
    private static final BaselineOrder CSV = BaselineOrder.newBuilder()
            .setModel("iris")
            .setFormat(BaselineFormat.BASELINE_FORMAT_CSV)
            .build();

    private static final String LABELS = "output:label\n" + "0\n".repeat(1_000);

    private final HttpClient http = HttpClient.newHttpClient();

    @TempDir
    private Path data;

    private RunningGateway gateway;
    private ManagedChannel channel;
    private MonitoringBlockingStub stub;
    private MonitoringGrpc.MonitoringStub uploads;

    @BeforeEach
    void start() {
        gateway = TestGateways.monitored(EXAMPLES.resolve("models"), data, 2_000, 300);
        channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", gateway.addresses().admin().port())
                .usePlaintext()
                .build();
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("x-penstock-caller", Metadata.ASCII_STRING_MARSHALLER), "ann");
        stub = MonitoringGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(1, TimeUnit.MINUTES);
        uploads = MonitoringGrpc.newStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .withDeadlineAfter(1, TimeUnit.MINUTES);
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        gateway.close();
    }

    private Baseline added(BaselineOrder order, String... parts) throws Exception {
        CompletableFuture<Baseline> answer = new CompletableFuture<>();
        StreamObserver<AddBaselineRequest> call = uploads.addBaseline(new StreamObserver<>() {
            @Override
            public void onNext(Baseline baseline) {
                answer.complete(baseline);
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
        call.onNext(AddBaselineRequest.newBuilder().setOrder(order).build());
        for (String part : parts) {
            call.onNext(data(part));
        }
        call.onCompleted();
        try {
            return answer.get(1, TimeUnit.MINUTES);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private static AddBaselineRequest data(String text) {
        return AddBaselineRequest.newBuilder()
                .setData(ByteString.copyFrom(text, UTF_8))
                .build();
    }

    private String rest(String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + gateway.addresses().admin().port() + path);
        return http.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
    }

    private static Status refused(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
    }

    private List<Baseline> listed() {
        return stub.listBaselines(
                        ListBaselinesRequest.newBuilder().setModel("iris").build())
                .getBaselinesList();
    }

    @Test
    void whatIsAddedIsWhatRestSays() throws Exception {
        Baseline added = added(CSV, LABELS.substring(0, 999), LABELS.substring(999));

        JsonNode told = JsonMapper.shared()
                .readTree(rest("/api/v1/models/iris/baselines"))
                .path("baselines")
                .path(0);
        assertThat(told.path("id").asString()).isEqualTo(added.getId());
        assertThat(told.path("model").asString()).isEqualTo(added.getModel()).isEqualTo("iris");
        assertThat(told.path("origin").asString()).isEqualTo(added.getOrigin()).isEqualTo("uploaded");
        assertThat(told.path("created").asString()).isEqualTo(Timestamps.toString(added.getCreated()));
        assertThat(told.path("rows").asLong()).isEqualTo(added.getRows()).isEqualTo(1_000);
        assertThat(told.path("features").path(0).asString())
                .isEqualTo(added.getFeatures(0))
                .isEqualTo("output:label");
        assertThat(added.getPending()).isEmpty();
        assertThat(listed()).containsExactly(added);
        assertThat(stub.getBaseline(GetBaselineRequest.newBuilder()
                                .setModel("iris")
                                .setId(added.getId())
                                .build())
                        .getJson())
                .isEqualTo(rest("/api/v1/models/iris/baselines/" + added.getId()));
    }

    @Test
    void whatAVersionIsHeldAgainstStaysAndTheRestMayGo() throws Exception {
        String held = added(CSV, LABELS).getId();
        String other = added(CSV, LABELS + "1\n").getId();

        var _ = stub.holdVersion(HoldVersionRequest.newBuilder()
                .setModel("iris")
                .setVersion(1)
                .setId(held)
                .build());
        Status refused = refused(() -> stub.deleteBaseline(delete(held)));
        var _ = stub.deleteBaseline(delete(other));

        assertThat(refused.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(listed()).extracting(Baseline::getId).containsExactly(held);
        assertThat(JsonMapper.shared()
                        .readTree(rest("/api/v1/audit?model=iris"))
                        .path("entries"))
                .filteredOn(entry -> entry.path("action").asString().contains("baseline"))
                .extracting(entry -> entry.path("who").asString())
                .hasSize(4)
                .containsOnly("ann");
    }

    private static DeleteBaselineRequest delete(String id) {
        return DeleteBaselineRequest.newBuilder().setModel("iris").setId(id).build();
    }

    @Test
    void whatIsNoneIsRefused() {
        BaselineOrder nobody = CSV.toBuilder().setModel("nobody").build();
        BaselineOrder counted = CSV.toBuilder()
                .setCounted(CountedWindow.newBuilder().setVersion(1).setWindow("1s"))
                .build();

        assertThat(refused(() -> added(nobody, LABELS)).getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refused(() -> added(CSV)).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(refused(() -> added(CSV, "x\n\"")).getDescription()).contains("no baseline");
        assertThat(refused(() -> added(counted)).getDescription()).contains("window: '1s'", "5m to 24h");
        assertThat(refused(() -> added(counted, LABELS)).getDescription()).contains("expected: one of them");
        assertThat(refused(() -> added(
                                CSV,
                                "x".repeat(3 << 20),
                                "x".repeat(3 << 20),
                                "x".repeat(3 << 20),
                                "x".repeat(3 << 20),
                                "x".repeat(3 << 20),
                                "x".repeat(3 << 20)))
                        .getCode())
                .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
        assertThat(refused(() -> stub.getBaseline(GetBaselineRequest.newBuilder()
                                .setModel("iris")
                                .setId("x")
                                .build()))
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
        assertThat(refused(() -> stub.listBaselines(ListBaselinesRequest.newBuilder()
                                .setModel("a/b")
                                .build()))
                        .getCode())
                .isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(listed()).isEmpty();
    }
}
