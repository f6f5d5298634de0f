package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.bench.Direct.Way;
import dev.penstock.loadtest.bench.Servers.Stock;
import dev.penstock.loadtest.engine.LoadRun;
import dev.penstock.loadtest.target.ProcessCpu;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What scenarios share: the processes, each started when it is first needed and kept, and the turns they take.
/// Owns the processes. One thread uses it; another may close it.
public final class Bench implements AutoCloseable {
    private static final Duration ECHO_PATIENCE = Duration.ofMinutes(1);

    private final Installation installation;
    private final Cores cores;
    private final Tempo tempo;
    private final Consumer<String> progress;
    private final Servers servers;
    private final Subjects subjects;
    private final LoadRun generator;
    private final Expected expected = new Expected(subject -> direct().answers(subject));
    private static final Pattern LOAD = Pattern.compile(" \\d+ x .*");

    private final Set<Warm> warm = new HashSet<>();
    private final Set<Asked> everAsked = new HashSet<>();
    private final Map<Load, Double> stockMicros = new HashMap<>();
    private final Deque<Child> children = new ArrayDeque<>();
    private @Nullable Server penstock;
    private @Nullable Stock stock;
    private Optional<Server> node = Optional.empty();
    private boolean nodeTried;
    private @Nullable Direct direct;
    private boolean closed;

    /// A process that was asked in that way at all, with however many connections: each way is other code to
    /// compile.
    private record Asked(Child process, String wire) {
        static Asked by(Child process, String how) {
            return new Asked(process, LOAD.matcher(how).replaceFirst(""));
        }
    }

    /// A process that was warmed up for a task.
    private record Warm(Child process, String who, String subject, String how) {}

    public Bench(
            Installation installation, Cores cores, Tempo tempo, LongSupplier nanoClock, Consumer<String> progress) {
        this.installation = installation;
        this.cores = cores;
        this.tempo = tempo;
        this.progress = progress;
        this.servers = new Servers(installation, progress, this::own);
        this.subjects = Subjects.in(installation.work(), installation.examples());
        this.generator = new LoadRun(nanoClock);
        cores.moveToGeneratorCore();
    }

    Tempo tempo() {
        return tempo;
    }

    public Cores cores() {
        return cores;
    }

    public Subjects subjects() {
        return subjects;
    }

    Path java() {
        return installation.java();
    }

    public void say(String text) {
        progress.accept(text);
    }

    /// Our server on the servers' core, with all small models.
    Server penstock() {
        if (penstock == null) {
            penstock = startPenstock(
                    "penstock",
                    List.of(subjects.repository(), subjects.examples()),
                    List.of("tiny", "tiny-alone", "floats", "image", "busy", "digits"),
                    true);
        }
        return penstock;
    }

    /// The options of its JVM; empty if it was not needed.
    List<String> penstockFlags() {
        return penstock == null ? List.of() : penstock.jvmFlags();
    }

    /// Another one of ours, on the servers' core or on both. It is kept until [#stop].
    ///
    /// @param settings more of them, as `serve` takes them
    public Server startPenstock(
            String name, List<Path> repositories, List<String> load, boolean pinned, String... settings) {
        return servers.penstock(
                name, repositories, load, List.of(settings), pinned ? cores::onServerCore : cores::onBoth);
    }

    /// The stock grpc-java server on the servers' core.
    Server stock() {
        return bothStock().usual();
    }

    /// The same process by its other port, where each run has one thread.
    Server stockOneThread() {
        return bothStock().oneThread();
    }

    private Stock bothStock() {
        if (stock == null) {
            stock = servers.stock(small(), cores::onServerCore);
        }
        return stock;
    }

    /// The Node server on the servers' core, if there can be one.
    Optional<Server> node() {
        // To install its packages takes longer than a run that only shows that it works.
        if (!nodeTried && !tempo.isSmoke()) {
            nodeTried = true;
            node = servers.node(small(), cores::onServerCore);
        }
        return node;
    }

    Stock startStock(List<Subject> models) {
        return servers.stock(models, cores::onBoth);
    }

    private List<Subject> small() {
        return List.of(subjects.tiny(), subjects.floats(), subjects.image(), subjects.digits());
    }

    /// The direct runner on the servers' core.
    Direct direct() {
        if (direct == null) {
            direct = startDirect("direct", true);
        }
        return direct;
    }

    Direct startDirect(String name, boolean pinned) {
        List<String> command = installation.directRuns();
        Child child = Child.start(
                name,
                installation.work().resolve("logs"),
                pinned ? cores.onServerCore(command) : cores.onBoth(command),
                Map.of());
        own(child);
        return Direct.of(child);
    }

