package dev.penstock.server;

import static dev.penstock.server.LookupGateway.ENTRIES;
import static dev.penstock.server.LookupGateway.ROLLOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.penstock.proto.admin.CreateRolloutRequest;
import dev.penstock.proto.admin.DeleteRolloutRequest;
import dev.penstock.proto.admin.GetRolloutRequest;
import dev.penstock.proto.admin.ListRolloutsRequest;
import dev.penstock.proto.admin.Rollout;
import dev.penstock.proto.admin.RolloutAction;
import dev.penstock.proto.admin.RolloutAction.Action;
import dev.penstock.proto.admin.RolloutEvent;
import dev.penstock.proto.admin.RolloutsGrpc;
import dev.penstock.proto.admin.WatchRolloutRequest;
import io.grpc.Context;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/// Rollouts over gRPC on the admin port.
@Timeout(600)
@SuppressWarnings("NullAway.Init")
class RolloutRpcTest {
    /// As many as there may be at a time.
    private static final int WATCHES = 32;

    @TempDir
    private Path folder;

    private LookupGateway server;
    private ManagedChannel channel;
    private RolloutsGrpc.RolloutsBlockingStub stub;

    @BeforeEach
    void start() throws Exception {
        server = new LookupGateway(folder, ENTRIES, ENTRIES);
        channel = NettyChannelBuilder.forAddress(
                        "127.0.0.1", server.gateway.addresses().admin().port())
                .usePlaintext()
                .build();
        Metadata caller = new Metadata();
        caller.put(Metadata.Key.of("x-penstock-caller", Metadata.ASCII_STRING_MARSHALLER), "ann");
        stub = RolloutsGrpc.newBlockingStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(caller))
                .withDeadlineAfter(3, TimeUnit.MINUTES);
    }

    @AfterEach
    void stop() throws InterruptedException {
        channel.shutdownNow();
        assertThat(channel.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        server.close();
    }

    private Rollout create(String spec) {
        return stub.create(CreateRolloutRequest.newBuilder().setSpec(spec).build());
    }

    private Rollout get(String id) {
        return stub.get(GetRolloutRequest.newBuilder().setId(id).build());
    }

    private Rollout act(String id, Action action) {
        return stub.act(RolloutAction.newBuilder()
                .setId(id)
                .setAction(action)
                .setReason("because")
                .build());
    }

    @Test
    void whoResumesSaysWhichEventWasTheLastThatWasSeen() {
        String id = create(ROLLOUT).getId();
        await(id, "analyse");
        Rollout paused = act(id, Action.ACTION_PAUSE);
        assertThat(paused.getLastEvent()).isPositive();
        RolloutAction.Builder resume = RolloutAction.newBuilder().setId(id).setAction(Action.ACTION_RESUME);

        assertFails(
                Status.Code.INVALID_ARGUMENT,
                "seen: 99 (expected: the number of an event, 0 to " + paused.getLastEvent(),
                () -> stub.act(resume.setSeen(99).build()));
        assertFails(
                Status.Code.INVALID_ARGUMENT,
                "seen: 1 (expected: none",
                () -> stub.act(
                        resume.clone().setAction(Action.ACTION_ABORT).setSeen(1).build()));
        assertFails(
                Status.Code.FAILED_PRECONDITION,
                "skip: more happened to the rollout than was seen: its last event is %d (expected: 1"
                        .formatted(paused.getLastEvent()),
                () -> stub.act(
                        resume.clone().setAction(Action.ACTION_SKIP).setSeen(1).build()));
        assertThat(stub.act(resume.setSeen(paused.getLastEvent()).build()).getPhase())
                .isEqualTo("analyse");
    }

    @Test
    void whoApprovesLetsAStepEnd() throws Exception {
        String id = create(ROLLOUT.replace("\"proven\"", "\"none\", \"approve\": true"))
                .getId();
        await(id, "analyse");
        assertFails(
                Status.Code.FAILED_PRECONDITION,
                "approve: the rollout is analyse (expected: one that waits for approval",
                () -> act(id, Action.ACTION_APPROVE));
        assertThat(server.ask(200)).isTrue();
        await(id, "paused");
        Rollout asked = get(id);
        assertThat(asked.getAwaitsApproval()).isTrue();
        assertThat(asked.getWaitsFor()).startsWith("approval of step 1 of 1 by a person");

        Rollout approved = stub.act(RolloutAction.newBuilder()
                .setId(id)
                .setAction(Action.ACTION_APPROVE)
                .setSeen(asked.getLastEvent())
                .build());

        assertThat(approved.getAwaitsApproval()).isFalse();
        await(id, "completed");
        assertThat(get(id).getPromoted()).isEqualTo("canary");
    }

    private void delete(String id) {
        var _ = stub.delete(
                DeleteRolloutRequest.newBuilder().setId(id).setReason("tidy").build());
    }

    private Iterator<RolloutEvent> watch(String id, long after) {
        return stub.watch(
                WatchRolloutRequest.newBuilder().setId(id).setAfter(after).build());
    }

    private void await(String id, String phase) {
        while (!get(id).getPhase().equals(phase)) {
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static Status failureOf(ThrowingCallable call) {
        return catchThrowableOfType(StatusRuntimeException.class, call).getStatus();
    }

    private static void assertFails(Status.Code code, String why, ThrowingCallable call) {
        Status status = failureOf(call);
        assertThat(status.getCode()).as(status.toString()).isEqualTo(code);
        assertThat(status.getDescription()).contains(why);
    }

    @Test
    void oneIsCreatedActedOnAndPromotedAndEachStepIsWatched() {
        Rollout made = create(ROLLOUT);
        assertThat(made.getId()).startsWith("lookup-2-");
        assertThat(made.getRoute()).isEqualTo("lookup");
        assertThat(made.getSpec()).contains("\"minRequests\":50", "\"onDeadline\":\"hold\"");
        assertThat(made.getSteps()).isEqualTo(1);
        Iterator<RolloutEvent> events = watch(made.getId(), 0);
        await(made.getId(), "analyse");
        Rollout at = get(made.getId());
        assertThat(at.getArmsList())
                .extracting(arm -> arm.getArm() + " " + arm.getVersion() + " " + arm.getWeight())
                .containsExactly("stable lookup@1 5000", "canary lookup@2 5000");
        assertThat(at.getMetrics(0).getName()).isEqualTo("errors");
        assertThat(at.getMetrics(0).getState()).isEqualTo("insufficient");
        assertThat(at.getStarted().getSeconds()).isPositive();

        assertThat(act(made.getId(), Action.ACTION_PAUSE).getPhase()).isEqualTo("paused");
        assertThat(act(made.getId(), Action.ACTION_RESUME).getPhase()).isEqualTo("analyse");
        assertThat(act(made.getId(), Action.ACTION_PROMOTE).getPhase()).isEqualTo("promoting");
        List<RolloutEvent> seen = new ArrayList<>();
        events.forEachRemaining(seen::add);

        assertThat(seen)
                .extracting(RolloutEvent::getKind)
                .containsExactly("started", "step", "settled", "paused", "resumed", "promoting", "completed");
        assertThat(seen).extracting(RolloutEvent::getSeq).containsExactly(1L, 2L, 3L, 4L, 5L, 6L, 7L);
        assertThat(seen.get(3).getActor()).isEqualTo("ann");
        assertThat(seen.get(3).getDetail()).isEqualTo("because");
        assertThat(seen.get(3).getData()).contains("\"weights\":{");
        List<RolloutEvent> rest = new ArrayList<>();
        watch(made.getId(), 5).forEachRemaining(rest::add);
        assertThat(rest).isEqualTo(seen.subList(5, 7));
        assertThat(stub.listRollouts(ListRolloutsRequest.getDefaultInstance()).getRolloutsList())
                .extracting(Rollout::getId, Rollout::getPhase)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(made.getId(), "completed"));
        assertThat(listed("lookup", 1)).containsExactly(made.getId());
        assertThat(listed("another", 1)).isEmpty();
        assertFails(Status.Code.INVALID_ARGUMENT, "limit: 1001 (expected: 1 to 1000)", () -> listed("", 1001));
    }

    private List<String> listed(String route, int limit) {
        return stub
                .listRollouts(ListRolloutsRequest.newBuilder()
                        .setRoute(route)
                        .setLimit(limit)
                        .build())
                .getRolloutsList()
                .stream()
                .map(Rollout::getId)
                .toList();
    }

    @Test
    void oneIsSkippedOnAndAborted() {
        String steps = """
                "steps": [{"weight": "10%", "minDuration": "200ms"}, {"weight": "50%", "minDuration": "200ms"}]}""";
        String id = create(ROLLOUT.substring(0, ROLLOUT.indexOf("\"steps\"")) + steps)
                .getId();
        await(id, "analyse");

        Rollout skipped = act(id, Action.ACTION_SKIP);
        assertThat(skipped.getStep()).isEqualTo(2);
        assertThat(skipped.getPhase()).isEqualTo("settle");
        assertThat(act(id, Action.ACTION_ABORT).getPhase()).isEqualTo("rolling-back");
        await(id, "rolled-back");
        assertThat(get(id).getReason()).isEqualTo("manual");
        assertThat(get(id).getDetail()).isEqualTo("because");
    }

    @Test
    void aDryRunSaysWhatItWouldBeAndWhyItWouldNotBegin() {
        CreateRolloutRequest dry = CreateRolloutRequest.newBuilder()
                .setSpec(ROLLOUT)
                .setDryRun(true)
                .build();

        Rollout plan = stub.create(dry);
        assertThat(plan.getSpec()).contains("\"minRequests\":50");
        assertThat(plan.getRefused()).isEmpty();
        assertThat(stub.listRollouts(ListRolloutsRequest.getDefaultInstance()).getRolloutsList())
                .isEmpty();

        Rollout begun = create(ROLLOUT);
        assertThat(stub.create(dry).getRefused()).contains(begun.getId() + "' is under way");
        assertThat(listed("", 10)).containsExactly(begun.getId());
    }

    @Test
    void oneThatIsOverIsForgotten() throws Exception {
        String id = create(ROLLOUT).getId();
        await(id, "analyse");
        assertFails(Status.Code.FAILED_PRECONDITION, "expected: one that is over; abort it first", () -> delete(id));
        var _ = act(id, Action.ACTION_ABORT);
        await(id, "rolled-back");

        delete(id);

        assertThat(listed("", 10)).isEmpty();
        assertFails(Status.Code.NOT_FOUND, "is not there", () -> get(id));
        assertFails(Status.Code.NOT_FOUND, "is not there", () -> delete(id));
        JsonNode audited =
                server.admin("GET", "/api/v1/audit?limit=1", "").path("entries").path(0);
        assertThat(audited.path("who").asString("")).isEqualTo("ann");
        assertThat(audited.path("detail").asString("")).contains("tidy");
    }

    @Test
    void whatCannotBeFailsWithItsCode() {
        assertFails(Status.Code.INVALID_ARGUMENT, "", () -> create("{"));
        assertFails(
                Status.Code.INVALID_ARGUMENT,
                "steps[0].wait is unknown",
                () -> create(ROLLOUT.replace("minDuration", "wait")));
        assertFails(Status.Code.INVALID_ARGUMENT, "lookup@1", () -> create(ROLLOUT.replace("lookup@2", "lookup@1")));
        assertFails(
                Status.Code.NOT_FOUND, "lookup@9 is not there", () -> create(ROLLOUT.replace("lookup@2", "lookup@9")));
        assertFails(
                Status.Code.NOT_FOUND,
                "route 'other' is not there",
                () -> create(ROLLOUT.replace("\"route\": \"lookup\"", "\"route\": \"other\"")));
        assertFails(Status.Code.NOT_FOUND, "'nobody' is not there", () -> get("nobody"));
        assertFails(Status.Code.NOT_FOUND, "'nobody' is not there", () -> act("nobody", Action.ACTION_PAUSE));
        assertFails(
                Status.Code.NOT_FOUND,
                "'nobody' is not there",
                () -> watch("nobody", 0).hasNext());
        String id = create(ROLLOUT).getId();
        assertFails(Status.Code.ALREADY_EXISTS, "rollout '" + id + "' is under way", () -> create(ROLLOUT));
        assertFails(Status.Code.INVALID_ARGUMENT, "expected: pause, resume", () -> act(id, Action.ACTION_UNSPECIFIED));
        await(id, "analyse");
        assertFails(
                Status.Code.FAILED_PRECONDITION,
                "expected: one that is paused or held",
                () -> act(id, Action.ACTION_RESUME));
        var _ = act(id, Action.ACTION_ABORT);
        await(id, "rolled-back");
        assertFails(
                Status.Code.FAILED_PRECONDITION,
                "expected: one that is not over",
                () -> act(id, Action.ACTION_PROMOTE));
    }

    @Test
    void whoGoesAwayLeavesItsPlaceToOthers() {
        String id = create(ROLLOUT).getId();
        List<Context.CancellableContext> watches = new ArrayList<>();
        for (int i = 0; i < WATCHES; i++) {
            Context.CancellableContext context = Context.current().withCancellation();
            watches.add(context);
            context.run(() -> assertThat(watch(id, 0).next().getKind()).isEqualTo("started"));
        }
        assertFails(Status.Code.RESOURCE_EXHAUSTED, "", () -> watch(id, 0).next());

        watches.forEach(context -> context.cancel(null));
        boolean watched = false;
        while (!watched) {
            try {
                watched = watch(id, 0).hasNext();
            } catch (StatusRuntimeException e) {
                assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            }
        }
        assertThat(get(id).getPhase()).isNotEqualTo("rolled-back");
    }
}
