package dev.penstock.server.feedback;

import dev.penstock.core.InferenceReply;
import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.router.ReplyMarker;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;

/// Gives the answers of one version tokens. Thread-safe.
final class VersionTokens implements ReplyMarker {
    private static final long MINUTE_MILLIS = 60_000;

    private final long modelHash;
    private final AnswerReader reader;
    private final TokenKeys keys;
    private final LongAdder rows;
    private final InstantSource time;

    /// @param rows counts what may be spoken of later
    VersionTokens(String model, AnswerReader reader, TokenKeys keys, LongAdder rows, InstantSource time) {
        this.modelHash = FeedbackToken.modelHash(model);
        this.reader = reader;
        this.keys = keys;
        this.rows = rows;
        this.time = time;
    }

    @Override
    public String token(InferenceReply reply) {
        AnswerReader.Answered answered = reader.read(reply, Prediction.MOST_ROWS);
        if (answered.rows().isEmpty()) {
            return "";
        }
        rows.add(answered.rows().size());
        return keys.sign(new Prediction(
                modelHash,
                reply.key().version(),
                time.millis() / MINUTE_MILLIS,
                ThreadLocalRandom.current().nextInt(),
                0,
                Prediction.CERTAIN,
                0,
                answered.classes(),
                answered.rows()));
    }
}