    /// A server that says back what it hears, on the servers' core. It is kept until [#stop].
    Server startEcho() {
        Child child = Child.start(
                "echo", installation.work().resolve("logs"), cores.onServerCore(installation.echo()), Map.of());
        own(child);
        int port = Integer.parseInt(child.awaitLine(ECHO_PATIENCE));
        return new Server("echo", child, ProcessCpu.of(child.process()), port, 0, 0, 0);
    }

    Echoed echoed(Server echo, Subject subject, Load load) {
        return new Echoed(generator, echo, subject, load);
    }

    private synchronized void own(Child child) {
        if (closed) {
            child.close();
            throw new BenchException("the bench was ended");
        }
        children.push(child);
    }

    /// Ends a process before the others.
    public synchronized void stop(Child child) {
        if (children.remove(child)) {
            child.close();
        }
    }

    public Served served(Server server, Subject subject, Wire wire, Load load) {
        return new Served(generator, server, subject, wire, load, expected);
    }

    /// Lets contestants take turns, after each was warmed up; the order changes from round to round.
    ///
    /// @return their cells, in the order of the contestants
    List<Cell> compete(String task, List<? extends Contestant> contestants) {
        List<Cell> cells = new ArrayList<>();
        for (Contestant contestant : contestants) {
            warmUp(task, contestant);
            cells.add(contestant.cell());
        }
        for (int round = 0; round < tempo.rounds(); round++) {
            say(task + ": round " + (round + 1) + " of " + tempo.rounds());
            for (int turn = 0; turn < cells.size(); turn++) {
                int i = (turn + round) % cells.size();
                cells.set(i, cells.get(i).with(contestants.get(i).measure(tempo.begin(), tempo.measured())));
            }
        }
        return cells;
    }

    /// Warms a contestant up unless that was done; longer if nobody asked its process before.
    void warmUp(String task, Contestant contestant) {
        boolean first =
                everAsked.add(Asked.by(contestant.process(), contestant.cell().how()));
        warmUp(task, contestant, first ? tempo.atFirst() : tempo);
    }

    /// The same, as long as if nobody had asked its process before: for a subject that takes another way
    /// through it.
    void warmUpAnew(String task, Contestant contestant) {
        warmUp(task, contestant, tempo.atFirst());
    }

    /// Not as long as others, even if nobody asked its process before.
    void warmUpShortly(String task, Contestant contestant) {
        warmUp(task, contestant, tempo);
    }

    private void warmUp(String task, Contestant contestant, Tempo as) {
        Cell cell = contestant.cell();
        if (warm.add(new Warm(contestant.process(), cell.who(), cell.subject(), cell.how()))) {
            say(task + ": " + cell.who() + " warms up");
            contestant.warmUp(as);
        }
    }

    /// Another generator to check ours by; empty, with the reason told, where it is not installed.
    Optional<H2Load> h2load(Server server, Subject subject, Load load) {
        if (!H2Load.isInstalled()) {
            say("h2load: not installed, so the generator is not checked by it");
            return Optional.empty();
        }
        return Optional.of(new H2Load(server, subject, load, installation.work()));
    }

    /// Runs of the tiny model without a server, by which the machine itself is measured: naive ones, pinned
    /// ones. They belong into every competition whose bars were set on another machine.
    List<Alone> yardsticks() {
        return List.of(
                Alone.shortly(direct(), subjects.tiny(), Way.NAIVE),
                Alone.shortly(direct(), subjects.tiny(), Way.PINNED));
    }

    /// How much slower this machine is than the reference machine.
    ///
    /// @param load at which the stock server is known there
    /// @param referenceMicros what it cost there
    /// @param cells of a competition, with the [#yardsticks] as the last ones
    Slowness slowness(Load load, double referenceMicros, List<Cell> cells) {
        return new Slowness(
                stockMicros(load) / referenceMicros,
                cells.get(cells.size() - 2).fastestMicros(),
                cells.getLast().fastestMicros());
    }

    private double stockMicros(Load load) {
        Double known = stockMicros.get(load);
        if (known == null) {
            Served asked = served(stock(), subjects.tiny(), Wire.GRPC, load);
            known = compete("how slow this machine is", List.of(asked))
                    .getFirst()
                    .fastestMicros();
            stockMicros.put(load, known);
        }
        return known;
    }

    /// Tells what the stock server took for the tiny model in this run, in its best turn: a machine is not slow
    /// because a turn was disturbed.
    void stockTook(Load load, double micros) {
        stockMicros.put(load, micros);
    }

    /// Ends all processes, newest first.
    @Override
    public synchronized void close() {
        closed = true;
        while (!children.isEmpty()) {
            children.pop().close();
        }
    }
}
