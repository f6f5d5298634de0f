package dev.penstock.server.rollout;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.penstock.core.ErrorCode;
import dev.penstock.core.ServingException;
import dev.penstock.router.rollout.Command;
import dev.penstock.router.rollout.EvidenceJudge;
import dev.penstock.router.rollout.Finding;
import dev.penstock.router.rollout.RolloutMachine;
import dev.penstock.router.rollout.RolloutSpec;
import dev.penstock.router.rollout.Wish;
import dev.penstock.server.routing.RolloutGuard;
import dev.penstock.server.store.RolloutEventRecord;
import dev.penstock.server.store.RolloutRecord;
import dev.penstock.server.store.RouteEdit;
import dev.penstock.server.store.RouteStore;
import dev.penstock.server.store.StoreException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/// The rollouts of a server, and the thread that drives them. Where several servers share a record, one of
/// them drives a rollout: who started it, and another one if that is silent for a while. All of them take a
/// candidate from callers when their own guard says so.
///
/// Thread-safe; all but [#status] and [#decisions] wait for the record. While its own thread waits for that, a
/// [Lookout] judges.
public final class Rollouts implements RolloutGuard, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Rollouts.class.getName());

    private static final Duration TICK = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
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

    /// Of the rollouts' own thread only.
    private final Inspections inspections;

    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();

    /// Those that are not over.
    @GuardedBy("lock")
    private final Drives drives;

    private final Decisions decisions = new Decisions();

    /// Those that the log has told of.
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    /// The record is not read before that, of [Around#up].
    @GuardedBy("lock")
    private long readMillis;

    /// Whether it ever was.
    @GuardedBy("lock")
    private boolean read;

    private volatile boolean stale = true;
    private volatile boolean ending;

    /// What was drawn of them last, for those who cannot wait.
    private volatile List<RolloutView> shown = List.of();

    public Rollouts(Around around) {
        this.around = around;
        RolloutMachine machine = new RolloutMachine(new EvidenceJudge());
        this.driver = new Driver(around, machine, decisions);
        this.drives = new Drives(around, driver);
        this.lookout = new Lookout(around, machine);
        this.starter = new Starter(around);
        this.applying = new Applying(around, starter);
        this.ended = new Ended(around.records());
        this.inspections = new Inspections(around, machine, driver);
        this.thread = Thread.ofPlatform().name("rollouts").daemon().unstarted(this::run);
    }

    /// Goes on with what is under way, if there is a record.
    public void start() {
        if (around.admin() != null) {
            around.routes().guard(this);
            around.records().onChange(() -> stale = true);
            thread.start();
            lookout.start();
        }
    }

    private void run() {
        while (!ending) {
            try {
                tick();
            } catch (RuntimeException | Error e) {
                LOG.log(System.Logger.Level.ERROR, "looking after rollouts failed", e);
            }
            LockSupport.parkNanos(this, TICK.toNanos());
        }
    }

    /// Looks after all of them once. The thread does that; whatever becomes of one, the others go on.
    void tick() {
        lock.lock();
        try {
            readIfDue();
            for (Drive known : drives.all()) {
                tick(known);
                Drive drive = drives.get(known.record.id());
                if (drive != null && drive.state.phase().isOver() && drive.unwritten.isEmpty()) {
                    drives.end(drive);
                }
            }
            show();
            tellLookout();
        } finally {
            lock.unlock();
        }
        inspections.look();
    }

    /// As the thread of the lookout does.
    void look() {
        lookout.look();
    }

    @GuardedBy("lock")
    private void tellLookout() {
        List<Drive> mine = new ArrayList<>();
        Map<String, RolloutSpec> all = new HashMap<>();
        Map<String, List<String>> held = new HashMap<>();
        for (Drive drive : drives.all()) {
            all.put(drive.record.id(), drive.spec);
            held.put(drive.record.id(), List.copyOf(drive.held));
            if (driver.isMine(drive)) {
                mine.add(drive.copy());
            }
        }
        lookout.ticked(mine, all, held);
    }

    @GuardedBy("lock")
    private void readIfDue() {
        boolean wanted = stale || drives.hasOthers();
        long now = around.up().millis();
        if (!wanted || now < readMillis || !driver.rest().mayRead()) {
            return;
        }
        try {
            boolean mine = stale;
            stale = false;
            drives.read(mine);
            read = true;
        } catch (StoreException | ServingException e) {
            // What serves goes on as it is, and what is known is judged.
            stale = true;
            readMillis = around.up().millis() + PATIENCE.toMillis();
            if (e instanceof ServingException away) {
                driver.rest().readFailed(away);
            }
            // While a server starts, its record is still being opened; whoever opens it tells of what goes
            // wrong.
            System.Logger.Level level = read ? System.Logger.Level.WARNING : System.Logger.Level.DEBUG;
            LOG.log(level, "rollouts: the record cannot be read: {0}", e.getMessage());
        }
    }

    @GuardedBy("lock")
    private void tick(Drive drive) {
        String waited = drive.waitsFor;
        try {
            try {
                driver.counting().receive(drive);
                driver.tick(drive);
                driver.counting().send(drive);
            } catch (StoreException e) {
                // Somebody else wrote it: a person on another server, or who drives it now.
                stale = true;
                var _ = drives.reread(drive.record.id());
            }
        } catch (ServingException e) {
            drive.waitsFor = e.reason();
            // Each second says the same.
            boolean told = waited.equals(e.reason());
            LOG.log(
                    told ? System.Logger.Level.DEBUG : System.Logger.Level.WARNING,
                    "rollout {0}: {1}",
                    drive.record.id(),
                    e.reason());
        } catch (RuntimeException e) {
            drive.waitsFor = "it cannot be looked after: " + e;
            LOG.log(System.Logger.Level.ERROR, "rollout " + drive.record.id() + " cannot be looked after", e);
        }
    }

    static boolean isOver(RolloutRecord record) {
        return record.isOver();
    }

    @GuardedBy("lock")
    private void show() {
        shown = drives.all().stream()
                .map(Drive::view)
                .sorted(Comparator.comparing(RolloutView::id))
                .toList();
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
            show();
            return begun.view();
        } finally {
            lock.unlock();
            LockSupport.unpark(thread);
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
            show();
        } finally {
            lock.unlock();
            LockSupport.unpark(thread);
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
        if (!lock.tryLock()) {
            if (wish.command() == Command.ABORT) {
                // Who has it may wait for the record.
                lookout.hold(id);
            }
            lock.lock();
        }
        try {
            for (int i = 0; i < MAX_TRIES; i++) {
                Drive known = drives.get(id);
                Drive drive = known == null ? drives.reread(id) : known;
                if (drive == null) {
                    throw unknown(id);
                }
                try {
                    List<Finding> confirmed = driver.act(drive, wish);
                    if (drive.state.phase().isOver()) {
                        drives.end(drive);
                    }
                    show();
                    return drive.view().confirming(confirmed);
                } catch (StoreException e) {
                    var _ = drives.reread(id);
                }
            }
        } finally {
            lock.unlock();
            LockSupport.unpark(thread);
        }
        throw new ServingException(
                ErrorCode.NOT_READY, "rollout '%s' is written by others all the time; try again".formatted(id));
    }

    private ServingException unknown(String id) {
        List<String> known = shown.stream().map(RolloutView::id).toList();
        return new ServingException(
                ErrorCode.NOT_FOUND,
                "rollout '%s' is not there (under way: %s)"
                        .formatted(id, known.isEmpty() ? "none" : String.join(", ", known)));
    }

    /// One, under way or over.
    public RolloutView one(String id) {
        return driven(id)
                .orElseGet(() ->
                        judged(around.records().read(store -> store.rollout(id)).orElseThrow(() -> unknown(id))));
    }

    /// As it was a moment ago, if this server drives it. Answers at once.
    private Optional<RolloutView> driven(String id) {
        return shown.stream()
                .filter(view -> view.id().equals(id) && view.owner().equals(around.server()))
                .findFirst();
    }

    private RolloutView judged(RolloutRecord record) {
        return driver.judged(Drive.of(record)).view();
    }

    /// What is recorded and can be read, the newest first.
    ///
    /// @param route only its; all if empty
    /// @param limit at most so many: those that something happened to last
    public List<RolloutView> all(String route, int limit) {
        return around.records().read(store -> route.isEmpty() ? store.rollouts() : store.rolloutsOf(route)).stream()
                .sorted(Comparator.comparing(RolloutRecord::changed).reversed())
                .flatMap(record -> readable(record).stream())
                .limit(limit)
                .sorted(Comparator.comparingLong(
                                (RolloutView view) -> view.state().startedMillis())
                        .reversed())
                .toList();
    }

    /// That nobody can read one is no reason not to show the others.
    private Optional<RolloutView> readable(RolloutRecord record) {
        try {
            return Optional.of(driven(record.id()).orElseGet(() -> judged(record)));
        } catch (RuntimeException e) {
            if (unreadable.size() < MOST_TOLD && unreadable.add(record.id())) {
                LOG.log(System.Logger.Level.WARNING, "rollout {0} cannot be read: {1}", record.id(), e.toString());
            }
            return Optional.empty();
        }
    }

    /// What happened in one, oldest first.
    public List<RolloutEventRecord> events(String id, long after, int limit) {
        return around.records().read(store -> {
            if (store.rollout(id).isEmpty()) {
                throw unknown(id);
            }
            return store.events(id, after, limit);
        });
    }

    /// Whether nothing more will happen in one.
    public boolean isOver(String id) {
        return around.records()
                .read(store -> store.rollout(id))
                .map(Rollouts::isOver)
                .orElse(true);
    }

    @Override
    public Map<String, String> running() {
        return around.records().read(RouteStore::running);
    }

    /// Those under way as they were a moment ago. Answers at once.
    public List<RolloutView> status() {
        return shown;
    }

    /// How often what was decided since this server started. Answers at once.
    public Map<Decisions.Decision, Long> decisions() {
        return decisions.all();
    }

    /// Ends the thread. Rollouts stay as they are recorded, until a server goes on with them.
    @Override
    public void close() {
        ending = true;
        lookout.close();
        LockSupport.unpark(thread);
        try {
            if (thread.isAlive() && !thread.join(PATIENCE)) {
                LOG.log(System.Logger.Level.WARNING, "rollouts: what is under way does not end, and is left alone");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        around.gates().close();
    }
}
