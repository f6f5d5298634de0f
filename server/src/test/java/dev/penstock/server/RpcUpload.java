package dev.penstock.server;

import com.google.protobuf.ByteString;
import dev.penstock.proto.admin.Event;
import dev.penstock.proto.admin.FileChunk;
import dev.penstock.proto.admin.ModelAdminGrpc;
import dev.penstock.proto.admin.Order;
import dev.penstock.proto.admin.RegisterRequest;
import dev.penstock.proto.admin.RegisterResponse;
import dev.penstock.proto.admin.Registration;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// One call of `Register`, by hand.
final class RpcUpload implements AutoCloseable {
    private final Answers answers = new Answers();
    private final ClientCallStreamObserver<RegisterRequest> call;

    private static final class Answers implements ClientResponseObserver<RegisterRequest, RegisterResponse> {
        private final List<Event> events = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();
        private final Semaphore room = new Semaphore(0);
        private volatile @Nullable Registration registration;

        @Override
        public void beforeStart(ClientCallStreamObserver<RegisterRequest> request) {
            request.setOnReadyHandler(room::release);
        }

        @Override
        public void onNext(RegisterResponse response) {
            if (response.hasEvent()) {
                events.add(response.getEvent());
            } else {
                registration = response.getRegistration();
            }
        }

        @Override
        public void onError(Throwable cause) {
            end.complete(Status.fromThrowable(cause));
            room.release();
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
            room.release();
        }
    }

    RpcUpload(ManagedChannel channel) {
        call = (ClientCallStreamObserver<RegisterRequest>)
                ModelAdminGrpc.newStub(channel).register(answers);
    }

    void order(String model, long version) {
        order(Order.newBuilder().setModel(model).setVersion(version));
    }

    void order(Order.Builder order) {
        call.onNext(RegisterRequest.newBuilder().setOrder(order).build());
    }

    void chunk(String path, ByteString data) {
        chunk(FileChunk.newBuilder().setPath(path).setData(data));
    }

    void chunk(FileChunk.Builder chunk) {
        call.onNext(RegisterRequest.newBuilder().setChunk(chunk).build());
    }

    /// Whether more can be sent without waiting.
    boolean isReady() {
        return call.isReady();
    }

    /// Waits until more can be sent, or all has ended.
    void awaitReady() throws InterruptedException {
        while (!call.isReady() && !answers.end.isDone()) {
            if (!answers.room.tryAcquire(2, TimeUnit.MINUTES)) {
                throw new AssertionError("nothing more can be sent");
            }
        }
    }

    void complete() {
        call.onCompleted();
    }

    void cancel() {
        call.cancel("given up", null);
    }

    List<Event> events() {
        return answers.events;
    }

    /// Says that all was sent, and waits for what became of it, which must be well.
    Registration finished() {
        complete();
        Status status = failure();
        if (!status.isOk()) {
            throw new AssertionError(status.toString());
        }
        return registration();
    }

    Registration registration() {
        Registration present = answers.registration;
        if (present == null) {
            throw new AssertionError("no registration was told");
        }
        return present;
    }

    /// Waits for the end.
    Status failure() {
        try {
            return answers.end.get(2, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        if (!answers.end.isDone()) {
            cancel();
        }
    }
}
