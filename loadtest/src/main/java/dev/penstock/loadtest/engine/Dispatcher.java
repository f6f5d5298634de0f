package dev.penstock.loadtest.engine;

import dev.penstock.loadtest.engine.Course.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Decides when which connection sends what, and enters what became of it. Confined to one loop.
final class Dispatcher {
    private final LoadPlan plan;
    private final Counts counts;
    private final Limits limits;
    private final List<Connection> connections = new ArrayList<>();
    private final boolean closedLoop;
    private final long restNanos;
    private final int maxWaiting;

    /// What is due and could not be sent, and what connections handed back.
    private final Backlog backlog;

    private final int[] untilVerified;
    private final Course course;
    private final long startNanos;
    private final @Nullable Arrivals arrivals;
    private final Turns turns;
    private int nextConnection;

    /// Of the last request that was begun; those of the other threads are between.
    private long number;

    private long outstanding;

    /// When requests last waited though places may have been free, as a connection was lost or being made.
    private long awayNanos;

    private boolean counting;
    private boolean noMoreArrivals;

    /// Until when nothing is begun; only while `resting`.
    private long restedNanos;

    private boolean resting;

    /// @param part which of the plan's threads this loop is
    /// @param connections those of the plan's that are this loop's
    Dispatcher(LoadPlan plan, int part, List<Connection> connections, long startNanos, Counts counts, Limits limits) {
        this.plan = plan;
        this.counts = counts;
        this.limits = limits;
        this.startNanos = startNanos;
        this.awayNanos = startNanos - 1;
        this.connections.addAll(connections);
        this.untilVerified = new int[plan.payloads().size()];
        this.course = Course.of(plan.extent(), startNanos, part, plan.threads());
        this.number = part + 1L - plan.threads();
        this.turns = new Turns(plan.order(), plan.payloads());
        this.closedLoop = !(plan.pacing() instanceof Pacing.Open);
        this.arrivals = plan.pacing() instanceof Pacing.Open open ? arrivals(open, part) : null;
        this.restNanos = plan.pacing() instanceof Pacing.Resting(Duration rest) ? rest.toNanos() : 0;
        this.maxWaiting =
                plan.pacing() instanceof Pacing.Open open ? Math.ceilDiv(open.maxWaiting(), plan.threads()) : 0;
        this.backlog = new Backlog(maxWaiting + plan.places());
    }

    private Arrivals arrivals(Pacing.Open pacing, int part) {
        double rate = (double) connections.size() / plan.connections();
        Duration warmUp = plan.extent() instanceof Extent.During during ? during.warmUp() : Duration.ZERO;
        return Arrivals.of(pacing, new Arrivals.Share(rate, part, plan.threads()), warmUp);
    }

    /// Begins what is due.
    void dispatch(long nowNanos) {
        takeArrivals(nowNanos, nowNanos);
        if (resting && restedNanos - nowNanos <= 0) {
            resting = false;
            connections.forEach(connection -> fill(connection, nowNanos));
        }
        while (isAnyWaiting(nowNanos)) {
            Connection connection = freeConnection();
            if (connection == null) {
                lookForLost(nowNanos);
                break;
            }
            beginWaiting(connection, nowNanos);
        }
        for (Connection connection : connections) {
            connection.sendBegun();
        }
    }

    /// Notes what is due by then.
    ///
    /// @param nowNanos when that is noticed
    void takeArrivals(long toNanos, long nowNanos) {
        if (arrivals == null) {
            return;
        }
        for (long due = nextDueNanos(arrivals); !noMoreArrivals && due - toNanos <= 0; due = nextDueNanos(arrivals)) {
            Verdict verdict = course.next(due);
            noMoreArrivals = verdict == Verdict.NO_MORE;
            if (!noMoreArrivals) {
                arrivals.advance();
                await(due, nowNanos, verdict == Verdict.COUNTED);
            }
        }
    }

    private long nextDueNanos(Arrivals times) {
        long next = times.nextNanos();
        if (next == Arrivals.NEVER) {
            noMoreArrivals = true;
            course.runDry();
        }
        return startNanos + next;
    }

    private void await(long dueNanos, long nowNanos, boolean measured) {
        boolean room = backlog.size() < maxWaiting && backlog.offer(dueNanos, nowNanos, measured);
        if (measured) {
            counts.due(room);
            outstanding += room ? 1 : 0;
            counts.noticed(nowNanos - dueNanos);
        }
    }

    private @Nullable Connection freeConnection() {
        int count = connections.size();
        for (int i = 0; i < count; i++) {
            Connection connection = connections.get(nextConnection);
            nextConnection = nextConnection + 1 == count ? 0 : nextConnection + 1;
            if (connection.canBegin()) {
                return connection;
            }
        }
        return null;
    }

