package dev.penstock.router.waiting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.ServingException;
import dev.penstock.core.Signature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class WaitingRoomTest {
    private final AtomicLong now = new AtomicLong(1_000);
    private final BlockingQueue<String> told = new LinkedBlockingQueue<>();
    private final Sleeping m1 = new Sleeping("m", 1);
    private final Sleeping m2 = new Sleeping("m", 2);
    private final WaitingRoom room = new WaitingRoom(new WaitingRoom.Settings(3, Duration.ofSeconds(60)), now::get);

    private final WaitingRoom.Host host = new WaitingRoom.Host() {
        @Override
        public void goOn(InferenceRequest request, ReplySink sink, long arrivedNanos) {
            switch (request.id()) {
                case "throws" -> throw new IllegalStateException("as it was told to");
                case "fails" -> throw new AssertionError("as it was told to");
                default -> {}
            }
            told.add(request.id() + " goes on, it came at " + arrivedNanos);
        }

        @Override
        public void refuse(ModelKey key, ServingException why, ReplySink sink, long arrivedNanos) {
            if (sink instanceof Deaf) {
                throw new IllegalStateException("nobody hears it");
            }
            told.add("%s %s: %s".formatted(key, why.code(), why.reason()));
        }
    };

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void oneLoadIsForAllWhoCome() {
        enter(m1, "a", 5);
        enter(m1, "b", 6);
        enter(m2, "c", 7);

        assertThat(m1.wakes).hasSize(1);
        assertThat(m2.wakes).hasSize(1);
        assertThat(room.waiting()).isEqualTo(3);
        assertThat(told).isEmpty();

        m1.wakes.getFirst().told(null);
        assertThat(told).containsExactly("a goes on, it came at 5", "b goes on, it came at 6");
        assertThat(room.waiting()).isEqualTo(1);

        enter(m1, "d", 8);
        assertThat(m1.wakes).as("it may have left again").hasSize(2);
    }

    @Test
    void aFailureIsTheReasonForAll() {
        enter(m1, "a", 5);
        enter(m1, "b", 6);
        m1.wakes.getFirst().told(new ServingException(ErrorCode.MODEL_FAILED, "it is broken"));

        assertThat(told).containsExactly("m/1 MODEL_FAILED: it is broken", "m/1 MODEL_FAILED: it is broken");
        assertThat(room.waiting()).isZero();
    }

    @Test
    void onlySoManyWait() {
        enter(m1, "a", 5);
        enter(m1, "b", 5);
        enter(m2, "c", 5);
        enter(m2, "d", 5);

        assertThat(told)
                .containsExactly(
                        "m/2 OVERLOADED: 3 requests wait already for models to be loaded (expected: fewer than on-demand.max-waiting)");
        assertThat(room.waiting()).isEqualTo(3);
    }

    @Test
    void whoseTimeIsUpIsTold() throws InterruptedException {
        room.enter(m1, request("a", 2_000), new Sink(), 1_000, host);
        enter(m1, "b", 1_000);
        now.set(2_000);

        assertThat(next()).isEqualTo("m/1 DEADLINE_EXCEEDED: Request timeout expired");
        assertThat(room.waiting()).isEqualTo(1);

        now.set(1_000 + Duration.ofSeconds(60).toNanos());
        assertThat(next())
                .isEqualTo("m/1 NOT_READY: model 'm' version 1 was not loaded within on-demand.max-wait, PT1M");
        assertThat(m1.wakes).hasSize(1);

        enter(m1, "c", now.get());
        assertThat(m1.wakes).as("its load is still under way").hasSize(1);
    }

    @Test
    void aRequestsOwnTimeoutHoldsWhileItWaits() throws InterruptedException {
        InferenceRequest hasty =
                new InferenceRequest("m", "", "a", List.of(), List.of(), InferenceRequest.NO_DEADLINE, 500, 0, 0);
        now.set(1_499);
        room.enter(m1, hasty, new Sink(), 1_000, host);
        assertThat(room.waiting()).isEqualTo(1);
        now.set(1_500);

        assertThat(next()).isEqualTo("m/1 DEADLINE_EXCEEDED: Request timeout expired");
        assertThat(room.waiting()).isZero();
    }

    @Test
    void whatNobodyWaitsForIsForgotten() throws InterruptedException {
        room.enter(m1, request("a", 2_000), new Sink(), 1_000, host);
        OnDemandVersion.Asker asker = m1.wakes.getFirst();
        assertThat(asker.stillWants()).isTrue();
        now.set(2_000);
        assertThat(next()).startsWith("m/1 DEADLINE_EXCEEDED");

        assertThat(asker.stillWants()).isFalse();
        enter(m1, "b", 2_000);
        assertThat(m1.wakes).as("the first again").hasSize(2);
        assertThat(m1.wakes.getLast().stillWants()).isTrue();
    }

    @Test
    void whatOneDoesIsNothingToTheOthers() {
        enter(m1, "throws", 5);
        enter(m1, "fails", 6);
        enter(m1, "c", 7);
        m1.wakes.getFirst().told(null);
        assertThat(told)
                .containsExactly(
                        "m/1 INTERNAL: the request failed; see the log",
                        "m/1 INTERNAL: the request failed; see the log",
                        "c goes on, it came at 7");

        told.clear();
        room.enter(m1, request("deaf", InferenceRequest.NO_DEADLINE), new Deaf(), 5, host);
        enter(m1, "d", 8);
        room.close();
        assertThat(told).containsExactly("m/1 NOT_READY: the server is stopping");
    }

    @Test
    void whoGoesAwayMakesRoom() throws InterruptedException {
        Sink sink = new Sink();
        room.enter(m1, request("a", InferenceRequest.NO_DEADLINE), sink, 5, host);
        sink.abandoned = true;

        assertThat(next()).isEqualTo("m/1 CANCELLED: the caller went away");
        assertThat(room.waiting()).isZero();
    }

    @Test
    void whoWaitsWhenItClosesIsRefused() {
        enter(m1, "a", 5);
        room.close();
        enter(m1, "b", 5);

        assertThat(told)
                .containsExactly("m/1 NOT_READY: the server is stopping", "m/1 NOT_READY: the server is stopping");
        m1.wakes.getFirst().told(null);
        assertThat(told).hasSize(2);
    }

    private void enter(Sleeping version, String id, long arrivedNanos) {
        room.enter(version, request(id, InferenceRequest.NO_DEADLINE), new Sink(), arrivedNanos, host);
    }

    private String next() throws InterruptedException {
        String first = told.poll(120, TimeUnit.SECONDS);
        return first == null ? "nothing" : first;
    }

    private static InferenceRequest request(String id, long deadlineNanos) {
        return new InferenceRequest("m", "", id, List.of(), List.of(), deadlineNanos);
    }

    /// Remembers who wants it.
    private static final class Sleeping implements OnDemandVersion {
        private final ModelKey key;
        private final List<Asker> wakes = new ArrayList<>();

        Sleeping(String model, long version) {
            this.key = new ModelKey(model, version);
        }

        @Override
        public ModelKey key() {
            return key;
        }

        @Override
        public Signature signature() {
            throw new AssertionError("nobody asks");
        }

        @Override
        @SuppressWarnings("MustBeClosedChecker")
        public @Nullable Lease tryLease() {
            return null;
        }

        @Override
        public void wake(Asker done) {
            wakes.add(done);
        }
    }

    /// Its refusal fails.
    private static final class Deaf extends Sink {}

    private static class Sink implements ReplySink {
        private volatile boolean abandoned;

        @Override
        public void resolved(ModelKey key) {
            throw new AssertionError("its host does that");
        }

        @Override
        public void reply(InferenceReply reply) {
            throw new AssertionError("its host does that");
        }

        @Override
        public void fail(ErrorCode code, String message) {
            throw new AssertionError("its host does that");
        }

        @Override
        public boolean abandoned() {
            return abandoned;
        }
    }
}
