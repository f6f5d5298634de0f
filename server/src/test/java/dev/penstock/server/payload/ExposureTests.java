package dev.penstock.server.payload;

import dev.penstock.core.Assigned;
import dev.penstock.server.calls.CallKind;
import dev.penstock.server.calls.CallTimes;
import dev.penstock.server.calls.FinishedCall;
import dev.penstock.server.calls.TraceContext;
import dev.penstock.server.logging.CapturedLog;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

/// Tests of those who are told which arm a call had, and of what they log.
abstract class ExposureTests {
    private static final Assigned ARM = new Assigned("front", "canary", "m", 1, "hash", true, "front/v1", 7, 0, 500);

    final CapturedLog log;

    ExposureTests(Class<?> logged) {
        log = CapturedLog.of(logged);
    }

    @AfterEach
    void listenNoMore() {
        log.close();
    }

    static List<FinishedCall> calls(int count) {
        CallTimes times = new CallTimes(0, 0, 0, 0, 0, 0);
        FinishedCall call =
                new FinishedCall(CallKind.GRPC, times, TraceContext.NONE, "", "m", 2, null, 1, 0, 0, "", ARM);
        return Collections.nCopies(count, call);
    }
}
