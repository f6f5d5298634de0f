package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceReply;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.ModelKey;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.core.Tensor;
import dev.penstock.server.fast.FastModel;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.fast.FastRoute;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What is behind the door in tests: models by name, and a general path that echoes for `echo` and knows no other.
final class FakeModels implements FastModels {
    final AtomicInteger generalRequests = new AtomicInteger();
    final AtomicInteger lookups = new AtomicInteger();
    final AtomicLong generation = new AtomicLong();
    final List<InferenceRequest> requests = new ArrayList<>();
    private final Map<String, FastRoute> routes = new ConcurrentHashMap<>();
    private final Executor general;

    /// @param general where the general path answers
    FakeModels(Executor general) {
        this.general = general;
    }

    FakeModels with(FastModel model) {
        return with(model.key().name(), call -> model);
    }

    FakeModels with(String name, FastRoute route) {
        routes.put(name, route);
        generation.incrementAndGet();
        return this;
    }

    @Override
    public long generation() {
        return generation.get();
    }

    @Override
    public @Nullable FastRoute find(String model, String version) {
        lookups.incrementAndGet();
        return version.isEmpty() || version.equals("1") ? routes.get(model) : null;
    }

    @Override
    public void infer(InferenceRequest request, ReplySink sink) {
        generalRequests.incrementAndGet();
        synchronized (requests) {
            requests.add(request);
        }
        general.execute(() -> {
            if (!request.model().equals("echo")) {
                sink.fail(ErrorCode.NOT_FOUND, "Request for unknown model: '" + request.model() + "' is not found");
                return;
            }
            ModelKey key = new ModelKey("echo", 7);
            sink.resolved(key);
            if (request.expired(NanoClock.SYSTEM.nanoTime())) {
                sink.fail(ErrorCode.DEADLINE_EXCEEDED, "too late");
                return;
            }
            sink.reply(new InferenceReply(
                    key, request.inputs().stream().map(FakeModels::copy).toList()));
        });
    }

    private static Tensor copy(Tensor input) {
        ByteBuffer data = ByteBuffer.allocateDirect(input.data().remaining()).order(ByteOrder.LITTLE_ENDIAN);
        data.put(input.data().duplicate()).flip();
        return new Tensor(input.name(), input.type(), input.shape(), data);
    }
}
