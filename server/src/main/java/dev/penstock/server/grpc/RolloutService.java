package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.proto.admin.CreateRolloutRequest;
import dev.penstock.proto.admin.DeleteRolloutRequest;
import dev.penstock.proto.admin.DeleteRolloutResponse;
import dev.penstock.proto.admin.GetRolloutRequest;
import dev.penstock.proto.admin.ListRolloutsRequest;
import dev.penstock.proto.admin.ListRolloutsResponse;
import dev.penstock.proto.admin.Rollout;
import dev.penstock.proto.admin.RolloutAction;
import dev.penstock.proto.admin.RolloutEvent;
import dev.penstock.proto.admin.RolloutsGrpc;
import dev.penstock.proto.admin.WatchRolloutRequest;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.OutOfPlace;
import dev.penstock.router.rollout.Wish;
import dev.penstock.server.rollout.RolloutAsked;
import dev.penstock.server.rollout.RolloutJson;
import dev.penstock.server.rollout.Rollouts;
import dev.penstock.server.rollout.StillRunning;
import dev.penstock.server.routing.RouteJson;
import dev.penstock.server.routing.RouteRefusal;
import dev.penstock.server.store.RolloutEventRecord;
import dev.penstock.server.upload.Places;
import dev.penstock.server.wire.HeaderText;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/// Rollouts over gRPC: what REST offers on the same port, and said in the same words. All of it may wait for
/// the record, so it happens off the event loops.
final class RolloutService extends RolloutsGrpc.RolloutsImplBase {
    /// By which people say what they have seen.
    private static final Set<Command> SEEING = EnumSet.of(Command.RESUME, Command.SKIP, Command.APPROVE);

    private static final int MAX_CALLS = 64;
    private static final int MAX_WATCHES = 32;
    private static final int MOST_EVENTS = 100;
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /// How often it is seen whether a client takes one more event, before it is given up.
    private static final int MOST_TRIES = 600;

    private final Rollouts rollouts;
    private final WaitingCalls calls = new WaitingCalls("the call about rollouts", new Places(MAX_CALLS));
    private final WaitingCalls watches = new WaitingCalls("watching a rollout", new Places(MAX_WATCHES));

    RolloutService(Rollouts rollouts) {
        this.rollouts = rollouts;
    }

    @Override
    public void create(CreateRolloutRequest request, StreamObserver<Rollout> observer) {
        RolloutJson.Order order = RolloutAsked.read(RouteJson.tree(request.getSpec()));
        String who = Exposure.current().principal();
        boolean dryRun = request.getDryRun();
        answer(
                observer,
                () -> dryRun
                        ? RolloutMessages.of(rollouts.plan(order))
                        : RolloutMessages.of(rollouts.start(order, who)));
    }

    @Override
    public void get(GetRolloutRequest request, StreamObserver<Rollout> observer) {
        answer(observer, () -> RolloutMessages.of(rollouts.one(request.getId())));
    }

    @Override
    public void listRollouts(ListRolloutsRequest request, StreamObserver<ListRolloutsResponse> observer) {
        int limit = request.getLimit() == 0 ? Rollouts.USUALLY_TOLD : request.getLimit();
        if (limit < 1 || limit > Rollouts.MOST_TOLD) {
            throw ServingException.invalid("limit: %d (expected: 1 to %d)".formatted(limit, Rollouts.MOST_TOLD));
        }
        answer(
                observer,
                () -> ListRolloutsResponse.newBuilder()
                        .addAllRollouts(rollouts.all(request.getRoute(), limit).stream()
                                .map(RolloutMessages::of)
                                .toList())
                        .build());
    }

    @Override
    public void act(RolloutAction request, StreamObserver<Rollout> observer) {
        Command command = switch (request.getAction()) {
            case ACTION_PAUSE -> Command.PAUSE;
            case ACTION_RESUME -> Command.RESUME;
            case ACTION_PROMOTE -> Command.PROMOTE;
            case ACTION_ABORT -> Command.ABORT;
            case ACTION_SKIP -> Command.SKIP;
            case ACTION_APPROVE -> Command.APPROVE;
            case ACTION_UNSPECIFIED, UNRECOGNIZED ->
                throw ServingException.invalid(
                        "action: missing (expected: pause, resume, promote, abort, skip or approve)");
        };
        if (request.hasSeen() && !SEEING.contains(command)) {
            throw ServingException.invalid(
                    "seen: %d (expected: none, as only resume, skip and approve ask for what was seen)"
                            .formatted(request.getSeen()));
        }
        if (request.hasSeen() && request.getSeen() == Wish.ALL) {
            throw ServingException.invalid("seen: %d (expected: the number of an event)".formatted(request.getSeen()));
        }
        String who = Exposure.current().principal();
        long seen = request.hasSeen() ? request.getSeen() : Wish.ALL;
        Wish wish = new Wish(command, request.getArm(), who, request.getReason(), seen);
        answer(observer, () -> RolloutMessages.of(rollouts.act(request.getId(), wish)));
    }

    @Override
    public void delete(DeleteRolloutRequest request, StreamObserver<DeleteRolloutResponse> observer) {
        String who = Exposure.current().principal();
        answer(observer, () -> {
            rollouts.forget(request.getId(), who, request.getReason());
            return DeleteRolloutResponse.getDefaultInstance();
        });
    }

    @Override
    public void watch(WatchRolloutRequest request, StreamObserver<RolloutEvent> observer) {
        // What grpc-java hands to a service is always one of these.
        ServerCallStreamObserver<RolloutEvent> call = (ServerCallStreamObserver<RolloutEvent>) observer;
        watches.start(call, () -> watch(request, call));
    }

    private void watch(WatchRolloutRequest request, ServerCallStreamObserver<RolloutEvent> call) {
        long seen = request.getAfter();
        while (!call.isCancelled()) {
            // First: what happens from here on is told before the end.
            boolean over = rollouts.isOver(request.getId());
            List<RolloutEventRecord> news = rollouts.events(request.getId(), seen, MOST_EVENTS);
            for (RolloutEventRecord event : news) {
                awaitReady(call);
                call.onNext(RolloutMessages.of(event));
                seen = event.seq();
            }
            if (over && news.isEmpty()) {
                call.onCompleted();
                return;
            }
            if (news.isEmpty()) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /// What a client does not read is not kept for it.
    ///
    /// @throws ServingException if it takes nothing, or is gone
    private static void awaitReady(ServerCallStreamObserver<RolloutEvent> call) {
        for (int i = 0; i < MOST_TRIES && !call.isReady() && !call.isCancelled(); i++) {
            LockSupport.parkNanos(RETRY_NANOS);
        }
        if (!call.isReady() || call.isCancelled()) {
            throw new ServingException(
                    ErrorCode.DEADLINE_EXCEEDED,
                    "events of the rollout were not read for a while; watch it again, after the last one");
        }
    }

    private <A> void answer(StreamObserver<A> observer, Supplier<A> work) {
        calls.start(observer, () -> {
            A answer;
            try {
                answer = work.get();
            } catch (RouteRefusal | OutOfPlace | StillRunning e) {
                observer.onError(Status.FAILED_PRECONDITION
                        .withDescription(HeaderText.message(String.valueOf(e.getMessage())))
                        .asRuntimeException());
                return;
            }
            observer.onNext(answer);
            observer.onCompleted();
        });
    }
}
