package dev.penstock.server.feedback;

import dev.penstock.core.Assigned;
import dev.penstock.core.InferenceReply;
import dev.penstock.monitor.feedback.FeedbackToken;
import dev.penstock.monitor.feedback.Prediction;
import dev.penstock.monitor.recording.AnswerReader;
import dev.penstock.router.ReplyMarker;
import dev.penstock.router.arms.ArmName;
import dev.penstock.router.split.RouteSpec;
import java.time.InstantSource;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

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
    public String token(InferenceReply reply, @Nullable Assigned arm) {
        AnswerReader.Answered answered = reader.read(reply, Prediction.MOST_ROWS);
        if (answered.rows().isEmpty()) {
            return "";
        }
        rows.add(answered.rows().size());
        Assigned dealt = arm != null && arm.byChance() ? arm : null;
        return keys.sign(new Prediction(
                modelHash,
                reply.key().version(),
                time.millis() / MINUTE_MILLIS,
                ThreadLocalRandom.current().nextInt(),
                dealt == null ? 0 : dealt.index(),
                dealt == null ? 0 : ArmName.hash(dealt.route(), dealt.arm()),
                dealt == null ? Prediction.CERTAIN : propensity(dealt.weight()),
                dealt == null ? 0 : dealt.group(),
                answered.classes(),
                answered.rows()));
    }

    /// Never 0: it had the arm.
    static int propensity(int basisPoints) {
        return Math.max(1, (int) ((long) basisPoints * Prediction.CERTAIN / RouteSpec.BUCKETS));
    }

    /// In basis points, as it was before: each has more than six propensities for itself.
    static int weight(int propensity) {
        return (int) Math.round((double) propensity * RouteSpec.BUCKETS / Prediction.CERTAIN);
    }
}
