package dev.penstock.server.payload;

import dev.penstock.core.NanoClock;
import dev.penstock.server.calls.CallQueue;
import dev.penstock.server.calls.FinishedCall;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Posts which arm of a route had which request, each as a CloudEvent whose data is the line of the
/// [ExposureLog]. Confined to the thread of its [CallQueue], but for [#close], which comes after it.
public final class ExposureEvents implements CallQueue.Writer, AutoCloseable {
    static final String TYPE = "dev.penstock.exposure.v1";

    private static final System.Logger LOG = System.getLogger(ExposureEvents.class.getName());

    /// That some are lost is said at most this often.
    private static final Duration TELL_EVERY = Duration.ofMinutes(1);

    private final EventPoster poster;
    private final String source;
    private final ExposedCalls exposed;
    private final NanoClock clock;

    /// Events are told apart by this and a number.
    private final String server =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());

    private long number;

    /// That were not taken since that was said.
    private long untold;

    /// Of the last of them.
    private @Nullable IOException why;

    private @Nullable Long toldNanos;

    /// @param headers sent with each
    /// @param source what events say they come from
    /// @param assignments how often units of a route were dealt anew, by its name; 0 if that is not known
    public ExposureEvents(
            URI sink,
            Map<String, String> headers,
            String source,
            ToLongFunction<String> assignments,
            NanoClock clock,
            InstantSource time) {
        this(sink, headers, source, assignments, clock, time, EventPoster.Patience.USUAL);
    }

    ExposureEvents(
            URI sink,
            Map<String, String> headers,
            String source,
            ToLongFunction<String> assignments,
            NanoClock clock,
            InstantSource time,
            EventPoster.Patience patience) {
        this.poster = new EventPoster(sink, headers, patience);
        this.source = source;
        this.exposed = new ExposedCalls(assignments, clock, time);
        this.clock = clock;
    }

    @Override
    public int write(List<FinishedCall> calls) {
        int lost = exposed.hand(calls, this::post);
        if (untold > 0) {
            tell(clock.nanoTime());
        }
        return lost;
    }

    private boolean post(ExposureLine line) {
        number++;
        Map<String, String> attributes = Map.of(
                "id",
                server + "-" + number,
                "type",
                TYPE,
                "source",
                source,
                "subject",
                "routes/" + line.assigned().route(),
                "time",
                line.time().toString());
        try {
            poster.post(attributes, line.json().getBytes(StandardCharsets.UTF_8));
            return true;
        } catch (IOException e) {
            untold++;
            why = e;
            return false;
        }
    }

    private void tell(long nowNanos) {
        if (toldNanos == null || nowNanos - toldNanos >= TELL_EVERY.toNanos()) {
            LOG.log(System.Logger.Level.WARNING, "%d exposures could not be posted".formatted(untold), why);
            toldNanos = nowNanos;
            untold = 0;
        }
    }

    @Override
    public void ending() {
        poster.hurry();
    }

    @Override
    public void close() {
        poster.close();
    }
}
