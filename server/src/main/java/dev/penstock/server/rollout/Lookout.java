package dev.penstock.server.rollout;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.TickThread;
import dev.penstock.router.rollout.Candidate;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.split.RouteSpec;
import dev.penstock.server.routing.RouteJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/// Judges rollouts while the thread that looks after them waits for the record, from what that knew last, and
/// takes candidates from callers here that are to be rolled back. It decides nothing else, and writes
/// nothing: once that thread goes on, it finds the same itself, or what was held here is released. Needs no
/// record and no lock that anybody holds who waits for it.
final class Lookout {
    private static final System.Logger LOG = System.getLogger(Lookout.class.getName());
    private static final Duration LOOK = Duration.ofMillis(500);

    /// Of a thread that ticks each second.
    private static final Duration LATE = Duration.ofMillis(1200);

    private final Around around;
    private final RolloutMachine machine;
    private final Watch watch;
    private final TickThread thread;
    private final ReentrantLock lock = new ReentrantLock();

    @GuardedBy("lock")
    private final List<Held> held = new ArrayList<>();

    private volatile Known known = new Known(0, Long.MAX_VALUE, List.of(), Map.of());

    /// What there was after a tick.
    ///
    /// @param number of ticks so far
    /// @param atMillis when, of [Around#up]
    /// @param drives that this server drives
    /// @param all that are under way, and those that have begun since, by id
    private record Known(long number, long atMillis, List<Drive> drives, Map<String, RolloutSpec> all) {
        Known with(String id, RolloutSpec spec) {
            Map<String, RolloutSpec> more = new HashMap<>(all);
            more.put(id, spec);
            return new Known(number, atMillis, drives, Map.copyOf(more));
        }
    }

    /// @param tick the last whole one when it was held
    private record Held(String id, String route, String arm, long tick) {}

    Lookout(Around around, RolloutMachine machine) {
        this.around = around;
        this.machine = machine;
        this.watch = new Watch(around);
        this.thread =
                new TickThread("rollouts-lookout", "judging rollouts without their record", LOG, LOOK, this::look);
    }

    void start() {
        thread.start();
    }

    /// A tick is over. What was held here is that tick's matter, or is released: but for what was held during
    /// it, or just before, which it may have missed.
    ///
    /// @param drives that this server drives; nobody else changes them
    /// @param all that are under way, by id
    /// @param wanted arms that are held by rollouts themselves, by id
    void ticked(List<Drive> drives, Map<String, RolloutSpec> all, Map<String, List<String>> wanted) {
        lock.lock();
        try {
            long number = known.number() + 1;
            known = new Known(number, around.up().millis(), List.copyOf(drives), Map.copyOf(all));
            for (Held each : List.copyOf(held)) {
                if (each.tick() + 2 <= number) {
                    held.remove(each);
                    if (!wanted.getOrDefault(each.id(), List.of()).contains(each.arm())) {
                        around.published().release(each.route(), each.arm());
                    }
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// One has begun since the last tick.
    void begun(String id, RolloutSpec spec) {
        lock.lock();
        try {
            known = known.with(id, spec);
        } finally {
            lock.unlock();
        }
    }

    /// Looks once. The thread does that.
    void look() {
        Known now = known;
        if (around.up().millis() - now.atMillis() < LATE.toMillis()) {
            return;
        }
        for (Drive drive : now.drives()) {
            List<String> taken = taken(drive, around.time().millis());
            if (!taken.isEmpty()) {
                hold(drive.record.id(), drive.spec.route(), taken, now.number());
            }
        }
    }

    /// Somebody wants a rollout ended, and cannot be heard yet: its candidates get nothing here until then,
    /// whoever drives it.
    void hold(String id) {
        Known now = known;
        RolloutSpec spec = now.all().get(id);
        if (spec != null) {
            List<String> arms = spec.candidates().stream().map(Candidate::arm).toList();
            hold(id, spec.route(), arms, now.number());
        }
    }

    /// Of all that was counted since the last whole tick.
    private List<String> taken(Drive drive, long nowMillis) {
        Since since = drive.since;
        Optional<RouteSpec> route = around.records().known().stream()
                .filter(each -> each.name().equals(drive.spec.route()))
                .findFirst()
                .flatMap(RouteJson::readable);
        if (since == null || route.isEmpty()) {
            return List.of();
        }
        RolloutMachine.Tick tick =
                machine.tick(drive.spec, drive.state, watch.meanwhile(drive, since.copy(), route.get()), nowMillis);
        return RouteEdits.taken(drive.spec, tick.state());
    }

    private void hold(String id, String route, List<String> arms, long tick) {
        lock.lock();
        try {
            for (String arm : arms) {
                Held next = new Held(id, route, arm, tick);
                if (!held.contains(next)) {
                    held.add(next);
                    around.published().hold(next.route(), arm);
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "rollout {0}: arm {1} gets no requests here, which is recorded once the record answers",
                            next.id(),
                            arm);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /// Whoever owns this closes it.
    TickThread thread() {
        return thread;
    }
}
