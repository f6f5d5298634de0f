package dev.penstock.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.ByteString;
import dev.penstock.proto.admin.Arm;
import dev.penstock.proto.admin.ArmOverride;
import dev.penstock.proto.admin.AssignRequest;
import dev.penstock.proto.admin.Assigned;
import dev.penstock.proto.admin.Candidate;
import dev.penstock.proto.admin.Condition;
import dev.penstock.proto.admin.DeleteRouteRequest;
import dev.penstock.proto.admin.GetRouteRequest;
import dev.penstock.proto.admin.ListRoutesRequest;
import dev.penstock.proto.admin.Route;
import dev.penstock.proto.admin.RouteTable;
import dev.penstock.proto.admin.RoutingGrpc;
import dev.penstock.proto.admin.Shadow;
import dev.penstock.proto.admin.ShadowStatus;
import dev.penstock.proto.admin.Target;
import dev.penstock.proto.admin.UnitSource;
import dev.penstock.proto.admin.UpdateRouteRequest;
import dev.penstock.proto.admin.WatchRoutesRequest;
import dev.penstock.server.rest.AdminServer;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Routes over gRPC on the admin port.
@SuppressWarnings("NullAway.Init")
class RoutingRpcTest {
    private static final Route ROUTE = Route.newBuilder()
            .setName("digits")
            .setStandard(arm("stable", 1))
            .addUnit(UnitSource.newBuilder().setHeader("x-user-id"))
            .addCandidates(Candidate.newBuilder()
                    .setArm(arm("canary", 2))
                    .setWeight(500)
                    .setMaxWeight(5_000))
            .addOverrides(ArmOverride.newBuilder()
                    .setArm("canary")
                    .addWhen(Condition.newBuilder().setHeader("x-canary").setEquals("1")))
            .build();

    @TempDir
    Path folder;

    private AdminServer server;
    private ManagedChannel channel;
    private RoutingGrpc.RoutingBlockingStub stub;

    private static Arm arm(String name, long version) {
        return Arm.newBuilder()
                .setName(name)
                .setTarget(Target.newBuilder().setModel("digits").setVersion(version))
                .build();
    }

