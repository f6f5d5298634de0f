package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadException;
import dev.penstock.loadtest.engine.Pacing.Spacing;
import dev.penstock.loadtest.result.Slo;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.run.RateSearch.Vote;
import dev.penstock.loadtest.scenario.Load;
import dev.penstock.loadtest.scenario.Search;
import dev.penstock.loadtest.scenario.Tempo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Carries out the search for the highest rate that keeps an SLO.
final class Searcher {
    /// More than have to lie beyond a percentile, as their number is drawn by chance.
    private static final double BEYOND = 1.5 * SloJudge.BEYOND;

    /// Steps are not made longer than so many times what was asked for.
    private static final int LONGEST = 6;

    /// What carries one step out.
    interface Steps {
        /// @return empty if it was to stop before anything was measured
        Optional<StageResult> run(Load load, Tempo tempo, Map<String, String> settings);
    }

    private final Steps steps;
    private final StageView view;
    private final Stop stop;
    private final Tempo tempo;
    private final Slo slo;

    /// What a search found.
    ///
    /// @param stages all of its steps
    /// @param best the last step at the highest rate that keeps the SLO; empty if none does
    /// @param broken the lowest rate that does not; infinite if all did
    /// @param clientLimited whether the client could not keep up where the search ended
    /// @param complete whether it came to its end
    /// @param stopped whether it was asked to end; a step that was cut short by that is not judged
    /// @param failure by which it ended, if it did; what had been measured until then is kept
    record Found(
            List<StageResult> stages,
            Optional<StageResult> best,
            double broken,
            boolean clientLimited,
            boolean complete,
            boolean stopped,
            Optional<LoadException> failure) {
        Found {
            stages = List.copyOf(stages);
        }

        /// Whether it ended before it could know.
        boolean isBrokenOff() {
            return stopped || failure.isPresent();
        }
    }

    Searcher(Steps steps, StageView view, Stop stop, Tempo tempo, Slo slo) {
        this.steps = steps;
        this.view = view;
        this.stop = stop;
        this.tempo = tempo;
        this.slo = slo;
    }

    Found run(Search search, Map<String, String> settings) {
        RateSearch course = new RateSearch(search);
        List<StageResult> stages = new ArrayList<>();
        Optional<StageResult> best = Optional.empty();
        boolean late = false;
        boolean stopped = false;
        for (OptionalDouble next = course.next(); next.isPresent(); next = course.next()) {
            double rate = next.getAsDouble();
            Optional<StageResult> step;
            try {
                step = steps.run(new Load.Rate(rate, Spacing.POISSON), lengthened(rate), settings);
            } catch (LoadException e) {
                return new Found(stages, best, course.lowestBroken(), late, false, false, Optional.of(e));
            }
            step.ifPresent(stages::add);
            if (step.isEmpty() || stop.isAsked()) {
                stopped = true;
                break;
            }
            StageResult stage = step.get();
            Vote vote = SloJudge.vote(stage, slo);
            course.voted(vote);
            view.say(SearchWords.step(stage, slo, vote, course));
            if (course.highestKept() == rate && vote.isKept()) {
                best = step;
            }
            late = isLimitedByClient(stage, vote, course, late);
            if (stage.succeeded() == 0 && stage.failed() > 0) {
                view.say("Every request failed (%s): another rate would change nothing."
                        .formatted(String.join(", ", stage.errors().keySet())));
                return new Found(stages, best, course.lowestBroken(), late, false, false, Optional.empty());
            }
        }
        boolean complete = !stopped && !course.ranOut();
        return new Found(stages, best, course.lowestBroken(), late, complete, stopped, Optional.empty());
    }

    /// Whether the lowest rate that broke did so while the client could not keep up.
    private static boolean isLimitedByClient(StageResult stage, Vote vote, RateSearch course, boolean before) {
        boolean lowestBroken = !vote.isKept() && stage.offeredPerSecond() == course.lowestBroken();
        boolean slow =
                stage.client().lateShare() > Trust.MOST_LATE || stage.client().cpuShare() > Trust.MOST_BUSY;
        return lowestBroken ? slow : before;
    }

    /// So long that there are answers beyond the percentile to judge by.
    private Tempo lengthened(double rate) {
        double beyond = SloJudge.shareBeyond(slo);
        double answers = beyond == 0 ? 1 : Math.ceil(BEYOND / beyond);
        Tempo.Length length = switch (tempo.length()) {
            case Tempo.For(Duration time) -> {
                long millis = (long) (answers / rate * 1000);
                long asked = time.toMillis();
                yield millis <= asked
                        ? tempo.length()
                        : new Tempo.For(Duration.ofMillis(Math.min(millis, LONGEST * Math.max(1, asked))));
            }
            case Tempo.Requests(long count) ->
                new Tempo.Requests(Math.max(count, Math.min((long) answers, LONGEST * count)));
        };
        return new Tempo(tempo.warmUp(), length, tempo.settle(), tempo.tolerance(), tempo.window());
    }
}
