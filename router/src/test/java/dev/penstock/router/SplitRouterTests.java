package dev.penstock.router;

import dev.penstock.core.Assigned;
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
import dev.penstock.router.arms.ArmObservers;
import dev.penstock.router.split.ArmSpec;
import dev.penstock.router.split.CandidateSpec;
import dev.penstock.router.split.RouteSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What tests of routes on the general path have in common: a model `m` with a stable version and a canary, and
/// a queue that takes its requests and runs none.
abstract class SplitRouterTests {
    final List<Pending> offered = new ArrayList<>();
    final List<String> ended = new ArrayList<>();
    final Map<String, String> headers = new HashMap<>();
    final List<String> asked = new ArrayList<>();
    final Outcome outcome = new Outcome();
    final FakeVersion stable = new FakeVersion(1);
    final FakeVersion canary = new FakeVersion(2);
    boolean accepting = true;

    /// What somebody else does while a route reads a request's headers.
    Runnable onLookup = () -> {};

    long nowNanos;
    final Router router = new Router(this::offer, (_, _, _, _, _) -> {}, () -> nowNanos);

    final ArmObservers observers = (key, _) -> (reason, _, _, failure, nanos) -> ended.add(String.join(
            " ",
            key.route(),
            key.assignment(),
            key.arm(),
            key.target().toString(),
            reason.text(),
            String.valueOf(failure),
            Long.toString(nanos)));

    static RouteSpec spec(int weight) {
        return RouteSpec.of("m", ArmSpec.of("stable", "m", 1))
                .withCandidates(List.of(new CandidateSpec(ArmSpec.of("canary", "m", 2), weight, 10_000)));
    }

    void publish(RouteSpec... specs) {
        router.publish(models().withRoutes(List.of(specs), observers));
    }

    RouteTable models() {
        return RouteTable.of(List.of(
                new ModelRoute("m", List.of(stable, canary), Set.of(3L), Map.of("stable", new AliasTarget(1, 0)))));
    }

    static Tensor x() {
        return new Tensor(
                "x", DataType.UINT8, Shape.of(1), ByteBuffer.allocate(1).order(ByteOrder.LITTLE_ENDIAN));
    }

    static InferenceRequest request(String model, String version) {
        return new InferenceRequest(model, version, "", List.of(x()), List.of(), InferenceRequest.NO_DEADLINE);
    }

    void infer(String model, String version) {
        router.infer(request(model, version), outcome);
    }

    Offer offer(Pending pending) {
        return accepting && offered.add(pending) ? Offer.TAKEN : Offer.QUEUE_FULL;
    }

    final class Outcome implements ReplySink {
        final List<Assigned> arms = new ArrayList<>();

        @Nullable
        ModelKey resolved;

        String failure = "";
        boolean abandoned;
        int replies;

        @Override
        public void assigned(Assigned arm) {
            arms.add(arm);
        }

        @Override
        public void resolved(ModelKey key) {
            resolved = key;
        }

        @Override
        public void reply(InferenceReply reply) {
            replies++;
        }

        @Override
        public void fail(ErrorCode code, String message) {
            failure = code + ": " + message;
        }

        @Override
        public boolean abandoned() {
            return abandoned;
        }

        @Override
        public @Nullable CharSequence header(String name) {
            asked.add(name);
            onLookup.run();
            return headers.get(name);
        }
    }
}
