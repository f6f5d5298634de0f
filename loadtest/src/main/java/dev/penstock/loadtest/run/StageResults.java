package dev.penstock.loadtest.run;

import dev.penstock.loadtest.engine.LoadPart;
import dev.penstock.loadtest.engine.LoadResult;
import dev.penstock.loadtest.engine.LoadWindow;
import dev.penstock.loadtest.engine.Pacing;
import dev.penstock.loadtest.result.ClientUse;
import dev.penstock.loadtest.result.Part;
import dev.penstock.loadtest.result.ServerUse;
import dev.penstock.loadtest.result.StageResult;
import dev.penstock.loadtest.result.Steadiness;
import dev.penstock.loadtest.result.Steadiness.Settling;
import dev.penstock.loadtest.result.Window;
import dev.penstock.loadtest.scenario.Load;
import dev.penstock.loadtest.scenario.MixEntry;
import dev.penstock.loadtest.scenario.Scenario;
import dev.penstock.loadtest.scenario.Tempo;
import dev.penstock.loadtest.target.ServerStatistics;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/// Makes of what the engine counted what a stage is known for.
final class StageResults {
    private final Scenario scenario;
    private final double weights;

    StageResults(Scenario scenario) {
        this.scenario = scenario;
        this.weights = scenario.mix().stream().mapToDouble(MixEntry::weight).sum();
    }

    /// @param before of the measured time; null if it was not asked
    StageResult of(
            String name,
            Load load,
            Map<String, String> settings,
            LoadResult result,
            Tempo tempo,
            @Nullable ServerStatistics before,
            @Nullable ServerStatistics after,
            Settling settling) {
        boolean open = result.plan().pacing() instanceof Pacing.Open;
        long due = result.succeeded() + result.failed() + result.overflowed();
        long lateNanos = Trust.lateNanos((double) result.serviceTime().getValueAtPercentile(50));
        ClientUse client = client(result, open, lateNanos);
        Optional<ServerUse> server =
                before == null || after == null ? Optional.empty() : after.since(before, answers(result));
        return new StageResult(
                name,
                load.description(),
                open ? offered(load, due, result) : Double.NaN,
                result.plan().places(),
                settings,
                result.elapsed(),
                result.succeeded(),
                result.errors(),
                result.rejected(),
                result.overflowed(),
                result.verified(),
                result.latency(),
                result.sendLag(),
                result.rejectedLatency(),
                result.windows().stream().map(window -> window(window, open)).toList(),
                steadiness(result, tempo, settling),
                Trust.judge(
                        client,
                        (double) lateNanos / 1e6,
                        result.overflowed(),
                        due,
                        result.plan().places()),
                client,
                server,
                parts(result));
    }

    /// Answers that came in the measured time, which is when the server was looked at.
    private static long answers(LoadResult result) {
        return result.windows().stream()
                .mapToLong(window -> window.succeeded() + window.failed())
                .sum();
    }

    private static double offered(Load load, long due, LoadResult result) {
        return load instanceof Load.Rate rate
                ? rate.perSecond()
                : (double) due * 1e9 / (double) result.elapsed().toNanos();
    }

    private static ClientUse client(LoadResult result, boolean open, long lateNanos) {
        long due = result.clientLag().getTotalCount();
        return new ClientUse(
                result.plan().threads(),
                result.busyShare(),
                result.generatorMicrosPerRequest(),
                open ? share(result.clientLag(), lateNanos, due) : Double.NaN,
                open ? share(result.placeWait(), lateNanos, due) : Double.NaN);
    }

    /// Of so many requests, those that took so long or longer.
    private static double share(Histogram times, long nanos, long all) {
        long longest = Math.max(nanos, times.getMaxValue());
        return (double) times.getCountBetweenValues(nanos, longest) / (double) Math.max(1, all);
    }

    private static Window window(LoadWindow window, boolean open) {
        return new Window(
                window.from(),
                window.length(),
                open ? (double) window.due() * 1e9 / (double) window.length().toNanos() : Double.NaN,
                window.succeeded(),
                window.failed(),
                window.overflowed(),
                window.latency());
    }

    private static Steadiness steadiness(LoadResult result, Tempo tempo, Settling settling) {
        Rest rest = new Rest(tempo.tolerance());
        // The last window may be too short to be compared.
        result.windows().stream()
                .filter(window -> window.length().equals(tempo.window()))
                .forEach(window -> rest.offer(StageWatch.view(window)));
        return new Steadiness(rest.reached(), rest.windows(), tempo.tolerance(), settling);
    }

    private List<Part> parts(LoadResult result) {
        return result.parts().stream()
                .filter(part -> isTold(part, result.parts()))
                .map(this::part)
                .toList();
    }

    /// What all requests have in common is not told again, nor headers that no answer has.
    private static boolean isTold(LoadPart part, List<LoadPart> all) {
        List<LoadPart> alike =
                all.stream().filter(other -> other.kind().equals(part.kind())).toList();
        boolean common = part.kind().equals(LoadPart.MIX) || part.kind().equals(Plans.MODEL);
        return common
                ? alike.size() > 1
                : alike.stream().anyMatch(other -> !other.value().isEmpty());
    }

    private Part part(LoadPart part) {
        String kind = Plans.BREAKDOWN.getOrDefault(part.kind(), part.kind());
        return new Part(
                kind, part.value(), expectedShare(kind, part.value()), part.succeeded(), part.errors(), part.latency());
    }

    private OptionalDouble expectedShare(String kind, String value) {
        if (kind.equals(LoadPart.MIX)) {
            return scenario.mix().stream()
                    .filter(entry -> entry.name().equals(value))
                    .mapToDouble(entry -> entry.weight() / weights)
                    .findFirst();
        }
        Double share = scenario.shares().getOrDefault(kind, Map.of()).get(value);
        return share == null ? OptionalDouble.empty() : OptionalDouble.of(share);
    }
}
