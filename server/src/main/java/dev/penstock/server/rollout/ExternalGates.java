package dev.penstock.server.rollout;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.router.rollout.MetricSpec;
import dev.penstock.router.rollout.Observation.GateReading;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/// Asks a Prometheus and webhooks, each on a virtual thread of its own, one question at a time for each gate.
public final class ExternalGates implements Gates {
    private static final System.Logger LOG = System.getLogger(ExternalGates.class.getName());

    /// Gates of all rollouts together that are asked at the same time.
    private static final int MOST_AT_A_TIME = 16;

    private final GateQuestions questions;
    private final Uptime up;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final Map<String, Map<String, State>> states = new HashMap<>();

    @GuardedBy("lock")
    private int asking;

    @GuardedBy("lock")
    private boolean closed;

    /// One gate of one rollout. Its owner's lock is held.
    private static final class State {
        GateReading last;

        /// Of the server's time since it started.
        long dueMillis;
        boolean asked;

        State(String name) {
            last = new GateReading(name, Verdict.INSUFFICIENT, Double.NaN, 0, "it was not asked yet");
        }
    }

    public ExternalGates(GateQuestions questions, Uptime up) {
        this.questions = questions;
        this.up = up;
    }

    @Override
    public void check(RolloutSpec spec) {
        for (MetricSpec metric : spec.metrics()) {
            if (metric instanceof MetricSpec.Gate gate) {
                questions.check(gate);
            }
        }
    }

    @Override
    public List<GateReading> readings(String id, RolloutSpec spec, RolloutView view) {
        List<GateReading> all = new ArrayList<>();
        lock.lock();
        try {
            for (MetricSpec metric : spec.metrics()) {
                if (metric instanceof MetricSpec.Gate gate) {
                    State state =
                            states.computeIfAbsent(id, _ -> new HashMap<>()).computeIfAbsent(gate.name(), State::new);
                    if (!closed && !state.asked && up.millis() >= state.dueMillis && asking < MOST_AT_A_TIME) {
                        askIfPossible(gate, state, view);
                    }
                    all.add(state.last);
                }
            }
        } finally {
            lock.unlock();
        }
        return all;
    }

    /// A gate that cannot be asked keeps nobody else from being asked, nor the rollout from being judged.
    @GuardedBy("lock")
    private void askIfPossible(MetricSpec.Gate gate, State state, RolloutView view) {
        try {
            String body = RolloutViewJson.of(view).toString();
            Thread.ofVirtual().name("rollout-gate").start(() -> ask(gate, state, body));
            state.asked = true;
            asking++;
        } catch (RuntimeException e) {
            tell(gate, state, e);
            state.last = next(gate, state.last, unasked(e));
            state.dueMillis = up.millis() + gate.interval().toMillis();
        }
    }

    private static GateQuestions.Said unasked(Throwable cause) {
        return new GateQuestions.Said(Verdict.INSUFFICIENT, Double.NaN, "it could not be asked: " + cause);
    }

    /// Once for each reason.
    @GuardedBy("lock")
    private void tell(MetricSpec.Gate gate, State state, RuntimeException cause) {
        if (!state.last.detail().equals(unasked(cause).detail())) {
            LOG.log(System.Logger.Level.WARNING, "asking gate " + gate.name() + " failed", cause);
        }
    }

    private void ask(MetricSpec.Gate gate, State state, String body) {
        // Whatever goes wrong, it is asked again.
        GateQuestions.Said said = new GateQuestions.Said(Verdict.INSUFFICIENT, Double.NaN, "it could not be asked");
        try {
            said = questions.ask(gate, body);
        } catch (RuntimeException e) {
            said = unasked(e);
            failed(gate, state, e);
        } finally {
            answered(gate, state, said);
        }
    }

    private void failed(MetricSpec.Gate gate, State state, RuntimeException cause) {
        lock.lock();
        try {
            tell(gate, state, cause);
        } finally {
            lock.unlock();
        }
    }

    private void answered(MetricSpec.Gate gate, State state, GateQuestions.Said said) {
        lock.lock();
        try {
            state.last = next(gate, state.last, said);
            state.dueMillis = up.millis() + gate.interval().toMillis();
            state.asked = false;
            asking--;
        } finally {
            lock.unlock();
        }
    }

    /// No answer, and an answer without a number, say nothing: failures that were stay as they were.
    static GateReading next(MetricSpec.Gate gate, GateReading before, GateQuestions.Said said) {
        int failures = switch (said.verdict()) {
            case PASS -> 0;
            case FAIL -> before.failures() + 1;
            case INSUFFICIENT -> before.failures();
        };
        Verdict verdict = said.verdict() == Verdict.PASS
                ? Verdict.PASS
                : failures >= gate.failureLimit() ? Verdict.FAIL : Verdict.INSUFFICIENT;
        return new GateReading(gate.name(), verdict, said.value(), failures, said.detail());
    }

    @Override
    public void forget(String id) {
        lock.lock();
        try {
            states.remove(id);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        questions.close();
    }
}
