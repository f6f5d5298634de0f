package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.engine.LoadResult;
import dev.penstock.loadtest.engine.LoadRun;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.Steadiness.Settling;
import dev.penstock.loadtest.scenario.Load;
import dev.penstock.loadtest.scenario.MixEntry;
import dev.penstock.loadtest.scenario.Scenario;
import dev.penstock.loadtest.scenario.Tempo;
import dev.penstock.loadtest.scenario.Units;
import dev.penstock.loadtest.target.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Puts loads on a server, one after the other. Not thread safe.
final class StageRunner {
    private final Target target;
    private final Plans plans;
    private final LoadRun engine;
    private final StageView view;
    private final Stop stop;
    private final StageResults results;
    private final List<String> models;
    private final List<String> findings = new ArrayList<>();
    private final Map<String, Integer> names = new HashMap<>();

    StageRunner(
            Scenario scenario,
            Target target,
            List<Payload> payloads,
            LongSupplier nanoClock,
            StageView view,
            Stop stop) {
        this.target = target;
        this.plans = new Plans(scenario, target.address(), payloads);
        this.engine = new LoadRun(nanoClock);
        this.view = view;
        this.stop = stop;
        this.results = new StageResults(scenario);
        this.models = scenario.mix().stream().map(MixEntry::model).distinct().toList();
    }

    /// Looks whether loads can be put on a server, without asking it.
    ///
    /// @throws dev.penstock.loadtest.scenario.ScenarioError naming what is wrong with the first that cannot
    void check(List<Load> loads, Tempo tempo) {
        for (Load load : loads) {
            plans.check(load, tempo);
        }
    }

    /// Warms up, measures, and waits for the last answers.
    ///
    /// @param settings that were changed in the server for it
    /// @return empty if it was to stop before anything was measured
    /// @throws LoadException if the load cannot be put on the server at all
    Optional<StageResult> run(Load load, Tempo tempo, Map<String, String> settings) {
        if (stop.isAsked()) {
            return Optional.empty();
        }
        String name = unique(settings.isEmpty() ? load.name() : load.name() + ", " + Sweeper.words(settings));
        view.began(name, load.description());
        Plans.Course course = plans.of(load, tempo);
        StageWatch settling = watch(tempo, tempo.settle().isPresent(), () -> {}, () -> {});
        ServerWatch server = new ServerWatch(target.cpuTime(), () -> target.counts(models));
        StageWatch measuring = watch(tempo, false, server::begin, server::end);
        List<Map<String, Long>> lost = new ArrayList<>();
        try {
            stop.waiting();
            if (course.hasBefore()) {
                view.phase(tempo.settle()
                        .map(most -> "until it is steady, at most " + Units.text(most))
                        .orElse("warming up"));
                lost.add(engine.run(course.before(), settling).lostConnections());
                stop.waiting();
            }
            Settling settled = settled(course, tempo, settling);
            view.phase(measuring(course, settled));
            LoadResult result = engine.run(course.measured(), measuring);
            lost.add(result.lostConnections());
            ConnectionWords.finding(name, lost).ifPresent(findings::add);
            StageResult stage =
                    results.of(name, load, settings, result, tempo, server.before(), server.after(), settled);
            view.ended(stage);
            return Optional.of(stage);
        } catch (LoadException e) {
            if (stop.isAsked()) {
                return Optional.empty();
            }
            throw e;
        } finally {
            stop.measuring();
            if (stop.isAsked()) {
                // The flag has been understood; what is written next must not fail of it.
                Thread.interrupted();
            }
        }
    }

    /// What is to be said about loads beside their numbers.
    List<String> findings() {
        return List.copyOf(findings);
    }

    private static Settling settled(Plans.Course course, Tempo tempo, StageWatch settling) {
        if (!course.hasBefore() || tempo.settle().isEmpty()) {
            return Settling.NONE;
        }
        return settling.rest().reached() ? Settling.REACHED : Settling.TIMED_OUT;
    }

    private static String measuring(Plans.Course course, Settling settled) {
        if (settled == Settling.TIMED_OUT) {
            return "measuring, though it did NOT come to rest in time";
        }
        Duration warmUp = course.warmUp();
        return warmUp.isZero() ? "measuring" : "warming up for " + Units.text(warmUp) + ", then measuring";
    }

    private StageWatch watch(Tempo tempo, boolean untilRest, Runnable onBegin, Runnable onEnd) {
        return new StageWatch(tempo.tolerance(), untilRest, view, stop, onBegin, onEnd);
    }

    private String unique(String name) {
        int times = names.merge(name, 1, Integer::sum);
        return times == 1 ? name : name + " (" + times + ")";
    }
}
