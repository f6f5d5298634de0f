package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.engine.Payload;
import dev.penstock.loadtest.result.Recommended;
import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.scenario.Load;
import dev.penstock.loadtest.scenario.MixEntry;
import dev.penstock.loadtest.scenario.Scenario;
import dev.penstock.loadtest.scenario.Search;
import dev.penstock.loadtest.scenario.Sweep;
import dev.penstock.loadtest.target.Target;
import java.net.URI;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Carries out a whole scenario. Not thread safe.
public final class LoadTest {
    private final Scenario scenario;
    private final Target target;
    private final List<Payload> firsts = new ArrayList<>();
    private final StageView view;
    private final Stop stop;
    private final StageRunner runner;
    private final List<StageResult> stages = new ArrayList<>();
    private final List<String> findings = new ArrayList<>();
    private final List<StageResult> judged = new ArrayList<>();
    private Optional<Recommended> recommended = Optional.empty();
    private boolean sloBroken;
    private boolean doubtful;
    private boolean failed;

    /// @param stages all that were run
    /// @param findings in words
    /// @param recommended what a search or a sweep chose; empty without them
    /// @param verdict of all of it
    public record Outcome(
            List<StageResult> stages, List<String> findings, Optional<Recommended> recommended, Verdict verdict) {
        public Outcome {
            stages = List.copyOf(stages);
            findings = List.copyOf(findings);
        }
    }

    /// What a whole test comes down to.
    public enum Verdict {
        /// Measured, and what was promised was kept.
        GOOD,
        /// The SLO was broken, or no request was answered.
        FAILED,
        /// The client was the bottleneck: the numbers say nothing about the server.
        INVALID
    }

    /// @param target asked beside the load; stays the caller's
    /// @param nanoClock what all times are measured with
    /// @throws dev.penstock.loadtest.target.TargetException if nobody answers, or the server says no
    public LoadTest(Scenario scenario, Target target, LongSupplier nanoClock, StageView view, Stop stop) {
        this.scenario = scenario;
        this.view = view;
        this.stop = stop;
        this.target = target;
        List<Payload> payloads = new ArrayList<>();
        for (MixEntry entry : scenario.mix()) {
            List<Payload> ofEntry = payloads(entry, target);
            firsts.add(ofEntry.getFirst().at(0, scenario.seed()));
            payloads.addAll(ofEntry);
        }
        this.runner = new StageRunner(scenario, target, payloads, nanoClock, view, stop);
    }

    private static List<Payload> payloads(MixEntry entry, Target target) {
        return target.payloads(entry.model(), entry.version(), entry.inputs()).stream()
                .map(payload -> payload.withHeaders(entry.headers()).inGroup(entry.name()))
                .toList();
    }

    /// Blocks until all is done, or what is being measured when it is to stop. Before any load, each entry of
    /// the mix is asked for once: a server that says no is not to be measured, and says why only to who
    /// listens. One that has too much to do is.
    ///
    /// @throws dev.penstock.loadtest.target.TargetException if nobody answers, or the server says no to one of
    ///     those
    /// @throws LoadException if the first load cannot be put on the server at all
    /// @throws SettingsException if a sweep is asked for and the server does not let settings be changed
    /// @throws dev.penstock.loadtest.scenario.ScenarioError if one of the loads cannot be; nothing was measured
    ///     then
    public Outcome run() {
        runner.check(scenario.loads(), scenario.tempo());
        firsts.forEach(
                first -> target.tryOut(first, scenario.connecting().timeout()).ifPresent(view::say));
        try {
            if (scenario.sweep().isPresent()) {
                sweep(scenario.sweep().get());
            } else {
                once(Map.of());
            }
        } catch (LoadException | SettingsException e) {
            endedEarly(e);
        }
        findings.addAll(runner.findings());
        findings.addAll(ShareWords.findings(stages, scenario.shares()));
        if (stop.isAsked()) {
            findings.add("The test was ended before its time; this is what had been measured.");
        }
        return new Outcome(stages, findings, recommended, verdict());
    }

