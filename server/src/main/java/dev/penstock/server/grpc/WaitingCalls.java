package dev.penstock.server.grpc;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.server.upload.Places;
import io.grpc.stub.StreamObserver;
import java.util.function.Supplier;

/// Calls that wait for something, each on a virtual thread of its own, and no more of them at a time than is
/// reasonable. Thread-safe.
final class WaitingCalls {
    private static final System.Logger LOG = System.getLogger(WaitingCalls.class.getName());

    private final String what;
    private final Places places;

    /// @param what they do, for the caller and the log of a failure: "changing what is loaded"
    WaitingCalls(String what, Places places) {
        this.what = what;
        this.places = places;
    }

    /// Answers a call with one message.
    ///
    /// @throws ServingException if there is no room for one more
    <A> void answer(StreamObserver<A> observer, Supplier<A> work) {
        start(observer, () -> {
            A answer = work.get();
            observer.onNext(answer);
            observer.onCompleted();
        });
    }

    /// Has a call answered by `work`, or by what it throws.
    ///
    /// @throws ServingException if there is no room for one more
    void start(StreamObserver<?> observer, Runnable work) {
        places.take();
        boolean started = false;
        try {
            Thread.ofVirtual().name("grpc-waiting").start(() -> run(observer, work));
            started = true;
        } finally {
            if (!started) {
                places.give();
            }
        }
    }

    private void run(StreamObserver<?> observer, Runnable work) {
        try {
            work.run();
        } catch (ServingException e) {
            observer.onError(GrpcErrors.refusal(e));
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            LOG.log(System.Logger.Level.ERROR, what + " failed", e);
            observer.onError(GrpcErrors.refusal(ErrorCode.INTERNAL, what + " failed; see the server's log"));
        } finally {
            places.give();
        }
    }
}
