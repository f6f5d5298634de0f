package dev.penstock.server.accesslog;

import dev.penstock.core.NanoClock;
import dev.penstock.server.calls.CallQueue;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.FinishedCall;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes calls as lines of JSON. Confined to the thread of its [CallQueue], but for [#close], which comes after it.
public final class AccessLog implements CallQueue.Writer, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AccessLog.class.getName());

    private final JsonFactory json = new JsonFactory();
    private final LineOutput output;
    private final NanoClock clock;
    private final InstantSource time;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();

    /// Whether the last lines could not be written: that is said once.
    private boolean failing;

    /// @param output closed with this
    public AccessLog(LineOutput output, NanoClock clock, InstantSource time) {
        this.output = output;
        this.clock = clock;
        this.time = time;
    }

    @Override
    public int write(List<FinishedCall> calls) {
        lines.reset();
        Instant now = time.instant();
        long nowNanos = clock.nanoTime();
        for (FinishedCall call : calls) {
            try (JsonGenerator line = json.createGenerator(ObjectWriteContext.empty(), lines)) {
                AccessLine.write(line, call, arrival(call, now, nowNanos));
            }
            lines.write('\n');
        }
        try {
            output.write(lines.toByteArray());
            failing = false;
            return 0;
        } catch (IOException e) {
            if (!failing) {
                failing = true;
                LOG.log(System.Logger.Level.WARNING, "the access log cannot be written: " + output, e);
            }
            return calls.size();
        }
    }

    private static Instant arrival(FinishedCall call, Instant now, long nowNanos) {
        CallTimes times = call.times();
        long at = times.startNanos() == CallTimes.UNKNOWN ? times.endNanos() : times.startNanos();
        return now.minusNanos(nowNanos - at);
    }

    @Override
    public void close() throws IOException {
        output.close();
    }
}
