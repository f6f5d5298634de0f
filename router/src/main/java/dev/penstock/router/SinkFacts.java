package dev.penstock.router;

import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ReplySink;
import dev.penstock.router.split.RequestFacts;
import org.jspecify.annotations.Nullable;

/// What routes look at, of a request on the general path.
record SinkFacts(InferenceRequest request, ReplySink sink) implements RequestFacts {
    @Override
    public @Nullable CharSequence header(String name) {
        return sink.header(name);
    }

    @Override
    public @Nullable CharSequence parameter(String name) {
        return sink.parameter(name);
    }

    @Override
    public @Nullable CharSequence requestId() {
        return request.id().isEmpty() ? RequestFacts.super.requestId() : request.id();
    }
}
