package dev.penstock.peer;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/// A grpc-java server as its tutorial makes it: generated messages, the default executor, one run per request.
///
/// ```
/// StockServer tiny=/models/tiny.onnx minilm=/models/minilm.onnx
/// ```
/// It takes two free ports of the loopback address, prints `ready PORT PORT`, and serves until its standard
/// input ends. At the first port each run takes as many threads as ONNX Runtime does by default, at the second
/// one.
public final class StockServer {
    private static final int MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

    private StockServer() {}

    /// @param args `NAME=FILE` for each model
    public static void main(String[] args) throws IOException, OrtException {
        int usual = serve(args, SessionOptions::new);
        int oneThread = serve(args, StockServer::oneThread);
        System.out.println("ready " + usual + " " + oneThread);
        while (System.in.read() >= 0) {
            // Whoever started this process holds the other end.
        }
        System.exit(0);
    }

    private static SessionOptions oneThread() throws OrtException {
        SessionOptions options = new SessionOptions();
        options.setIntraOpNumThreads(1);
        return options;
    }

    /// @return the port
    private static int serve(String[] args, Options options) throws IOException, OrtException {
        Map<String, StockModel> models = new HashMap<>();
        for (String arg : args) {
            int equals = arg.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException(arg + " (expected: NAME=FILE)");
            }
            String name = arg.substring(0, equals);
            try (SessionOptions made = options.make()) {
                models.put(name, new StockModel(name, Path.of(arg.substring(equals + 1)), made));
            }
        }
        return NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .addService(new StockService(models))
                .build()
                .start()
                .getPort();
    }

    /// How sessions are opened.
    private interface Options {
        SessionOptions make() throws OrtException;
    }
}
