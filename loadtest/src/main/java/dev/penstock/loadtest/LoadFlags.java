package dev.penstock.loadtest;

import dev.penstock.loadtest.scenario.Overrides;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Flags of `loadtest` that say how much is asked, and for how long. Each way to ask takes the place of all
/// loads that a scenario has.
final class LoadFlags {
    @Option(
            names = {"-c", "--concurrency"},
            paramLabel = "N,N",
            split = ",",
            description = "Closed loop: so many requests under way, one stage each. Default: 1,4,16,64")
    private List<String> concurrency = new ArrayList<>();

    @Option(
            names = {"-r", "--rate"},
            paramLabel = "R",
            description = {
                "Open loop: requests per second, whatever the server does.",
                "500 or 100,200,500 or \"100..1000 step 100\""
            })
    private @Nullable String rate;

    @Option(names = "--ramp", paramLabel = "FROM..TO", description = "Open loop whose rate changes evenly.")
    private @Nullable String ramp;

    @Option(names = "--over", paramLabel = "TIME", description = "How long a ramp takes. Default: 30s")
    private @Nullable String over;

    @Option(names = "--replay", paramLabel = "FILE", description = "Recorded arrivals: seconds, one a line.")
    private @Nullable Path replay;

    @Option(
            names = "--arrivals",
            paramLabel = "HOW",
            description = "Of an open loop: poisson or constant. Default: poisson")
    private @Nullable String arrivals;

    @Option(names = "--warm-up", paramLabel = "TIME", description = "Of each stage, not counted. Default: 2s")
    private @Nullable String warmUp;

    @Option(
            names = {"-d", "--duration"},
            paramLabel = "TIME",
            description = "That each stage is measured. Default: 5s")
    private @Nullable String duration;

    @Option(names = "--requests", paramLabel = "N", description = "To measure in each stage, instead of a time.")
    private @Nullable String requests;

    @Option(
            names = "--until-steady",
            paramLabel = "TIME",
            description = {
                "Begin to measure when rate and latency of three windows in a",
                "row are alike, after this time at the latest."
            })
    private @Nullable String untilSteady;

    @Option(names = "--slo-p99", paramLabel = "TIME", description = "The longest p99 that is good enough.")
    private @Nullable String sloP99;

    @Option(names = "--slo", paramLabel = "pN=TIME", description = "Another percentile instead, such as p99.9=50ms.")
    private @Nullable String slo;

    @Option(names = "--slo-errors", paramLabel = "SHARE", description = "The most errors that are. Default: 1%%")
    private @Nullable String sloErrors;

    @Option(names = "--search", description = "Look for the highest rate that keeps the SLO.")
    private boolean search;

    @Option(names = "--search-from", paramLabel = "R", description = "The first rate to try. Default: 100")
    private @Nullable String searchFrom;

    @Option(names = "--search-to", paramLabel = "R", description = "The highest rate to try. Default: 1000000")
    private @Nullable String searchTo;

    @Option(
            names = "--sweep",
            paramLabel = "SETTING=N,N",
            description = {
                "Try settings of the model and recommend some: max-batch-size,",
                "max-queue-delay-us or instances. Once per setting."
            })
    private List<String> sweep = new ArrayList<>();

    @Option(names = "--seed", paramLabel = "N", description = "Of all that is drawn by chance. Default: 1")
    private @Nullable String seed;

    void addTo(Overrides overrides) {
        loads(overrides);
        TargetFlags.set(overrides, "--warm-up", "warm-up", warmUp);
        if (duration != null && requests == null) {
            overrides.clear("--duration", "requests");
        }
        if (requests != null && duration == null) {
            overrides.clear("--requests", "duration");
        }
        TargetFlags.set(overrides, "--duration", "duration", duration);
        TargetFlags.set(overrides, "--requests", "requests", requests);
        TargetFlags.set(overrides, "--until-steady", "until-steady", untilSteady);
        TargetFlags.set(overrides, "--seed", "seed", seed);
        slo(overrides);
        if (search || searchFrom != null || searchTo != null) {
            overrides.object("--search", "search");
        }
        TargetFlags.set(overrides, "--search-from", "search.from", searchFrom);
        TargetFlags.set(overrides, "--search-to", "search.to", searchTo);
        for (String setting : sweep) {
            String[] parts = setting.split("=", 2);
            overrides.put("--sweep", "sweep", parts[0], List.of(parts[parts.length - 1].split(",", -1)));
        }
    }

    private void loads(Overrides overrides) {
        if (!concurrency.isEmpty() || rate != null || ramp != null || replay != null) {
            overrides.clear("--rate", "loads");
        }
        if (!concurrency.isEmpty()) {
            overrides.set("--concurrency", "loads[0].concurrency", concurrency);
        }
        if (rate != null && rate.contains("..")) {
            overrides.set("--rate", "loads[0].rates", rate);
        } else if (rate != null) {
            overrides.set("--rate", "loads[0].rates", List.of(rate.split(",", -1)));
        }
        TargetFlags.set(overrides, "--ramp", "loads[0].ramp", ramp);
        TargetFlags.set(overrides, "--over", "loads[0].over", over);
        TargetFlags.set(overrides, "--replay", "loads[0].replay", InputFlags.absolute(replay));
        TargetFlags.set(overrides, "--arrivals", "loads[0].arrivals", arrivals);
    }

    private void slo(Overrides overrides) {
        if (sloP99 != null || slo != null) {
            overrides.clear(slo == null ? "--slo-p99" : "--slo", "slo");
        }
        if (sloP99 != null) {
            overrides.put("--slo-p99", "slo", "p99", sloP99);
        }
        if (slo != null) {
            String[] parts = slo.split("=", 2);
            overrides.put("--slo", "slo", parts[0], parts[parts.length - 1]);
        }
        TargetFlags.set(overrides, "--slo-errors", "slo.errors", sloErrors);
    }
}
