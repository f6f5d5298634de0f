package dev.penstock.router;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Shape;
import dev.penstock.core.Tensor;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What tests of the router have in common: a model `m`, and a queue that takes its requests and runs none.
abstract class RouterTests {
    final List<Pending> offered = new ArrayList<>();
    final List<String> counted = new ArrayList<>();
    final Outcome outcome = new Outcome();
    boolean accepting = true;
    long nowNanos;

    final Router router = new Router(
            this::offer,
            (key, failure, rows, queueNanos, runNanos) -> counted.add(key + " " + failure),
            () -> nowNanos);

    Offer offer(Pending pending) {
        return accepting && offered.add(pending) ? Offer.TAKEN : Offer.QUEUE_FULL;
    }

    void publish(Set<Long> notReady, FakeVersion... ready) {
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(ready), notReady))));
    }

    static InferenceRequest request(String model, String version) {
        Tensor x = new Tensor(
                "x", DataType.UINT8, Shape.of(1), ByteBuffer.allocate(1).order(ByteOrder.LITTLE_ENDIAN));
        return new InferenceRequest(model, version, "", List.of(x), List.of(), InferenceRequest.NO_DEADLINE);
    }

    static final class Outcome implements ReplySink {
        @Nullable
        ModelKey resolved;

        String failure = "";
        boolean broken;
        boolean fits;

        @Override
        public void fits() {
            fits = true;
        }

        @Override
        public void resolved(ModelKey key) {
            if (broken) {
                throw new IllegalStateException("a test's");
            }
            resolved = key;
        }

        @Override
        public void reply(InferenceReply reply) {
            throw new AssertionError("nobody answers here");
        }

        @Override
        public void fail(ErrorCode code, String message) {
            if (broken) {
                throw new IllegalStateException("a test's");
            }
            failure = code + ": " + message;
        }

        @Override
        public boolean abandoned() {
            return false;
        }
    }
}