    @BeforeEach
    void start() {
        server = new AdminServer(folder);
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port())
                .usePlaintext()
                .build();
        stub = RoutingGrpc.newBlockingStub(channel).withDeadlineAfter(2, TimeUnit.MINUTES);
        for (long version = 1; version <= 2; version++) {
            try (RpcUpload upload = new RpcUpload(channel)) {
                upload.order("digits", version);
                upload.chunk("model.onnx", ByteString.copyFrom("model " + version, UTF_8));
                assertThat(upload.finished().getIsNew()).isTrue();
            }
        }
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        server.close();
    }

    private Route update(Route route, long revision) {
        return stub.updateRoute(UpdateRouteRequest.newBuilder()
                .setRoute(route)
                .setRevision(revision)
                .build());
    }

    private static Status failureOf(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
    }

    @Test
    void whoGetsCopiesIsToldAsByRest() throws Exception {
        Route route = stub.updateRoute(UpdateRouteRequest.newBuilder()
                .setRoute(ROUTE.toBuilder()
                        .addShadows(Shadow.newBuilder().setArm(arm("copy", 2)).setShare(100)))
                .build());

        assertThat(route.getStatus().getShadowsList())
                .containsExactly(
                        ShadowStatus.newBuilder().setArm("copy").setVersion(2).build());
    }

    @Test
    void aRouteIsWrittenReadAndTakenAway() {
        Route made = update(ROUTE, 0);

        assertThat(made.getStatus().getRevision()).isEqualTo(1);
        assertThat(made.getStatus().getArms(1).getBuckets()).isEqualTo(500);
        assertThat(made.getSalt()).isEqualTo("digits/v1");
        assertThat(stub.getRoute(GetRouteRequest.newBuilder().setRoute("digits").build()))
                .isEqualTo(made);
        assertThat(update(made, 1)).as("what is read can be written").isEqualTo(made);
        Route other = made.toBuilder()
                .setCandidates(0, made.getCandidates(0).toBuilder().setWeight(0))
                .build();
        Route dry = stub.updateRoute(UpdateRouteRequest.newBuilder()
                .setRoute(other)
                .setRevision(1)
                .setDryRun(true)
                .build());
        assertThat(dry.getStatus().getArms(1).getBuckets()).isZero();

        assertThat(failureOf(() -> update(other, 0)).getCode()).isEqualTo(Status.Code.FAILED_PRECONDITION);
        assertThat(failureOf(() -> update(other, 7)).getCode()).isEqualTo(Status.Code.ABORTED);
        assertThat(update(other, 1).getStatus().getGeneration()).isEqualTo(2);
        assertThat(stub.listRoutes(ListRoutesRequest.getDefaultInstance()).getRoutesCount())
                .isEqualTo(1);
        stub.deleteRoute(DeleteRouteRequest.newBuilder()
                .setRoute("digits")
                .setRevision(2)
                .build());
        assertThat(failureOf(() -> stub.getRoute(
                                GetRouteRequest.newBuilder().setRoute("digits").build()))
                        .getCode())
                .isEqualTo(Status.Code.NOT_FOUND);
    }

    @Test
    void whatCannotBeIsRefused() {
        Status unknown = failureOf(
                () -> update(ROUTE.toBuilder().setStandard(arm("stable", 9)).build(), 0));
        assertThat(unknown.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(unknown.getDescription()).contains("digits@9 is not there");
        Route untested = ROUTE.toBuilder()
                .addMatch(Condition.newBuilder().setHeader("x"))
                .build();
        assertThat(failureOf(() -> update(untested, 0)).getDescription()).contains("has no test");
        assertThat(failureOf(() -> update(ROUTE, -1)).getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
    }

    /// What is set to false would else be taken for the contrary.
    @Test
    void falseIsRefusedWhereOnlyTrueMeansSomething() {
        assertRefused(
                ROUTE.toBuilder().addMatch(Condition.newBuilder().setHeader("x").setPresent(false)),
                "match[0].present");
        assertRefused(
                ROUTE.toBuilder()
                        .addMatch(Condition.newBuilder().setCaller(false).setEquals("ann")),
                "match[0].caller");
        assertRefused(ROUTE.toBuilder().setUnit(0, UnitSource.newBuilder().setRequestId(false)), "unit[0].request_id");
    }

    private void assertRefused(Route.Builder route, String field) {
        Status status = failureOf(() -> update(route.build(), 0));
        assertThat(status.getCode()).isEqualTo(Status.Code.INVALID_ARGUMENT);
        assertThat(status.getDescription()).isEqualTo(field + ": false (expected: true)");
    }

    @Test
    void theRequestsIdMayBeItsUnit() {
        update(
                ROUTE.toBuilder()
                        .setUnit(0, UnitSource.newBuilder().setRequestId(true))
                        .build(),
                0);
        AssignRequest.Builder request = AssignRequest.newBuilder().setRoute("digits");

        Assigned byId = stub.assign(request.setRequestId("r-1").build());
        assertThat(byId.getReason()).isEqualTo("random");
        for (int i = 0; i < 10; i++) {
            assertThat(stub.assign(request.build()).getBucket()).isEqualTo(byId.getBucket());
        }
        Assigned byUnit = stub.assign(
                AssignRequest.newBuilder().setRoute("digits").setUnit("r-1").build());
        assertThat(byUnit).isEqualTo(byId);
    }

    @Test
    void aRequestIsDealtAsItWouldBe() {
        update(ROUTE, 0);

        Assigned override = stub.assign(AssignRequest.newBuilder()
                .setRoute("digits")
                .setUnit("ann")
                .putHeaders("X-Canary", "1")
                .build());

        assertThat(override.getArm()).isEqualTo("canary");
        assertThat(override.getReason()).isEqualTo("override");
        assertThat(override.getVersion()).isEqualTo(2);
        assertThat(override.getSalt()).isEqualTo("digits/v1");
    }

    @Test
    void whoWatchesIsToldOfAllRoutesAfterEachChange() {
        Iterator<RouteTable> tables = stub.watchRoutes(WatchRoutesRequest.getDefaultInstance());
        assertThat(tables.next().getRoutesCount()).isZero();

        Route made = update(ROUTE, 0);
        RouteTable table = tables.next();
        while (table.getRoutesCount() == 0) {
            table = tables.next();
        }
        assertThat(table.getRoutesList()).containsExactly(made);
        stub.deleteRoute(DeleteRouteRequest.newBuilder()
                .setRoute("digits")
                .setRevision(1)
                .build());
        while (table.getRoutesCount() > 0) {
            table = tables.next();
        }

        server.stopAccepting();
        assertThat(failureOf(() -> {
                            while (true) {
                                tables.next();
                            }
                        })
                        .getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }
}
