package dev.penstock.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.penstock.core.DataType;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.core.Shape;
import dev.penstock.core.Signature;
import dev.penstock.core.Tensor;
import dev.penstock.core.TensorSpec;
import dev.penstock.core.VersionHandle;
import dev.penstock.core.batching.Offer;
import dev.penstock.core.batching.Pending;
import dev.penstock.router.split.RequestFacts;
import dev.penstock.router.waiting.OnDemandVersion;
import dev.penstock.router.waiting.WaitingRoom;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouterTest {
    private final List<Pending> offered = new ArrayList<>();
    private final List<String> counted = new ArrayList<>();
    private final Outcome outcome = new Outcome();
    private boolean accepting = true;
    private long nowNanos;
    private final Router router = new Router(
            this::offer,
            (key, failure, rows, queueNanos, runNanos) -> counted.add(key + " " + failure),
            () -> nowNanos);

    @Test
    void theNewestReadyVersionAnswersWhoAsksForNone() {
        publish(Set.of(), new Version(1), new Version(3));
        router.infer(request("m", ""), outcome);

        assertThat(offered).hasSize(1);
        assertThat(outcome.fits).isTrue();
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 3));
    }

    @Test
    void anExactVersionIsHonoured() {
        publish(Set.of(), new Version(1), new Version(3));
        router.infer(request("m", "1"), outcome);

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
    }

    @Test
    void anUnknownModelIsNotFoundAndCountedUnderNoName() {
        router.infer(request("nobody", ""), outcome);

        assertThat(outcome.failure).isEqualTo("NOT_FOUND: Request for unknown model: 'nobody' is not found");
        assertThat(counted).containsExactly("null NOT_FOUND");
    }

    @Test
    void anUnknownVersionIsNotFound() {
        publish(Set.of(2L), new Version(1));
        router.infer(request("m", "7"), outcome);

        assertThat(outcome.failure).isEqualTo("NOT_FOUND: Request for unknown model: 'm' version 7 is not found");
    }

    @Test
    void aVersionThatIsNotReadySaysSo() {
        publish(Set.of(2L), new Version(1));
        router.infer(request("m", "2"), outcome);

        assertThat(outcome.failure)
                .isEqualTo("NOT_READY: Request for unknown model: 'm' version 2 is not at ready state");
    }

    @Test
    void aModelWithoutReadyVersionsSaysWhetherTheyMayCome() {
        publish(Set.of(2L));
        router.infer(request("m", ""), outcome);
        assertThat(outcome.failure).isEqualTo("NOT_READY: Request for unknown model: 'm' has no available versions");

        publish(Set.of());
        router.infer(request("m", ""), outcome);
        assertThat(outcome.failure).isEqualTo("NOT_FOUND: Request for unknown model: 'm' has no available versions");
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "-1", "0", "1.0", " 1", "٣", "99999999999999999999"})
    void aVersionThatIsNoNumberIsRefused(String version) {
        publish(Set.of(), new Version(1));
        router.infer(request("m", version), outcome);

        assertThat(outcome.failure)
                .isEqualTo("INVALID_ARGUMENT: version '" + version
                        + "' of model 'm' is not a version (expected: an integer > 0)");
    }

    @Test
    void aRequestThatDoesNotFitNeverReachesTheBatcher() {
        publish(Set.of(), new Version(1));
        router.infer(new InferenceRequest("m", "", "", List.of(), List.of(), InferenceRequest.NO_DEADLINE), outcome);

        assertThat(outcome.failure).startsWith("INVALID_ARGUMENT: expected 1 inputs but got 0 inputs");
        assertThat(outcome.fits).isFalse();
        assertThat(offered).isEmpty();
        assertThat(counted).containsExactly("m/1 INVALID_ARGUMENT");
    }

    @Test
    void aSinkThatThrowsLeavesNoLease() {
        Version version = new Version(1);
        publish(Set.of(), version);
        outcome.broken = true;

        assertThatThrownBy(() -> router.infer(request("m", ""), outcome)).hasMessage("a test's");
        try (Addressed addressed = router.address("m", "", RequestFacts.NONE)) {
            assertThatThrownBy(() -> router.infer(request("m", ""), addressed, outcome))
                    .hasMessage("a test's");
        }
        assertThat(version.leases).isZero();
        assertThat(offered).isEmpty();
    }

    /// Remembers what it gave, and what of that was not taken.
    private static final class Tap implements RequestTap {
        private final List<ReplySink> given = new ArrayList<>();
        private final List<ReplySink> untaken = new ArrayList<>();

        @Override
        public ReplySink around(InferenceRequest request, ReplySink sink) {
            ReplySink around = new AroundSink(sink);
            given.add(around);
            return around;
        }

        @Override
        public void untaken(ReplySink sink) {
            untaken.add(sink);
        }
    }

    private static final class AroundSink implements ReplySink {
        private final ReplySink sink;

        AroundSink(ReplySink sink) {
            this.sink = sink;
        }

        @Override
        public void resolved(ModelKey key) {
            sink.resolved(key);
        }

        @Override
        public void reply(InferenceReply reply) {
            sink.reply(reply);
        }

        @Override
        public void fail(ErrorCode code, String message) {
            sink.fail(code, message);
        }

        @Override
        public boolean abandoned() {
            return sink.abandoned();
        }
    }

    @Test
    void aTapIsToldOfWhatFailedBeforeItWasTakenAndOfNothingElse() {
        Tap tap = new Tap();
        try (WaitingRoom room = new WaitingRoom(WaitingRoom.Settings.STANDARD, () -> nowNanos)) {
            Router tapped = new Router(this::offer, (key, failure, rows, queued, ran) -> {}, () -> nowNanos, room, tap);
            Version version = new Version(1);
            tapped.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(version), Set.of()))));

            tapped.infer(request("m", ""), outcome);
            accepting = false;
            tapped.infer(request("m", ""), outcome);
            tapped.infer(request("nobody", ""), outcome);
            assertThat(tap.given).hasSize(3);
            assertThat(tap.untaken).isEmpty();

            outcome.broken = true;
            assertThatThrownBy(() -> tapped.infer(request("m", ""), outcome)).hasMessage("a test's");
            assertThat(tap.untaken).containsExactly(tap.given.get(3));
            try (Addressed addressed = tapped.address("m", "", RequestFacts.NONE)) {
                assertThatThrownBy(() -> tapped.infer(request("m", ""), addressed, outcome))
                        .hasMessage("a test's");
            }
            assertThat(tap.untaken).containsExactly(tap.given.get(3), tap.given.get(4));
        }
    }

    @Test
    void aRefusedOfferGivesTheLeaseBack() {
        Version version = new Version(1);
        publish(Set.of(), version);
        accepting = false;
        router.infer(request("m", ""), outcome);

        assertThat(outcome.failure).isEqualTo("OVERLOADED: Exceeds maximum queue size of model 'm'");
        assertThat(version.leases).isZero();
    }

    @Test
    void aVersionUnloadedInBetweenIsNotReady() {
        Version version = new Version(1);
        version.gone = true;
        publish(Set.of(), version);
        router.infer(request("m", ""), outcome);

        assertThat(outcome.failure).startsWith("NOT_READY");
    }

    @Test
    void aVersionReplacedInBetweenIsNoFailure() {
        Version successor = new Version(2);
        Version retired = new Version(1);
        retired.gone = true;
        retired.onLease = () -> publish(Set.of(), successor);
        publish(Set.of(), retired);
        router.infer(request("m", ""), outcome);

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 2));
        assertThat(offered).hasSize(1);
    }

    @Test
    void aRequestForAVersionOnDemandWaitsUntilItIsThere() {
        Sleeping sleeping = new Sleeping(3);
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(sleeping), Set.of()))));
        router.infer(request("m", ""), outcome);
        assertThat(outcome.resolved).isNull();
        assertThat(outcome.failure).isEmpty();

        publish(Set.of(), new Version(3));
        sleeping.done.told(null);
        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 3));
        assertThat(offered).hasSize(1);
    }

    @Test
    void whatWasReadForAVersionGoesToIt() {
        Version old = new Version(1);
        publish(Set.of(), old);
        try (Addressed to = router.address("m", "", RequestFacts.NONE)) {
            publish(Set.of(), new Version(1), new Version(2));
            router.infer(request("m", ""), to, outcome);
        }

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(old.leases).as("that of the request").isEqualTo(1);
    }

    @Test
    void whatWasReadForAVersionOnDemandWaitsForThatOne() {
        Sleeping sleeping = new Sleeping(1);
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(sleeping), Set.of()))));
        try (Addressed to = router.address("m", "", RequestFacts.NONE)) {
            router.infer(request("m", ""), to, outcome);
        }
        publish(Set.of(), new Version(1), new Version(2));
        sleeping.done.told(null);

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 1));
        assertThat(offered).hasSize(1);
    }

    @Test
    void anAddressThatIsNotUsedLetsItsVersionGo() {
        Version version = new Version(1);
        publish(Set.of(), version);
        try (Addressed to = router.address("m", "", RequestFacts.NONE)) {
            assertThat(to.key()).isEqualTo(new ModelKey("m", 1));
            assertThat(version.leases).isEqualTo(1);
        }

        assertThat(version.leases).isZero();
    }

    @Test
    void waitingForItsVersionIsNoTimeInTheQueue() {
        Sleeping sleeping = new Sleeping(3);
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(sleeping), Set.of()))));
        InferenceRequest plain = request("m", "");
        router.infer(new InferenceRequest("m", "", "", plain.inputs(), List.of(), 9_000, 1_000, 0, 0), outcome);

        publish(Set.of(), new Version(3));
        nowNanos = 700;
        sleeping.done.told(null);
        Pending queued = offered.getFirst();
        assertThat(queued.arrivedNanos()).isEqualTo(700);
        assertThat(queued.request().deadlineNanos()).isEqualTo(9_000);
        assertThat(queued.request().timeoutNanos()).as("what is left").isEqualTo(300);
        assertThat(queued.expired(999)).isFalse();
        assertThat(queued.expired(1_000)).isTrue();
    }

    @Test
    void whyAVersionOnDemandCannotBeHadIsTheAnswer() {
        Sleeping sleeping = new Sleeping(3);
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(sleeping), Set.of()))));
        router.infer(request("m", ""), outcome);
        sleeping.done.told(new ServingException(ErrorCode.OVERLOADED, "no room"));

        assertThat(outcome.resolved).isEqualTo(new ModelKey("m", 3));
        assertThat(outcome.failure).isEqualTo("OVERLOADED: no room");
        assertThat(counted).containsExactly("m/3 OVERLOADED");
    }

    @Test
    void twoRoutesOfOneNameAreRefused() {
        ModelRoute route = new ModelRoute("m", List.of(), Set.of());

        assertThatThrownBy(() -> RouteTable.of(List.of(route, route))).isInstanceOf(IllegalStateException.class);
    }

    private Offer offer(Pending pending) {
        return accepting && offered.add(pending) ? Offer.TAKEN : Offer.QUEUE_FULL;
    }

    private void publish(Set<Long> notReady, Version... ready) {
        router.publish(RouteTable.of(List.of(new ModelRoute("m", List.of(ready), notReady))));
    }

    private static InferenceRequest request(String model, String version) {
        Tensor x = new Tensor(
                "x", DataType.UINT8, Shape.of(1), ByteBuffer.allocate(1).order(ByteOrder.LITTLE_ENDIAN));
        return new InferenceRequest(model, version, "", List.of(x), List.of(), InferenceRequest.NO_DEADLINE);
    }

    /// Version `number` of `m`.
    static final class Version implements VersionHandle {
        private final long number;
        private int leases;
        private boolean gone;
        private Runnable onLease = () -> {};

        Version(long number) {
            this.number = number;
        }

        @Override
        public ModelKey key() {
            return new ModelKey("m", number);
        }

        @Override
        public Signature signature() {
            return new Signature(List.of(TensorSpec.of("x", DataType.UINT8, -1)), List.of(), 0);
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        public @Nullable Lease tryLease() {
            onLease.run();
            if (gone) {
                return null;
            }
            leases++;
            return new Lease() {
                @Override
                public LoadedModel model() {
                    throw new AssertionError("nobody runs it here");
                }

                @Override
                public void close() {
                    leases--;
                }
            };
        }
    }

    /// Not in memory; whoever wants it is told later.
    private static final class Sleeping implements OnDemandVersion {
        private final Version version;
        private Asker done = failure -> {};

        Sleeping(long number) {
            this.version = new Version(number);
        }

        @Override
        public ModelKey key() {
            return version.key();
        }

        @Override
        public Signature signature() {
            return version.signature();
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        public @Nullable Lease tryLease() {
            return null;
        }

        @Override
        public void wake(Asker told) {
            done = told;
        }
    }

    private static final class Outcome implements ReplySink {
        private @Nullable ModelKey resolved;
        private String failure = "";
        private boolean broken;
        private boolean fits;

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
            failure = code + ": " + message;
        }

        @Override
        public boolean abandoned() {
            return false;
        }
    }
}
