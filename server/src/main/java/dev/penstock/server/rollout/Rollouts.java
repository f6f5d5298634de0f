package dev.penstock.server.rollout;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.core.TickThread;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.Wish;
import dev.penstock.server.routing.RolloutGuard;
import dev.penstock.server.store.RolloutEventRecord;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteStore;
import dev.penstock.server.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;

/// The rollouts of a server, and the thread that drives them. Where several servers share a record, one of
/// them drives a rollout: who started it, and another one if that is silent for a while. All of them take a
/// candidate from callers when their own guard says so.
///
/// Thread-safe; all but [#status] and [#decisions] wait for the record. While its own thread waits for that, a
/// [Lookout] judges.
public final class Rollouts implements RolloutGuard, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Rollouts.class.getName());

    /// How long the thread rests between two looks.
    public static final Duration TICK = Duration.ofSeconds(1);

    private static final int MAX_TRIES = 10;

    /// What one answer tells of at most, and if nobody says how many.
    public static final int MOST_TOLD = 1000;

    public static final int USUALLY_TOLD = 100;

    private final Around around;
    private final Driver driver;
    private final Lookout lookout;
    private final Starter starter;
    private final Applying applying;
    private final Ended ended;
    private final RolloutReader reader;

    /// Of the rollouts' own thread only.
    private final Inspections inspections;

    private final TickThread thread;
    private final ReentrantLock lock = new ReentrantLock();

    /// Those that are not over.
    @GuardedBy("lock")
    private final Drives drives;

    @GuardedBy("lock")
    private final Rounds rounds;

    /// Whether the record was changed by somebody.
    private final AtomicBoolean stale = new AtomicBoolean(true);

    private final Decisions decisions = new Decisions();

    public Rollouts(Around around) {
        this(around, TICK);
    }

    public Rollouts(Around around, Duration tick) {
        this.around = around;
        RolloutMachine machine = new RolloutMachine(new EvidenceJudge());
        this.driver = new Driver(around, machine, decisions);
        this.drives = new Drives(around, driver);
        this.lookout = new Lookout(around, machine);
        this.rounds = new Rounds(around, driver, drives, lookout, stale);
        this.reader = new RolloutReader(around);
        this.starter = new Starter(around);
        this.applying = new Applying(around, starter);
        this.ended = new Ended(around.records());
        this.inspections = new Inspections(around, machine, driver);
        this.thread = new TickThread("rollouts", "looking after rollouts", LOG, tick, this::tick);
    }

    /// Goes on with what is under way, if there is a record.
    public void start() {
        if (around.admin() != null) {
            around.routes().guard(this);
            around.records().onChange(() -> stale.set(true));
            thread.start();
            lookout.start();
        }
    }

    /// Looks after all of them once. The thread does that.
    void tick() {
        lock.lock();
        try {
            rounds.make();
            reader.show(drives.all());
        } finally {
            lock.unlock();
        }
        inspections.look();
    }

    /// As the thread of the lookout does.
    void look() {
        lookout.look();
    }

    /// Starts one.
    ///
    /// @param who for the audit log
    /// @throws ServingException if it cannot be
    public RolloutView start(RolloutJson.Order order, String who) {
        RolloutView view = begin(order, who);
        // It reads all there are: nobody is to wait for that.
        ended.prune(view.spec().route());
        return view;
    }

    private RolloutView begin(RolloutJson.Order order, String who) {
        // Only who asks waits until versions are fetched and loaded.
        String route = order.spec().route();
        starter.load(order, who, running(route), around.routes().draft());
        RouteEdit edit = starter.begin(order, running(route), around.routes().draft());
        lock.lock();
        try {
            Drive begun = starter.start(edit, who);
            add(begun);
            reader.show(drives.all());
            return begun.view();
        } finally {
            lock.unlock();
            thread.wake();
        }
    }

    @GuardedBy("lock")
    private void add(Drive begun) {
        drives.add(begun);
        lookout.begun(begun.record.id(), begun.spec);
    }

    /// What would be started, with nothing left out, and whether it would be refused; nothing happens.
    ///
    /// @throws ServingException if it cannot be
    public RolloutPlan plan(RolloutJson.Order order) {
        return starter.plan(
                order, running(order.spec().route()), around.routes().draft());
    }

    /// Has routes and rollouts be so, all of it or nothing.
    ///
    /// @param dryRun only find out whether they could be
    /// @throws ServingException if the record cannot be read or written
    public ApplyPlan apply(ApplyOrder order, boolean dryRun, String who) {
        // Who looks after the others does not wait for this, nor until versions are fetched and loaded.
        Applying.Draft draft = applying.draft(order);
        if (dryRun || draft.isRefused()) {
            return draft.plan();
        }
        List<RouteEdit> edits = applying.edits(order, draft, who);
        List<Drive> begun = new ArrayList<>();
        ApplyPlan done;
        lock.lock();
        try {
            done = applying.apply(draft, edits, who, begun::add);
            begun.forEach(this::add);
            reader.show(drives.all());
        } finally {
            lock.unlock();
            thread.wake();
        }
        begun.forEach(drive -> ended.prune(drive.spec.route()));
        return done;
    }

    /// Forgets one that is over.
    ///
    /// @param reason for the audit log
    /// @throws ServingException if it is not there
    /// @throws StillRunning if it is not over
    public void forget(String id, String who, String reason) {
        ended.forget(id, who, reason);
    }

    /// Does what a person wants.
    ///
    /// @throws ServingException if there is no such rollout, or an arm is none of its candidates
    /// @throws dev.penstock.router.rollout.OutOfPlace if it is where that cannot be done
    public RolloutView act(String id, Wish wish) {
        lockFor(id, wish);
        try {
            for (int i = 0; i < MAX_TRIES; i++) {
                Optional<RolloutView> acted = tryAct(known(id, wish), wish);
                if (acted.isPresent()) {
                    return acted.get();
                }
            }
        } finally {
            lock.unlock();
            thread.wake();
        }
        throw new ServingException(
                ErrorCode.NOT_READY, "rollout '%s' is written by others all the time; try again".formatted(id));
    }

    private void lockFor(String id, Wish wish) {
        if (!lock.tryLock()) {
            if (wish.command() == Command.ABORT) {
                // Who has it may wait for the record.
                lookout.hold(id);
            }
            lock.lock();
        }
    }

    /// @throws ServingException if it is not there
    @GuardedBy("lock")
    private Drive known(String id, Wish wish) {
        Drive drive = drives.asSeen(id, wish.seen());
        if (drive == null) {
            throw reader.unknown(id);
        }
        return drive;
    }

    /// @return nothing if somebody else wrote it meanwhile
    @GuardedBy("lock")
    private Optional<RolloutView> tryAct(Drive drive, Wish wish) {
        try {
            List<Finding> confirmed = driver.act(drive, wish);
            if (drive.state.phase().isOver()) {
                drives.end(drive);
            }
            reader.show(drives.all());
            return Optional.of(drive.view().confirming(confirmed));
        } catch (StoreException e) {
            var _ = drives.reread(drive.record.id());
            return Optional.empty();
        }
    }

    /// One, under way or over.
    ///
    /// @throws ServingException if it is not there
    public RolloutView one(String id) {
        return reader.one(id);
    }

    /// What is recorded and can be read, the newest first.
    ///
    /// @param route only its; all if empty
    /// @param limit at most so many: those that something happened to last
    public List<RolloutView> all(String route, int limit) {
        return reader.all(route, limit);
    }

    /// What happened in one, oldest first.
    ///
    /// @throws ServingException if it is not there
    public List<RolloutEventRecord> events(String id, long after, int limit) {
        return reader.events(id, after, limit);
    }

    /// Whether nothing more will happen in one.
    public boolean isOver(String id) {
        return reader.isOver(id);
    }

    @Override
    public Map<String, String> running() {
        return around.records().read(RouteStore::running);
    }

    /// Those under way as they were a moment ago. Answers at once.
    public List<RolloutView> status() {
        return reader.status();
    }

    /// How often what was decided since this server started. Answers at once.
    public Map<Decisions.Decision, Long> decisions() {
        return decisions.all();
    }

    /// Ends the threads. Rollouts stay as they are recorded, until a server goes on with them.
    @Override
    public void close() {
        // Both may wait for the same record.
        TickThread.close(List.of(lookout.thread(), thread));
        around.gates().close();
    }
}
