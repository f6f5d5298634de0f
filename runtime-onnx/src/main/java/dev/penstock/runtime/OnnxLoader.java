package dev.penstock.runtime;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtLoggingLevel;
import dev.penstock.core.LoadedModel;
import dev.penstock.core.ModelContent;
import dev.penstock.core.ModelLoadException;
import dev.penstock.core.ModelLoader;
import dev.penstock.core.NanoClock;
import dev.penstock.core.Signature;
import java.nio.file.Path;
import java.util.regex.Pattern;

/// Loads ONNX files with ONNX Runtime. Thread-safe.
///
/// The natives come from the jar, or from the folder that the system property `onnxruntime.native.path` names
/// when the first loader is made. CUDA needs such a folder.
public final class OnnxLoader implements ModelLoader {
    /// Sharing a session costs threads more than a copy of so small a model.
    private static final long OWN_SESSION_NANOS = 50_000;

    /// How the C++ library, ONNX Runtime's allocators and CUDA's libraries say it.
    private static final Pattern LACKS_MEMORY =
            Pattern.compile("bad[ _]alloc|failed to allocate|out of memory|_ALLOC_FAILED", Pattern.CASE_INSENSITIVE);

    private final Engine engine;
    private final SessionOpener opener;
    private final NanoClock clock;
    private final long ownSessionNanos;

    /// With the system's clock, and sessions of their own for the runners of models that take less than 50 us.
    ///
    /// @param handles where everything that is opened is counted
    public OnnxLoader(NativeHandles handles) {
        this(handles, NanoClock.SYSTEM, OWN_SESSION_NANOS);
    }

    /// Loads the natives and makes ONNX Runtime's environment, which there is one of in a process.
    ///
    /// @param handles where everything that is opened is counted
    /// @param clock the one that batches are timed with
    /// @param ownSessionNanos each batch runner of a model that runs one row in less gets a session of its own
    /// @throws IllegalStateException if the natives cannot be loaded into this process
    public OnnxLoader(NativeHandles handles, NanoClock clock, long ownSessionNanos) {
        LongCommandLine.refuse();
        OrtEnvironment environment = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "penstock");
        CApi api = new CApi();
        this.engine = new Engine(environment, handles, new StringAccess(api), new ExternalData(api), new DirectRun());
        this.opener = new SessionOpener(engine);
        this.clock = clock;
        this.ownSessionNanos = ownSessionNanos;
    }

    @Override
    public LoadedModel load(Order order) {
        if (order.content() instanceof ModelContent.InFile(Path file)) {
            ModelFile.check(file);
        }
        OnnxSession session = open(order);
        try {
            Signature signature = SignatureReader.read(session.get());
            ModelSessions sessions = new ModelSessions(order, session, opener);
            return new OnnxModel(signature, sessions, engine, clock, ownSessionNanos);
        } catch (OrtException e) {
            session.close();
            throw failure(order.content(), e);
        } catch (Throwable e) {
            session.close();
            throw e;
        }
    }

    private OnnxSession open(Order order) {
        try {
            return opener.open(order);
        } catch (OrtException e) {
            throw failure(order.content(), e);
        }
    }

    static ModelLoadException failure(ModelContent content, OrtException e) {
        if (e.getCode() == OrtErrorCode.ORT_INVALID_PROTOBUF) {
            return new ModelLoadException(ModelFile.describeDamage(content), e);
        }
        String message = ErrorText.oneLine(e);
        String told = content instanceof ModelContent.InFile(Path file)
                ? message.replace(file.toString(), content.name())
                : message;
        // Another process may have it, or a model that leaves: it says nothing of this one.
        return LACKS_MEMORY.matcher(message).find()
                ? ModelLoadException.notNow(content.name() + " cannot be loaded now: " + told, e)
                : new ModelLoadException(content.name() + " cannot be loaded: " + told, e);
    }
}
