package dev.penstock.server.grpc;

import dev.penstock.core.ServingException;
import dev.penstock.proto.admin.AssignRequest;
import dev.penstock.proto.admin.Assigned;
import dev.penstock.proto.admin.DeleteRouteRequest;
import dev.penstock.proto.admin.DeleteRouteResponse;
import dev.penstock.proto.admin.GetRouteRequest;
import dev.penstock.proto.admin.GetShadowsRequest;
import dev.penstock.proto.admin.ListRoutesRequest;
import dev.penstock.proto.admin.Route;
import dev.penstock.proto.admin.RouteShadows;
import dev.penstock.proto.admin.RouteTable;
import dev.penstock.proto.admin.RoutingGrpc;
import dev.penstock.proto.admin.UpdateRouteRequest;
import dev.penstock.proto.admin.WatchRoutesRequest;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.AssignOrder;
import dev.penstock.server.routing.Expected;
import dev.penstock.server.routing.RouteAdmin;
import dev.penstock.server.routing.RouteRefusal;
import dev.penstock.server.upload.Places;
import dev.penstock.server.wire.HeaderText;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/// Routes over gRPC: what REST offers on the same port. All of it may wait for the record, so it happens off
/// the event loops.
final class RoutingService extends RoutingGrpc.RoutingImplBase {
    private static final int MAX_CALLS = 64;

    /// Each has a thread, though a light one.
    private static final int MAX_WATCHES = 64;

    private final RouteAdmin routes;
    private final WaitingCalls calls = new WaitingCalls("the call about routes", new Places(MAX_CALLS));
    private final WaitingCalls watches = new WaitingCalls("watching routes", new Places(MAX_WATCHES));

    RoutingService(RouteAdmin routes) {
        this.routes = routes;
    }

    @Override
    public void listRoutes(ListRoutesRequest request, StreamObserver<RouteTable> observer) {
        answer(observer, this::table);
    }

    private RouteTable table() {
        return RouteTable.newBuilder()
                .addAllRoutes(routes.all().stream().map(RouteMessages::of).toList())
                .build();
    }

    @Override
    public void getRoute(GetRouteRequest request, StreamObserver<Route> observer) {
        answer(observer, () -> RouteMessages.of(routes.one(request.getRoute())));
    }

    @Override
    public void updateRoute(UpdateRouteRequest request, StreamObserver<Route> observer) {
        RouteSpec spec = RouteOrders.spec(request.getRoute());
        Expected expected = expected(request.getRevision());
        String who = Exposure.current().principal();
        answer(observer, () -> RouteMessages.of(routes.put(spec, expected, request.getDryRun(), who)));
    }

    @Override
    public void deleteRoute(DeleteRouteRequest request, StreamObserver<DeleteRouteResponse> observer) {
        Expected expected = expected(request.getRevision());
        String who = Exposure.current().principal();
        answer(observer, () -> {
            routes.delete(request.getRoute(), expected, who);
            return DeleteRouteResponse.getDefaultInstance();
        });
    }

    private static Expected expected(long revision) {
        if (revision < 0) {
            throw ServingException.invalid(
                    "revision: %d (expected: the one that was read, or 0 for a route that is not there yet)"
                            .formatted(revision));
        }
        return revision == 0 ? new Expected.Nothing() : new Expected.Revision(revision);
    }

    @Override
    public void assign(AssignRequest request, StreamObserver<Assigned> observer) {
        AssignOrder order = new AssignOrder(
                request.getUnit(),
                request.getHeadersMap(),
                request.getParametersMap(),
                request.getCaller(),
                request.getRequestId());
        answer(observer, () -> RouteMessages.of(routes.assign(request.getRoute(), order)));
    }

    @Override
    public void getShadows(GetShadowsRequest request, StreamObserver<RouteShadows> observer) {
        answer(observer, () -> CopyMessages.of(request.getRoute(), routes.copies(request.getRoute())));
    }

    @Override
    public void watchRoutes(WatchRoutesRequest request, StreamObserver<RouteTable> observer) {
        // What grpc-java hands to a service is always one of these.
        ServerCallStreamObserver<RouteTable> call = (ServerCallStreamObserver<RouteTable>) observer;
        Watch watch = new Watch(call);
        call.setOnReadyHandler(watch.news::release);
        call.setOnCancelHandler(watch::end);
        call.setOnCloseHandler(watch::end);
        watches.start(call, watch::run);
    }

    /// Sends all routes whenever they changed and the caller can take them.
    private final class Watch {
        private final ServerCallStreamObserver<RouteTable> call;
        private final Semaphore news = new Semaphore(0);
        private volatile boolean changed = true;
        private volatile boolean ended;

        Watch(ServerCallStreamObserver<RouteTable> call) {
            this.call = call;
        }

        void end() {
            ended = true;
            news.release();
        }

        private void change() {
            changed = true;
            news.release();
        }

        void run() {
            try (RouteAdmin.Listening _ = routes.listen(this::change)) {
                news.release();
                while (!ended && !call.isCancelled()) {
                    news.acquireUninterruptibly();
                    news.drainPermits();
                    if (changed && call.isReady() && !ended) {
                        // First: what changes from here on is sent again.
                        changed = false;
                        call.onNext(table());
                    }
                }
            }
        }
    }

    private <A> void answer(StreamObserver<A> observer, Supplier<A> work) {
        calls.start(observer, () -> {
            A answer;
            try {
                answer = work.get();
            } catch (RouteRefusal e) {
                observer.onError(status(e));
                return;
            }
            observer.onNext(answer);
            observer.onCompleted();
        });
    }

    private static StatusRuntimeException status(RouteRefusal refusal) {
        Status status = switch (refusal.reason()) {
            case UNSAID, ROLLOUT_RUNS -> Status.FAILED_PRECONDITION;
            case STALE -> Status.ABORTED;
        };
        return status.withDescription(HeaderText.message(String.valueOf(refusal.getMessage())))
                .asRuntimeException();
    }
}
