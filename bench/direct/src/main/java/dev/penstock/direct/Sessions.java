package dev.penstock.direct;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// Opened models, kept until the program ends: loops that differ in how they make a run need not each have one.
/// Only one order is carried out at a time. Confined to one thread.
final class Sessions {
    private record Key(Path file, int intraOpThreads, int thread) {}

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final Map<Key, OrtSession> opened = new HashMap<>();

    /// @param thread which of an order's threads runs it
    OrtSession of(Path file, int intraOpThreads, int thread) throws OrtException {
        Key key = new Key(file, intraOpThreads, thread);
        OrtSession session = opened.get(key);
        if (session == null) {
            try (SessionOptions options = new SessionOptions()) {
                options.setIntraOpNumThreads(intraOpThreads);
                session = environment.createSession(file.toString(), options);
            }
            opened.put(key, session);
        }
        return session;
    }
}
