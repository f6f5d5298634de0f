package dev.penstock.loadtest.bench;

import dev.penstock.loadtest.engine.LoadResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// What a caller who asks for little waits while another asks for all there is: of a model that event loops run
/// themselves, and of one that is waited for.
final class FairnessScenario implements Scenario {
    private static final Duration REST = Duration.ofMillis(1);
    private static final Load GREEDY = new Load(16, 32, 1);
    private static final double BAR = 2;

    @Override
    public String name() {
        return "fairness";
    }

    @Override
    public void run(Bench bench, Report report) {
        Subjects subjects = bench.subjects();
        compare(bench, report, subjects.tiny());
        compare(bench, report, subjects.busy());
    }

    private static void compare(Bench bench, Report report, Subject subject) {
        Server server = bench.penstock();
        Served polite = bench.served(server, subject, Wire.GRPC, Load.ONE).by("polite");
        Served greedy = bench.served(server, subject, Wire.GRPC, GREEDY).by("greedy");
        // Shorter than other turns: each is measured twice.
        Duration measured = bench.tempo().measured().multipliedBy(3).dividedBy(4);
        Duration begin = bench.tempo().begin();
        bench.warmUp("fairness", greedy);
        List<LoadResult> alone = new ArrayList<>();
        List<LoadResult> beside = new ArrayList<>();
        List<LoadResult> greed = new ArrayList<>();
        for (int round = 0; round < bench.tempo().rounds(); round++) {
            bench.say("fairness: %s, round %d of %d"
                    .formatted(subject.name(), round + 1, bench.tempo().rounds()));
            alone.add(polite.politely(REST, begin, measured));
            try (Greed other = Greed.start(greedy, begin.plus(begin).plus(measured))) {
                beside.add(polite.politely(REST, begin, measured));
                greed.add(other.result());
            }
        }
        double aloneMicros = percentile(99, alone);
        double besideMicros = percentile(99, beside);
        report.add(Row.atMost(
                "polite caller's p99 beside a greedy one, %s model".formatted(subject.name()),
                besideMicros / aloneMicros,
                "x",
                "%s µs, alone %s; p50 %s and %s; the greedy one had %s/s"
                        .formatted(
                                Numbers.text(besideMicros),
                                Numbers.text(aloneMicros),
                                Numbers.text(percentile(50, beside)),
                                Numbers.text(percentile(50, alone)),
                                Numbers.text(Numbers.median(greed.stream()
                                        .mapToDouble(LoadResult::perSecond)
                                        .toArray()))),
                BAR));
    }

    /// The median of the rounds', so that one disturbed round does not decide.
    private static double percentile(double percentile, List<LoadResult> rounds) {
        return Numbers.median(rounds.stream()
                .mapToDouble(result -> Sample.micros(result.latency(), percentile))
                .toArray());
    }
}
