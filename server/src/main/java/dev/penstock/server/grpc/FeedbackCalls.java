package dev.penstock.server.grpc;

import dev.penstock.core.ServingException;
import dev.penstock.monitor.feedback.FeedbackResult;
import dev.penstock.proto.feedback.FeedbackBatch;
import dev.penstock.proto.feedback.FeedbackGrpc;
import dev.penstock.proto.feedback.FeedbackItem.SaidCase;
import dev.penstock.server.feedback.Feedback;
import dev.penstock.server.feedback.FeedbackAnswer;
import dev.penstock.server.feedback.FeedbackItem;
import dev.penstock.server.feedback.FeedbackItem.Said;
import dev.penstock.server.upload.Places;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// What callers say of answers. A batch takes a while, so it is taken off the event loops; items of a stream
/// are taken as they come.
final class FeedbackCalls extends FeedbackGrpc.FeedbackImplBase {
    private static final int MAX_CALLS = 64;

    /// Of a stream, those whose refusals are told.
    private static final int MOST_REFUSED = 1_000;

    private final Feedback feedback;
    private final WaitingCalls calls = new WaitingCalls("taking feedback", new Places(MAX_CALLS));

    FeedbackCalls(Feedback feedback) {
        this.feedback = feedback;
    }

    @Override
    public void send(FeedbackBatch batch, StreamObserver<dev.penstock.proto.feedback.FeedbackResult> observer) {
        if (batch.getItemsCount() > Feedback.MOST_ITEMS) {
            throw ServingException.invalid("%d items (expected: at most %d; a stream takes any number)"
                    .formatted(batch.getItemsCount(), Feedback.MOST_ITEMS));
        }
        calls.answer(observer, () -> {
            Results results = new Results();
            batch.getItemsList().forEach(item -> results.add(take(item), true));
            return results.build();
        });
    }

    @Override
    public StreamObserver<dev.penstock.proto.feedback.FeedbackItem> stream(
            StreamObserver<dev.penstock.proto.feedback.FeedbackResult> observer) {
        Results results = new Results();
        return new StreamObserver<>() {
            @Override
            public void onNext(dev.penstock.proto.feedback.FeedbackItem item) {
                FeedbackAnswer answer = take(item);
                results.add(answer, answer.result() != FeedbackResult.ACCEPTED && results.count() < MOST_REFUSED);
            }

            @Override
            public void onError(Throwable cause) {
                // What came until then counts; nobody waits for an answer.
            }

            @Override
            public void onCompleted() {
                observer.onNext(results.build());
                observer.onCompleted();
            }
        };
    }

    private FeedbackAnswer take(dev.penstock.proto.feedback.FeedbackItem item) {
        Said said = said(item);
        if (said == null) {
            feedback.unreadable();
            return FeedbackAnswer.invalid("nothing is said (expected: a label, a value or a reward)");
        }
        long atMillis = 0;
        if (item.hasAt()) {
            Instant at = Instant.ofEpochSecond(0)
                    .plusSeconds(Math.clamp(item.getAt().getSeconds(), 0, TimeUnit.DAYS.toSeconds(1 << 20)))
                    .plusNanos(item.getAt().getNanos());
            atMillis = Math.max(1, at.toEpochMilli());
        }
        return feedback.take(new FeedbackItem(item.getToken(), item.getRow(), said, atMillis));
    }

    private static @Nullable Said said(dev.penstock.proto.feedback.FeedbackItem item) {
        SaidCase said = item.getSaidCase();
        return switch (said) {
            case LABEL -> new FeedbackItem.Label(item.getLabel());
            case LABEL_NAME -> new FeedbackItem.NamedLabel(item.getLabelName());
            case VALUE -> new FeedbackItem.Value(item.getValue());
            case REWARD -> new FeedbackItem.Reward(item.getReward());
            case SAID_NOT_SET -> null;
        };
    }

    /// What became of a call's items so far. For one thread at a time.
    private static final class Results {
        private final dev.penstock.proto.feedback.FeedbackResult.Builder result =
                dev.penstock.proto.feedback.FeedbackResult.newBuilder();
        private long index;
        private long accepted;

        void add(FeedbackAnswer answer, boolean told) {
            accepted += answer.result() == FeedbackResult.ACCEPTED ? 1 : 0;
            if (told) {
                result.addItemsBuilder()
                        .setStatus(answer.status())
                        .setError(answer.reason())
                        .setIndex(index);
            }
            index++;
        }

        int count() {
            return result.getItemsCount();
        }

        dev.penstock.proto.feedback.FeedbackResult build() {
            return result.setAccepted(accepted).build();
        }
    }
}
