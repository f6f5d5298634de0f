package dev.penstock.runtime;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.penstock.core.Device;
import dev.penstock.core.ModelContent;
import dev.penstock.core.ModelLoader.Order;
import java.nio.file.Path;

/// A session with its options, which must outlive it. Any number of threads may run it at the same time;
/// closing is for when none does.
final class OnnxSession implements AutoCloseable {
    private static final String OFF = "0";
    private static final String ON = "1";
    static final String SPIN_MICROS = "100";

    private final Native<SessionOptions> options;
    private final Native<OrtSession> session;

    private OnnxSession(Native<SessionOptions> options, Native<OrtSession> session) {
        this.options = options;
        this.session = session;
    }

    /// Blocks while the model is read and optimised. Leaves nothing open when it throws.
    static OnnxSession open(Engine engine, Order order) throws OrtException {
        NativeHandles handles = engine.handles();
        Native<SessionOptions> options =
                new Native<>(handles, NativeHandles.Kind.SESSION_OPTIONS, new SessionOptions());
        try {
            configure(options.get(), order.threadsPerRun());
            if (order.device().kind() == Device.Kind.CUDA) {
                Cuda.require(handles, options.get(), order.device());
            }
            OrtSession session = create(engine, order.content(), options.get());
            return new OnnxSession(options, new Native<>(handles, NativeHandles.Kind.SESSION, session));
        } catch (Throwable e) {
            options.close();
            throw e;
        }
    }

    private static OrtSession create(Engine engine, ModelContent content, SessionOptions options) throws OrtException {
        return switch (content) {
            case ModelContent.InFile(Path file) -> engine.environment().createSession(file.toString(), options);
            case ModelContent.InMemory memory -> {
                try (ModelImage image = new ModelImage(memory)) {
                    engine.external().provide(options, image.beside());
                    yield engine.environment().createSession(image.buffer(), options);
                }
            }
        };
    }

    private static void configure(SessionOptions options, int threadsPerRun) throws OrtException {
        // What a request makes fail would otherwise be a line on stderr, written by whoever sends it.
        options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
        // For throughput, one run per core beats several cores per run; and a pool of one has no threads to
        // spin.
        options.setIntraOpNumThreads(threadsPerRun);
        options.setInterOpNumThreads(1);
        options.addConfigEntry("session.intra_op.allow_spinning", threadsPerRun == 1 ? OFF : ON);
        // Long enough to meet the next operator, too short to burn a core between requests.
        options.addConfigEntry("session.intra_op.spin_duration_us", SPIN_MICROS);
        options.addConfigEntry("session.inter_op.allow_spinning", OFF);
        options.setOptimizationLevel(SessionOptions.OptLevel.ALL_OPT);
        options.setCPUArenaAllocator(true);
        options.setMemoryPatternOptimization(true);
    }

    OrtSession get() {
        return session.get();
    }

    @Override
    public void close() {
        session.close();
        options.close();
    }
}
