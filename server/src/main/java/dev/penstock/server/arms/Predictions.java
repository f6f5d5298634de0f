package dev.penstock.server.arms;

import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Signature;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.router.RequestTap;
import dev.penstock.router.arms.ArmObserver;
import dev.penstock.router.split.BoundRoute;
import dev.penstock.server.fast.FastTap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tells the observers of arms what those predict, of routes that have candidates: the first row of an
/// answer, once for each bucket while the shares stay, so that it costs next to nothing however many requests
/// there are. Thread-safe.
public final class Predictions implements RequestTap {
    private static final System.Logger LOG = System.getLogger(Predictions.class.getName());

    /// More versions than routes stand for; then they are looked at anew.
    private static final int MOST_READERS = 512;

    private final Map<Version, AnswerReader> readers = new ConcurrentHashMap<>();

    private record Version(ModelKey key, Signature signature) {}

    @Override
    public ReplySink around(InferenceRequest request, @Nullable BoundRoute route, ReplySink sink) {
        return route == null || route.arms().size() == 1 ? sink : new PredictionSink(this, route, sink);
    }

    /// @return null for nobody
    public @Nullable FastTap of(BoundRoute route) {
        return route.arms().size() == 1 ? null : new PredictionTap(this, route);
    }

    /// Tells an arm's observer what was answered. Whatever goes wrong here, the request goes on.
    ///
    /// @param reply asked for if it can be read; may throw
    void tell(ArmObserver observer, int bucket, Signature signature, ModelKey key, Supplier<InferenceReply> reply) {
        try {
            AnswerReader reader = reader(new Version(key, signature));
            if (reader.isReadable()) {
                AnswerReader.Answered answered = reader.read(reply.get(), 1);
                observer.predicted(
                        bucket,
                        answered.rows().isEmpty()
                                ? Prediction.Row.NOTHING
                                : answered.rows().getFirst());
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.log(System.Logger.Level.DEBUG, "what " + key + " predicted cannot be read", e);
        }
    }

    private AnswerReader reader(Version version) {
        AnswerReader known = readers.get(version);
        if (known != null) {
            return known;
        }
        if (readers.size() >= MOST_READERS) {
            readers.clear();
        }
        return readers.computeIfAbsent(version, _ -> new AnswerReader(version.signature(), AnswerReader.Wish.NONE));
    }
}
