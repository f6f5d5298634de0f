package dev.penstock.server.grpc.door;

import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2RemoteFlowController;
import io.netty.handler.codec.http2.Http2Stream;

/// What the peer lets one connection send. Confined to its event loop.
final class SendWindows {
    private final Http2RemoteFlowController controller;
    private final Http2Stream connectionStream;

    SendWindows(Http2RemoteFlowController controller, Http2Stream connectionStream) {
        this.controller = controller;
        this.connectionStream = connectionStream;
    }

    /// Takes the window for bytes of DATA that are written at once, past the controller's queue.
    ///
    /// @return false if there is too little of it, and none was taken
    boolean tryTake(Http2Stream stream, int bytes) {
        if (bytes > controller.windowSize(stream) || bytes > controller.windowSize(connectionStream)) {
            return false;
        }
        try {
            // As the controller itself does for a frame that it was given to queue.
            controller.incrementWindowSize(stream, -bytes);
            controller.incrementWindowSize(connectionStream, -bytes);
            return true;
        } catch (Http2Exception e) {
            throw new IllegalStateException("taking " + bytes + " bytes of window failed", e);
        }
    }

    /// Queues bytes for when there is window.
    void add(Http2Stream stream, WaitingData data) {
        controller.addFlowControlled(stream, data);
    }

    /// Writes what is queued, as far as the windows go.
    void send() throws Http2Exception {
        controller.writePendingBytes();
    }
}