    /// What was measured until then is worth keeping; without any, nothing is.
    private void endedEarly(RuntimeException e) {
        if (stages.isEmpty()) {
            throw e;
        }
        findings.add("The test was ended before its time: " + e.getMessage());
        failed = true;
    }

    /// The loads, then the search.
    private void once(Map<String, String> settings) {
        for (Load load : scenario.loads()) {
            runner.run(load, scenario.tempo(), settings).ifPresent(stage -> {
                stages.add(stage);
                if (stop.isAsked()) {
                    // It may have been cut short: it is told, and proves nothing.
                    return;
                }
                judged.add(stage);
                if (settings.isEmpty()) {
                    scenario.slo().ifPresent(slo -> sloBroken |= !slo.isKeptBy(stage));
                }
            });
        }
        scenario.search().ifPresent(search -> search(search, settings));
    }

    private void search(Search search, Map<String, String> settings) {
        Slo slo = scenario.slo().orElseThrow();
        Searcher.Found found = new Searcher(runner::run, view, stop, scenario.tempo(), slo).run(search, settings);
        stages.addAll(found.stages());
        found.best().ifPresent(judged::add);
        recommended = recommended(found.best());
        doubtful |= found.clientLimited();
        String prefix = settings.isEmpty() ? "" : Sweeper.words(settings) + ": ";
        SearchWords.findings(found, slo).forEach(finding -> findings.add(prefix + finding));
        if (settings.isEmpty()) {
            sloBroken |= found.best().isEmpty() && !found.isBrokenOff();
        }
        if (found.failure().isPresent()) {
            throw found.failure().get();
        }
    }

    private void sweep(Sweep sweep) {
        try (ModelSettings.Repository repository = repository(scenario)) {
            Sweeper sweeper = new Sweeper(new ModelSettings(repository), view);
            try {
                sweeper.run(sweep, settings -> {
                    once(settings);
                    return !stop.isAsked();
                });
            } catch (LoadException | SettingsException e) {
                endedEarly(e);
            } finally {
                sweeper.left().ifPresent(finding -> {
                    findings.add(finding);
                    failed = true;
                });
            }
        }
        Optional<StageResult> best = judged.stream()
                .filter(stage -> stage.validity().isValid())
                .filter(stage -> scenario.slo().map(slo -> slo.isKeptBy(stage)).orElse(stage.succeeded() > 0))
                .max(Comparator.comparingDouble(StageResult::perSecond));
        if (judged.isEmpty() && (failed || stop.isAsked())) {
            return;
        }
        sloBroken |= best.isEmpty();
        recommended = recommended(best);
        findings.add(best.map(stage -> scenario.slo()
                        .map(slo -> SearchWords.recommendation(sweep.model(), stage, slo))
                        .orElseGet(() -> SearchWords.recommendation(sweep.model(), stage)))
                .orElse("None of the settings that were tried keeps what was asked for, in a valid measurement."));
    }

    private static Optional<Recommended> recommended(Optional<StageResult> best) {
        return Optional.of(new Recommended(best.map(StageResult::name)));
    }

    private static ModelSettings.Repository repository(Scenario scenario) {
        URI target = scenario.target();
        return switch (scenario.protocol()) {
            case GRPC, GRPC_STREAM -> new GrpcRepository(target.getHost() + ":" + target.getPort());
            case REST, REST_BINARY, V1 -> new HttpRepository(target);
        };
    }

    private Verdict verdict() {
        if (doubtful || judged.stream().anyMatch(stage -> !stage.validity().isValid())) {
            return Verdict.INVALID;
        }
        // Of a sweep it is enough that one setting is good.
        boolean silent = scenario.sweep().isEmpty() && judged.stream().anyMatch(stage -> stage.succeeded() == 0);
        return sloBroken || silent || failed ? Verdict.FAILED : Verdict.GOOD;
    }
}
