package dev.penstock.server.grpc;

import static dev.penstock.server.grpc.DoorFixture.failureOf;
import static dev.penstock.server.grpc.DoorFixture.value;
import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.proto.inference.ServerReadyRequest;
import dev.penstock.server.admin.GrpcTransport;
import dev.penstock.server.admin.VersionState;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@EachTransport
class HealthAndReflectionTest {
    private final DoorFixture fixture;

    /// What a stream brings, in order: messages, then a failure or "completed".
    private static final class Recorder<T> implements StreamObserver<T> {
        final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

        @Override
        public void onNext(T value) {
            events.add(value instanceof HealthCheckResponse health ? health.getStatus() : value);
        }

        @Override
        public void onError(Throwable failure) {
            events.add(Status.fromThrowable(failure).getCode());
        }

        @Override
        public void onCompleted() {
            events.add("completed");
        }

        Object next() throws InterruptedException {
            Object event = events.poll(120, TimeUnit.SECONDS);
            return event == null ? "nothing came" : event;
        }
    }

    HealthAndReflectionTest(GrpcTransport transport) {
        fixture = new DoorFixture(transport);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private ServingStatus check(String service) {
        return HealthGrpc.newBlockingStub(fixture.channel)
                .check(request(service))
                .getStatus();
    }

    private static HealthCheckRequest request(String service) {
        return HealthCheckRequest.newBuilder().setService(service).build();
    }

    private Recorder<HealthCheckResponse> watch(String service) {
        Recorder<HealthCheckResponse> recorder = new Recorder<>();
        HealthGrpc.newStub(fixture.channel).watch(request(service), recorder);
        return recorder;
    }

    @Test
    void followsTheCatalogOnceRefreshed() {
        assertThat(check("")).isEqualTo(ServingStatus.SERVING);
        assertThat(check("inference.GRPCInferenceService")).isEqualTo(ServingStatus.SERVING);
        assertThat(check("digits")).isEqualTo(ServingStatus.SERVING);

        fixture.catalog.ready = false;
        fixture.catalog.put("digits", FakeCatalog.version(1, VersionState.UNLOADING, DoorFixture.DIGITS));
        fixture.door.refreshHealth();

        assertThat(check("")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(check("inference.GRPCInferenceService")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(check("digits")).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void ofOneModelOnlyThatOneIsLookedAtAndTheServer() {
        fixture.catalog.put("other", FakeCatalog.version(1, VersionState.READY, DoorFixture.DIGITS));
        fixture.catalog.put("digits", FakeCatalog.version(1, VersionState.UNLOADING, DoorFixture.DIGITS));
        fixture.catalog.ready = false;
        fixture.door.refreshHealth("other");
        assertThat(check("other")).isEqualTo(ServingStatus.SERVING);
        assertThat(check("digits")).isEqualTo(ServingStatus.SERVING);
        assertThat(check("")).isEqualTo(ServingStatus.NOT_SERVING);

        fixture.catalog.remove("other");
        fixture.door.refreshHealth("other");
        fixture.door.refreshHealth("digits");
        assertThat(failureOf(() -> check("other")).getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(check("digits")).isEqualTo(ServingStatus.NOT_SERVING);
    }

    @Test
    void aServiceOrModelThatIsNotKnownIsNotFound() {
        StatusRuntimeException failure = failureOf(() -> check("nope"));

        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(value(failure.getTrailers(), "x-penstock-request-id")).isNotEmpty();
    }

    @Test
    void watchersSeeAModelComeAndGo() throws Exception {
        Recorder<HealthCheckResponse> recorder = watch("fresh");
        assertThat(recorder.next()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);

        fixture.catalog.put("fresh", FakeCatalog.version(1, VersionState.LOADING, DoorFixture.DIGITS));
        fixture.door.refreshHealth();
        assertThat(recorder.next()).isEqualTo(ServingStatus.NOT_SERVING);

        fixture.catalog.put("fresh", FakeCatalog.version(1, VersionState.READY, DoorFixture.DIGITS));
        fixture.door.refreshHealth();
        assertThat(recorder.next()).isEqualTo(ServingStatus.SERVING);

        fixture.catalog.remove("fresh");
        fixture.door.refreshHealth();
        assertThat(recorder.next()).isEqualTo(ServingStatus.SERVICE_UNKNOWN);
    }

    @Test
    void oncePastStopServingNothingServesAgain() throws Exception {
        Recorder<HealthCheckResponse> recorder = watch("");
        assertThat(recorder.next()).isEqualTo(ServingStatus.SERVING);

        fixture.door.stopServing();
        fixture.door.refreshHealth();

        assertThat(recorder.next()).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(check("digits")).isEqualTo(ServingStatus.NOT_SERVING);
        assertThat(fixture.stub
                        .serverReady(ServerReadyRequest.getDefaultInstance())
                        .getReady())
                .isFalse();
        assertThat(fixture.stub.modelInfer(DoorFixture.digits().build()).getModelVersion())
                .isEqualTo("2");
    }

    @Test
    void reflectionListsTheServices() throws Exception {
        Recorder<ServerReflectionResponse> recorder = new Recorder<>();
        StreamObserver<ServerReflectionRequest> requests =
                ServerReflectionGrpc.newStub(fixture.channel).serverReflectionInfo(recorder);

        requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
        ServerReflectionResponse services = (ServerReflectionResponse) recorder.next();
        requests.onNext(ServerReflectionRequest.newBuilder()
                .setFileContainingSymbol("inference.GRPCInferenceService")
                .build());
        ServerReflectionResponse file = (ServerReflectionResponse) recorder.next();
        requests.onCompleted();

        assertThat(services.getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains(
                        "inference.GRPCInferenceService",
                        "grpc.health.v1.Health",
                        "grpc.reflection.v1.ServerReflection",
                        "grpc.reflection.v1alpha.ServerReflection");
        assertThat(file.getFileDescriptorResponse().getFileDescriptorProtoCount())
                .isPositive();
        assertThat(recorder.next()).isEqualTo("completed");
    }
}