    private void lookForLost(long nowNanos) {
        for (Connection connection : connections) {
            if (!connection.isReady()) {
                awayNanos = nowNanos;
                return;
            }
        }
    }

    /// Begins as many requests as a closed loop may have under way.
    private void fill(Connection connection, long nowNanos) {
        while (connection.canBegin()) {
            if (isAnyWaiting(nowNanos)) {
                beginWaiting(connection, nowNanos);
                continue;
            }
            Verdict verdict = course.next(nowNanos);
            if (verdict == Verdict.NO_MORE) {
                return;
            }
            boolean measured = verdict == Verdict.COUNTED;
            if (measured) {
                counts.due(true);
                outstanding++;
            }
            begin(connection, nowNanos, nowNanos, measured);
        }
    }

    /// Whether something waits that is worth sending; what is not is dropped.
    private boolean isAnyWaiting(long nowNanos) {
        while (!backlog.isEmpty() && limits.isPast(nowNanos - backlog.oldestDueNanos())) {
            dropWaiting(Codes.DEADLINE_EXCEEDED, nowNanos);
        }
        return !backlog.isEmpty();
    }

    /// Ends the oldest that waits with that code.
    private void dropWaiting(int code, long nowNanos) {
        // It would have had its turn.
        int payload = turns.next();
        if (backlog.oldestIsMeasured()) {
            beginCounting(nowNanos);
            outstanding--;
            endWaiting(nowNanos);
            counts.neverSent(payload, code, backlog.oldestDueNanos(), nowNanos);
        }
        backlog.drop();
    }

    private void beginWaiting(Connection connection, long nowNanos) {
        long due = backlog.oldestDueNanos();
        boolean measured = backlog.oldestIsMeasured();
        if (measured) {
            endWaiting(nowNanos);
        }
        backlog.drop();
        begin(connection, due, nowNanos, measured);
    }

    /// What waited while a connection was away did not wait for a place.
    private void endWaiting(long nowNanos) {
        long since = backlog.oldestSinceNanos();
        if (since - awayNanos > 0) {
            counts.waitedForPlace(nowNanos - since);
        }
    }

    private void beginCounting(long nowNanos) {
        if (!counting) {
            counting = true;
            counts.begun(nowNanos);
            // The first that count are verified, whatever was during the warm-up.
            Arrays.fill(untilVerified, 0);
        }
    }

    private void begin(Connection connection, long dueNanos, long nowNanos, boolean measured) {
        if (measured) {
            beginCounting(nowNanos);
        }
        int payload = turns.next();
        boolean verify = untilVerified[payload] == 0;
        untilVerified[payload] = verify ? plan.verifyEvery() - 1 : untilVerified[payload] - 1;
        number += plan.threads();
        connection.begin(payload, number, dueNanos, nowNanos, measured, verify);
    }

    // What connections tell.

    void ready(Connection connection, long nowNanos) {
        if (closedLoop) {
            fill(connection, nowNanos);
        }
    }

    void answered(Connection connection, Slot slot, int code, boolean verified, long nowNanos) {
        if (slot.measured) {
            outstanding--;
            counts.answered(slot, code, verified, nowNanos);
        }
        if (restNanos > 0) {
            resting = true;
            restedNanos = nowNanos + restNanos;
        } else if (closedLoop) {
            fill(connection, nowNanos);
        }
    }

    void handedBack(Slot slot, long nowNanos) {
        awayNanos = nowNanos;
        if (!backlog.offer(slot.dueNanos, nowNanos, slot.measured)) {
            throw new IllegalStateException("waiting requests: " + backlog.size() + " (expected: fewer)");
        }
    }

    // What the loop asks for.

    /// How long nothing will be due, at most `maxNanos`.
    long patienceNanos(long nowNanos, long maxNanos) {
        if (resting) {
            return Math.clamp(restedNanos - nowNanos, 0, maxNanos);
        }
        if (arrivals == null || noMoreArrivals) {
            return maxNanos;
        }
        return Math.clamp(nextDueNanos(arrivals) - nowNanos, 0, maxNanos);
    }

    /// Which requests count.
    Course course() {
        return course;
    }

    /// Ends what has no answer.
    void giveUpRest(long nowNanos) {
        for (Connection connection : connections) {
            for (Slot slot : connection.slots) {
                if (slot.busy && slot.measured) {
                    counts.unfinished(slot, nowNanos);
                }
            }
        }
        while (!backlog.isEmpty()) {
            dropWaiting(Codes.UNFINISHED, nowNanos);
        }
    }

    /// Requests that count and have no answer.
    long outstanding() {
        return outstanding;
    }
}
