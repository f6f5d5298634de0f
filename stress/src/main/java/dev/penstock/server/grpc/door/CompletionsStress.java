package dev.penstock.server.grpc.door;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE_INTERESTING;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.core.batching.BatchOutputs;
import io.netty.channel.DefaultEventLoop;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/// Outcomes come from elsewhere and from the thread of the loop, which takes some meanwhile: every call is settled
/// once, by no more wake-ups than calls.
@JCStressTest
@Outcome(id = "1, 1, 1", expect = ACCEPTABLE, desc = "both settled, by one wake-up")
@Outcome(id = "1, 1, 2", expect = ACCEPTABLE_INTERESTING, desc = "both settled, the loop looked in between")
@Outcome(expect = FORBIDDEN, desc = "an outcome was lost or settled twice")
@State
public class CompletionsStress {
    /// Where calls look for what they do not use here.
    private static final LoopContext LOOP = new LoopContext(
            new DefaultEventLoop(),
            DoorSettings.defaults(1, 1L << 30),
            NanoClock.SYSTEM,
            new ByteBudget(1 << 20),
            "stress",
            new NoModels(),
            new Bridge(List.of()));

    private final ConcurrentLinkedQueue<Runnable> eventLoop = new ConcurrentLinkedQueue<>();
    private final Completions completions = new Completions(eventLoop::add);
    private final SettledCall first = new SettledCall();
    private final SettledCall second = new SettledCall();
    private int wakes;

    @Actor
    public void complete() {
        completions.add(first.call);
    }

    @Actor
    public void completeAndLoop() {
        completions.add(second.call);
        turn();
    }

    @Arbiter
    public void judge(III_Result seen) {
        while (turn()) {
            // Until nothing wakes the loop any more.
        }
        seen.r1 = first.settled;
        seen.r2 = second.settled;
        seen.r3 = wakes;
    }

    private boolean turn() {
        Runnable task = eventLoop.poll();
        if (task == null) {
            return false;
        }
        wakes++;
        task.run();
        return true;
    }

    /// A call whose caller went away: settling it ends in [#idle].
    private static final class SettledCall implements InferOwner {
        private final InferCall call = new InferCall(LOOP);
        private int settled;

        SettledCall() {
            call.begin(this, InferenceRequest.NO_DEADLINE);
            call.held(true);
            call.leave();
        }

        @Override
        public void idle(InferCall idle) {
            settled++;
        }

        @Override
        public void succeeded(InferCall succeeded, Answer answer, BatchOutputs outputs, int firstRow) {
            throw new IllegalStateException("answered nobody (expected: settled only)");
        }

        @Override
        public void replied(InferCall replied, InferenceReply reply) {
            throw new IllegalStateException("answered nobody (expected: settled only)");
        }

        @Override
        public void failed(InferCall failed, ErrorCode code, String message, @Nullable ModelKey key) {
            throw new IllegalStateException("answered nobody (expected: settled only)");
        }

        @Override
        public @Nullable CharSequence metadata(int index) {
            return null;
        }
    }

    private static final class NoModels implements FastModels {
        @Override
        public long generation() {
            return 0;
        }

        @Override
        public @Nullable FastRoute find(String model, String version) {
            return null;
        }

        @Override
        public void infer(InferenceRequest request, ReplySink sink) {
            throw new IllegalStateException("no models here");
        }
    }
}
