package dev.penstock.server.grpc.door;

import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Does to one connection what [ConnectionLife] finds due; it looks when something may be. Confined to the
/// connection's event loop.
final class ConnectionTimer {
    private static final int DICE = 201;

    /// Asks whether the peer is there; carries nothing.
    private static final long ASK = 0;

    private final DoorConnection connection;
    private final LoopContext loop;
    private final ConnectionLife life;
    private @Nullable Future<?> look;

    ConnectionTimer(DoorConnection connection) {
        this.connection = connection;
        this.loop = connection.loop;
        this.life = new ConnectionLife(loop.settings.connections(), loop.random.nextInt(DICE), loop.clock.nanoTime());
    }

    /// Something came from the peer.
    void heard() {
        if (life.listens()) {
            life.heard(loop.clock.nanoTime());
        }
    }

    /// The last call ended.
    void idle() {
        if (life.mindsIdling()) {
            life.idleSince(loop.clock.nanoTime());
        }
    }

    void start() {
        long restNanos = life.restNanos(loop.clock.nanoTime(), isIdle());
        if (restNanos != Long.MAX_VALUE) {
            look = loop.eventLoop.schedule(this::look, restNanos, TimeUnit.NANOSECONDS);
        }
    }

    void stop() {
        Future<?> next = look;
        if (next != null) {
            look = null;
            next.cancel(false);
        }
    }

    private boolean isIdle() {
        return connection.connection().numActiveStreams() == 0;
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What cannot be written ends the connection.
    private void look() {
        ChannelHandlerContext context = connection.context();
        long nowNanos = loop.clock.nanoTime();
        switch (life.due(nowNanos, isIdle())) {
            case NOTHING -> {}
            case ASK -> {
                life.asked(nowNanos);
                connection.encoder().writePing(context, false, ASK, context.newPromise());
                connection.flush(context);
            }
            case DEAD -> {
                ConnectionEnd.cut(context);
                return;
            }
            case IDLE -> {
                life.leaving();
                connection.leave("max_idle", 0);
            }
            case OLD -> {
                life.leaving();
                connection.leave(
                        "max_age", loop.settings.connections().maxAgeGrace().toNanos());
            }
        }
        start();
    }
}
