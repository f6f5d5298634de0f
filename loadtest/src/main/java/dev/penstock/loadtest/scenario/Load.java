package dev.penstock.loadtest.scenario;

import dev.penstock.loadtest.engine.Pacing.Spacing;
import java.nio.file.Path;
import java.time.Duration;

/// One load, as a stage puts it on the server.
public sealed interface Load {
    /// Unique among the loads of a scenario that differ.
    String name();

    /// In words.
    String description();

    /// Requests are due at a rate, whatever the server does.
    ///
    /// @param perSecond above 0
    record Rate(double perSecond, Spacing arrivals) implements Load {
        @Override
        public String name() {
            return Units.text(perSecond) + "/s";
        }

        @Override
        public String description() {
            return "open loop, " + name() + ", " + word(arrivals);
        }
    }

    /// Requests are due at a rate that grows or falls evenly.
    ///
    /// @param over how long it takes; this is what is measured
    record Ramp(double fromPerSecond, double toPerSecond, Duration over, Spacing arrivals) implements Load {
        @Override
        public String name() {
            return "ramp " + Units.text(fromPerSecond) + ".." + Units.text(toPerSecond) + "/s";
        }

        @Override
        public String description() {
            return "open loop, " + name() + " in " + Units.text(over) + ", " + word(arrivals);
        }
    }

    /// So many requests are under way at any time; each answer lets the next one go.
    record Closed(int concurrency) implements Load {
        @Override
        public String name() {
            return "concurrency " + concurrency;
        }

        @Override
        public String description() {
            return "closed loop, " + concurrency + (concurrency == 1 ? " request" : " requests") + " under way";
        }
    }

    /// Requests are due when they once came.
    ///
    /// @param file of seconds since the beginning, one a line
    /// @param repeated from the beginning when all have come, until the time is over
    record Replay(Path file, boolean repeated) implements Load {
        @Override
        public String name() {
            return "replay " + file.getFileName();
        }

        @Override
        public String description() {
            return "open loop, arrivals of " + file + (repeated ? ", again and again" : "") + ", without warm-up";
        }
    }

    private static String word(Spacing arrivals) {
        return switch (arrivals) {
            case CONSTANT -> "evenly spaced";
            case POISSON -> "Poisson";
        };
    }
}
