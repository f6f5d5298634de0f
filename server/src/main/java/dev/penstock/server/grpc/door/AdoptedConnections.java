package dev.penstock.server.grpc.door;

import dev.penstock.core.ErrorCode;
import dev.penstock.core.InferenceRequest;
import dev.penstock.core.NanoClock;
import dev.penstock.core.ReplySink;
import dev.penstock.server.fast.ByteBudget;
import dev.penstock.server.fast.FastModels;
import dev.penstock.server.fast.FastRoute;
import io.grpc.ServerServiceDefinition;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Connections that another port accepted and that speak HTTP/2: grpc-java's services answer on them, on that
/// port's event loops. There is no inference.
public final class AdoptedConnections implements AutoCloseable {
    private final DoorSettings settings;
    private final ByteBudget budget;
    private final Bridge bridge;
    private final NanoClock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<EventLoop, LoopContext> loops = new ConcurrentHashMap<>();

    /// Inference has a port of its own.
    private enum NoModels implements FastModels {
        NONE;

        @Override
        public long generation() {
            return 0;
        }

        @Override
        public @Nullable FastRoute find(String model, String version) {
            return null;
        }

        @Override
        public void infer(InferenceRequest request, ReplySink sink) {
            sink.fail(ErrorCode.UNSUPPORTED, "inference is not served on this port");
        }
    }

    /// @param budget of requests and answers that are held
    /// @param services called on event loops, must not block
    public AdoptedConnections(
            DoorSettings settings,
            BridgedLimits limits,
            ByteBudget budget,
            List<ServerServiceDefinition> services,
            NanoClock clock) {
        this.settings = settings;
        this.budget = budget;
        this.bridge = new Bridge(services, limits);
        this.clock = clock;
    }

    /// Adds HTTP/2 to the end of a channel's pipeline. Called on its event loop; it is to be told afterwards
    /// that the channel is active, and then what it has sent.
    public void adopt(Channel channel) {
        LoopContext loop = loops.computeIfAbsent(channel.eventLoop(), this::context);
        channel.pipeline().addLast(new StoppedReads(), new ConnectionBuilder(loop).build());
    }

    private LoopContext context(EventLoop loop) {
        return new LoopContext(
                loop, settings, clock, budget, NoModels.NONE, bridge, new SplittableRandom(random.nextLong()));
    }

    /// Has a connection end when the calls under way on it have. Does nothing if it was not adopted. Called
    /// on its event loop.
    public static void drain(Channel channel) {
        DoorConnection connection = channel.pipeline().get(DoorConnection.class);
        if (connection != null) {
            connection.drain();
        }
    }

    /// To be called when the event loops have ended.
    @Override
    public void close() {
        loops.values().forEach(LoopContext::close);
    }
}
